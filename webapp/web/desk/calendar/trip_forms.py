"""The form of a trip: its days here, who travels, and up to six stops with the days and the zone of each place."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Field

from webapp.domain.directory import people
from webapp.domain.visits.trips import MOST_STOPS, Stop, TripFacts
from webapp.models import Trip
from webapp.web import fields
from webapp.web.countries import countries
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.planned_day import PlannedDayField

PARTS = ("host", "place", "country", "first_day", "last_day", "timezone")
_DAYS = ("leaves_on", "back_on", "reported_on")


@cache
def zones() -> tuple[str, ...]:
    """Return the zones of places, such as Europe/Lisbon."""
    places = (
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/"))
    )
    return tuple(sorted(places))


def zone_of(typed: str, country: str) -> str:
    """Return the zone that is meant: by its name, its place alone, or as the one of a country; else what was typed."""
    if not typed:
        known = get_global("territory_zones").get(country, ())
        return str(known[0]) if len(known) == 1 else ""
    meant = typed.replace(" ", "_").casefold()
    exact = [zone for zone in zones() if zone.casefold() == meant]
    by_place = [zone for zone in zones() if zone.rpartition("/")[2].casefold() == meant]
    return (exact or (by_place if len(by_place) == 1 else []) or [typed])[0]


class TripForm(VersionedForm):
    """A trip; the fields of its stops are added below."""

    title = fields.line(
        _l("Title"), required=_l("Enter a title."), limit=120, description=_l("For example: partners in Portugal")
    )
    purpose = fields.text(_l("Purpose"), limit=2000)
    leaves_on = PlannedDayField(
        _l("Leaves on"), description=_l("The day here, also for a flight just before midnight.")
    )
    back_on = PlannedDayField(_l("Back on"), description=_l("The day here."))
    people = fields.ChoicesField(_l("Who travels"), lambda: ())
    others = fields.line(_l("Others who travel"), description=_l("Names of those who are not in the list."))
    reported_on = PlannedDayField(_l("Report received on"))

    def offer(self, session: Session, found: Trip | None = None) -> None:
        """Offer those who are active, and those who are on the trip already."""
        known = {str(person.id): person.name for person in people.candidates(session)}
        already = {str(member.person_id): member.person.name for member in found.members} if found else {}
        self.people.choices = list((known | already).items())

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, and that nothing of a stop is missing."""
        super().validate(*args, **kwargs)
        for field, text in ((self.leaves_on, _("Enter the day.")), (self.back_on, _("Enter the day."))):
            if field.data is None and not field.errors:
                field.errors = [text]
        for stop in self.stops():
            if any(part.data for part in stop.values()):
                self._complete(stop)
        return not self.errors

    def _complete(self, stop: Mapping[str, Field]) -> None:
        stop["timezone"].data = zone_of(stop["timezone"].data or "", stop["country"].data or "")
        stop["last_day"].data = stop["last_day"].data or stop["first_day"].data
        missing = {
            "place": _("Enter the place."),
            "first_day": _("Enter the first day."),
            "timezone": _("Choose the time zone of the place."),
        }
        for name, text in missing.items():
            if not stop[name].data and not stop[name].errors:
                stop[name].errors = [text]

    def stops(self) -> Iterator[dict[str, Field]]:
        """Yield the fields of each stop, by their part."""
        return ({part: self[f"stop{number}_{part}"] for part in PARTS} for number in range(1, MOST_STOPS + 1))

    def facts(self) -> TripFacts:
        """Return what a checked form says."""
        leaves_on, back_on = self.leaves_on.data, self.back_on.data
        assert isinstance(leaves_on, date)
        assert isinstance(back_on, date)
        given = [{part: field.data for part, field in stop.items()} for stop in self.stops()]
        return TripFacts(
            title=str(self.title.data),
            leaves_on=leaves_on,
            back_on=back_on,
            purpose=self.purpose.data or "",
            people=tuple(int(number) for number in self.people.data),
            others=self.others.data or "",
            stops=tuple(
                Stop(**{**each, "country": each["country"] or "", "host": each["host"] or ""})
                for each in given
                if each["place"]
            ),
            reported_on=self.reported_on.data,
        )


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a trip's history says as the fields of its form hold it."""
    return {name: _day(value) if name in _DAYS or name.endswith("_day") else value for name, value in values.items()}


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


for _number in range(1, MOST_STOPS + 1):
    _fields: dict[str, Field] = {
        "host": fields.line(
            _l("Whom we visit"), limit=200, description=_l("By its name in our records: its ledger then has the trip.")
        ),
        "place": fields.line(_l("Place"), limit=120),
        "country": fields.ChoiceField(_l("Country or region"), countries),
        "first_day": PlannedDayField(_l("First day there")),
        "last_day": PlannedDayField(_l("Last day there")),
        "timezone": fields.line(_l("Time zone"), limit=60, render_kw={"list": "zones", "autocomplete": "off"}),
    }
    for _part, _field in _fields.items():
        setattr(TripForm, f"stop{_number}_{_part}", _field)
