"""Where the institution is, and its own files: country, time zone, logo and networks; what is not given follows."""

import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from babel import Locale
from holidays.registry import EntityLoader
from pydantic import field_validator, model_validator

from webapp import logo
from webapp.institution import InstitutionSettings, is_first
from webapp.sign_on_settings import SignOnSettings
from webapp.vocabulary import Weekday

_FIRST = {"institution_country": "HK", "timezone": "Asia/Hong_Kong"}
# What holds while trying out under another name: no general holidays, and no one's clock.
_NOWHERE = {"institution_country": "", "timezone": "UTC"}
_NEEDED = {
    "institution": "the university's name in English; without one, production would be someone else's service",
    "institution_country": "two letters, such as NO: whose general holidays do not count",
    "timezone": "where days begin and end, such as Europe/Oslo",
}
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def countries() -> frozenset[str]:
    """Return the codes of all countries and territories, in two letters."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def has_holidays(country: str) -> bool:
    """Return whether general holidays of a country are known; where they are not, the office marks them itself."""
    return country in _with_holidays()


@cache
def _with_holidays() -> frozenset[str]:
    return frozenset(EntityLoader.get_country_codes(include_aliases=True))


def _load_one_by_one() -> None:
    """Let the library load the holidays of the countries that are asked for, and not of 250 with the first.

    That took 8 MB in every part of the service, and a tenth of a second at each start.
    """
    package = ModuleType("holidays.countries")
    package.__path__ = [str(Path(holidays.__file__).parent / "countries")]
    sys.modules.setdefault(package.__name__, package)


_load_one_by_one()


def weekend_of(country: str) -> tuple[Weekday, ...]:
    """Return the days on which offices of a country usually do not work: Saturday and Sunday, or the country's own."""
    off = holidays.country_holidays(country).weekend if has_holidays(country) else set()
    return tuple(day for number, day in enumerate(Weekday) if number in off) if 4 in off else (Weekday.SAT, Weekday.SUN)


class PlaceSettings(InstitutionSettings, SignOnSettings):
    """The institution and where it is. In production the three that no one can guess have to be given."""

    institution_country: str
    timezone: str
    # The logo, until another one is put up at the desk: a PNG or SVG file.
    logo: Path | None = None
    # The file of the directory's networks, or `none`; unset, another university than the first has none.
    networks_file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _there(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        production, first = given.get("env", "production") == "production", is_first(given)
        missing = [name for name in _NEEDED if name not in given] if production else []
        if missing and ("institution" in missing or not first):
            # An empty text is refused below, by the name of its variable, with all other faults.
            return {**dict.fromkeys(missing, ""), **given}
        place = {**(_FIRST if first else _NOWHERE), **given}
        return {"weekend": weekend_of(str(place["institution_country"])), **place}

    @field_validator("institution", "institution_country", "timezone", mode="before")
    @classmethod
    def _given(cls, value: Any, info: Any) -> Any:
        if value == "" and info.data.get("env") == "production":
            raise ValueError(f"is missing: {_NEEDED[info.field_name]}")
        return value

    @field_validator("logo", "networks_file", mode="before")
    @classmethod
    def _no_path(cls, value: Any) -> Any:
        return value or None

    @field_validator("logo")
    @classmethod
    def _picture(cls, value: Path | None) -> Path | None:
        if value is not None:
            logo.of_file(value)
        return value

    @field_validator("institution_country")
    @classmethod
    def _country(cls, value: str) -> str:
        if value and value not in countries():
            raise ValueError(f"no country is called {value!r}; it takes the two letters of ISO 3166, such as NO")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {value!r}") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The institution's time zone, in which days begin and end."""
        return ZoneInfo(self.timezone)
