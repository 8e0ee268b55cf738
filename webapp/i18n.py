"""Languages without a request: catalogues, and dates written as each language writes them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location
from babel.support import NullTranslations, Translations

from webapp.vocabulary import Language

CATALOGUES = Path(__file__).parent / "translations"
LOCALES = {Language.EN: "en_GB", Language.ZH_HANT: "zh_Hant_HK", Language.ZH_HANS: "zh_Hans_CN"}
HTML_LANG = {Language.EN: "en", Language.ZH_HANT: "zh-Hant-HK", Language.ZH_HANS: "zh-Hans"}
LANGUAGE_NAMES = {Language.EN: "English", Language.ZH_HANT: "繁體中文", Language.ZH_HANS: "简体中文"}
_CHINESE = (Language.ZH_HANT, Language.ZH_HANS)


def N_(message: str) -> str:  # noqa: N802 - the usual name of gettext's marker
    """Mark a text for the catalogues; it is translated where it is shown."""
    return message


@cache
def translations(language: Language) -> NullTranslations:
    """Return the catalogue of a language; English texts are their own."""
    if language is Language.EN:
        return NullTranslations()
    return Translations.load(str(CATALOGUES), [LOCALES[language]])


def localised(texts: Mapping[str, Any] | None, language: Language) -> str:
    """Return the text in a language, else in English, else nothing."""
    if not texts:
        return ""
    return str(texts.get(language) or texts.get(Language.EN) or "")


def text_language(texts: Mapping[str, Any] | None, language: Language) -> Language:
    """Return the language that `localised` falls back to, for the markup."""
    return language if texts and texts.get(language) else Language.EN


def city(zone: ZoneInfo, language: Language) -> str:
    """Return the city that a time zone is named after, in a language."""
    return get_timezone_location(zone, locale=LOCALES[language], return_city=True)


def date_long(value: date, language: Language) -> str:
    """`Monday 30 November 2026`, `2026年11月30日（星期一）`."""
    pattern = "y年M月d日（EEEE）" if language in _CHINESE else "EEEE d MMMM y"
    return format_date(value, pattern, LOCALES[language])


def date_short(value: date, language: Language, *, year: bool = False) -> str:
    """`Mon 30 Nov`, `11月30日（一）`; with the year where it is not this one."""
    if language in _CHINESE:
        return format_date(value, ("y年" if year else "") + "M月d日（EEEEE）", LOCALES[language])
    return format_date(value, "EEE d MMM y" if year else "EEE d MMM", LOCALES[language])


def date_range(first: date, last: date, language: Language) -> str:
    """`9–11 March 2027`, `2027年3月9日至11日`; one day is written alone."""
    chinese = language in _CHINESE
    locale = LOCALES[language]
    whole = "y年M月d日" if chinese else "d MMMM y"
    if first == last:
        return format_date(first, whole, locale)
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    if chinese:
        end = "d日" if same_month else "M月d日" if same_year else whole
        return f"{format_date(first, whole, locale)}至{format_date(last, end, locale)}"
    start = "d" if same_month else "d MMMM" if same_year else whole
    dash = "–" if same_month else " – "
    return f"{format_date(first, start, locale)}{dash}{format_date(last, whole, locale)}"


def datetime_short(value: datetime, language: Language, zone: ZoneInfo, *, year: bool = False) -> str:
    """`Mon 30 Nov, 17:30`, `11月30日（一）17:30`, in the given zone."""
    local = value.astimezone(zone)
    joint = "" if language in _CHINESE else ", "
    return (
        date_short(local.date(), language, year=year)
        + joint
        + format_datetime(local, "HH:mm", locale=LOCALES[language])
    )


def datetime_long(value: datetime, language: Language, zone: ZoneInfo) -> str:
    """`Monday 30 November 2026, 17:30 (HKT)`, `2026年11月30日（星期一）17:30（HKT）`."""
    local = value.astimezone(zone)
    clock = format_datetime(local, "HH:mm", locale=LOCALES[language])
    if language in _CHINESE:
        return f"{date_long(local.date(), language)}{clock}（{local.tzname()}）"
    return f"{date_long(local.date(), language)}, {clock} ({local.tzname()})"


def day_name(value: date, language: Language) -> str:
    """`Monday`, `星期一`: the head of a date leaf."""
    return format_date(value, "EEEE", LOCALES[language])


def month_year(value: date, language: Language) -> str:
    """`Nov 2026`, `2026年11月`: the foot of a date leaf."""
    return format_date(value, "y年M月" if language in _CHINESE else "MMM y", LOCALES[language])
