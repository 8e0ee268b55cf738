"""Languages without a request: catalogues, and dates and lists as each language writes them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date, get_timezone_location
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from webapp.vocabulary import Language

CATALOGUES = Path(__file__).parent / "translations"
LOCALES = {language: language.writing.locale for language in Language}
HTML_LANG = {language: language.writing.html for language in Language}
LANGUAGE_NAMES = {language: language.writing.name for language in Language}
# Where catalogues are looked for; what an installation's own folder holds wins.
_folders: list[Path] = [CATALOGUES]


def N_(message: str) -> str:  # noqa: N802 - the usual name of gettext's marker
    """Mark a text for the catalogues; it is translated where it is shown."""
    return message


def use_catalogues(own: Path | None) -> str:
    """Take catalogues also from a folder of the installation's own; return the folders as Flask-Babel reads them.

    There is one such folder in a process: the last one given.
    """
    _folders[:] = [CATALOGUES, *([own] if own else [])]
    translations.cache_clear()
    return ";".join(map(str, _folders))


@cache
def translations(language: Language) -> NullTranslations:
    """Return the catalogue of a language; English texts are their own, and so are those that no one translated."""
    if language is Language.EN:
        return NullTranslations()
    found = NullTranslations()
    for folder in _folders:
        own = Translations.load(str(folder), [language.writing.locale])
        # The first one says how this language counts: an empty one would count as English does.
        found = found.merge(own) if isinstance(found, Translations) and isinstance(own, Translations) else own or found
    return found


def untranslated(language: Language) -> list[str]:
    """Return the texts that readers of a language see in English, as `liaison check` counts them.

    What is asked is what was compiled, so that fuzzy and empty entries count, and texts of earlier versions do not.
    """
    if language is Language.EN:
        return []
    known = {text for folder in _folders for text in _compiled(folder, language)}
    return sorted(_every_text() - known)


@cache
def _every_text() -> frozenset[str]:
    """Return every text that can be translated: what the catalogues of this version list, translated or not."""
    texts = set()
    for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            texts |= {_named(message) for message in read_po(file) if message.id}
    return frozenset(texts)


def _compiled(folder: Path, language: Language) -> set[str]:
    """Return the texts of a compiled catalogue; its folder is named by the locale or by the language alone."""
    locale = language.writing.locale
    for name in (locale, locale.partition("_")[0]):
        path = folder / name / "LC_MESSAGES" / "messages.mo"
        if path.is_file():
            with path.open("rb") as file:
                return {_named(message) for message in read_mo(file) if message.id and message.string}
    return set()


def _named(message: Message) -> str:
    """Return a text as `liaison check` names it: one that has a context is a text of its own."""
    text = message.id if isinstance(message.id, str) else str(message.id[0])
    context: Any = message.context
    # Babel reads contexts of compiled catalogues as bytes.
    said = context.decode() if isinstance(context, bytes) else context
    return f"{text} ({said})" if said else text


def localised(texts: Mapping[str, Any] | None, language: Language) -> str:
    """Return the text in a language, else in English, else nothing."""
    if not texts:
        return ""
    return str(texts.get(language) or texts.get(Language.EN) or "")


def text_language(texts: Mapping[str, Any] | None, language: Language) -> Language:
    """Return the language that `localised` falls back to, for the markup."""
    return language if texts and texts.get(language) else Language.EN


@cache
def city(zone: ZoneInfo, language: Language) -> str:
    """Return the city that a time zone is named after, in a language."""
    return get_timezone_location(zone, locale=language.writing.locale, return_city=True)


def bracketed(text: str, note: str, language: Language) -> str:
    """Return a text with a note in brackets: `Text (note)`, `文字（註）`."""
    return language.writing.bracketed.format(text, note)


def listed(things: Iterable[str], language: Language) -> str:
    """Return a list of things in one line: `a, b`, `甲、乙`."""
    return language.writing.things.join(things)


def date_long(value: date, language: Language) -> str:
    """`Monday 30 November 2026`, `2026年11月30日（星期一）`."""
    return _written(value, language.writing.day_long, language)


def date_short(value: date, language: Language, *, year: bool = False) -> str:
    """`Mon 30 Nov`, `11月30日（一）`; with the year where it is not this one."""
    return _written(value, language.writing.day_short_year if year else language.writing.day_short, language)


def date_range(first: date, last: date, language: Language) -> str:
    """`9–11 March 2027`, `2027年3月9日至11日`; one day is written alone."""
    writing = language.writing
    if first == last:
        return _written(first, writing.day, language)
    if first.year != last.year:
        return _from_to(first, last, writing.over_years, language)
    return _from_to(first, last, writing.within_month if first.month == last.month else writing.within_year, language)


def short_range(first: date, last: date, language: Language) -> str:
    """`Tue 9 Mar – Thu 11 Mar 2027`, `2027年3月9日（二）至3月11日（四）`; one day is written long."""
    if first == last:
        return date_long(first, language)
    begins, joint, ends = language.writing.short_days
    if first.year != last.year:
        begins = ends = language.writing.day_short_year
    return _from_to(first, last, (begins, joint, ends), language)


def _from_to(first: date, last: date, written: tuple[str, str, str], language: Language) -> str:
    begins, joint, ends = written
    return f"{_written(first, begins, language)}{joint}{_written(last, ends, language)}"


def _written(value: date, pattern: str, language: Language) -> str:
    return _day_written(value.year, value.month, value.day, pattern, language)


@lru_cache(maxsize=4096)
def _day_written(year: int, month: int, day: int, pattern: str, language: Language) -> str:
    """A list shows the same few days again and again, and Babel takes 40 µs for each."""
    return format_date(date(year, month, day), pattern, language.writing.locale)


def _clock(local: datetime, language: Language) -> str:
    return f"{language.writing.clock}{local:%H:%M}"


def datetime_short(value: datetime, language: Language, zone: ZoneInfo, *, year: bool = False) -> str:
    """`Mon 30 Nov, 17:30`, `11月30日（一）17:30`, in the given zone."""
    local = value.astimezone(zone)
    return date_short(local.date(), language, year=year) + _clock(local, language)


def datetime_long(value: datetime, language: Language, zone: ZoneInfo) -> str:
    """`Monday 30 November 2026, 17:30 (HKT)`, `2026年11月30日（星期一）17:30（HKT）`."""
    local = value.astimezone(zone)
    return bracketed(date_long(local.date(), language) + _clock(local, language), str(local.tzname()), language)


def time_span(starts: datetime, ends: datetime, language: Language, zone: ZoneInfo) -> str:
    """`Tuesday 9 March 2027, 10:00–12:00 (Oslo)`, `2027年3月9日（星期二）10:00–12:00（香港）`, in the given zone.

    Where it ends on another day, both are written whole.
    """
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    begins = date_long(first.date(), language) + _clock(first, language)
    if first.date() == last.date():
        span = f"{begins}–{last:%H:%M}"
    else:
        span = f"{begins} – {date_long(last.date(), language)}{_clock(last, language)}"
    return bracketed(span, city(zone, language), language)


def zone_of(country: str, at: datetime) -> ZoneInfo | None:
    """Return a time zone of a country, by its code, where all of it has one time then; None where it has several."""
    zones = [ZoneInfo(name) for name, place in get_global("zone_territories").items() if place == country]
    return zones[0] if len({at.astimezone(zone).utcoffset() for zone in zones}) == 1 else None


def day_name(value: date, language: Language) -> str:
    """`Monday`, `星期一`: the head of a date leaf."""
    return _written(value, "EEEE", language)


def month_year(value: date, language: Language) -> str:
    """`Nov 2026`, `2026年11月`: the foot of a date leaf."""
    return _written(value, language.writing.month, language)
