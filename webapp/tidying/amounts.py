"""Days and whole numbers in the shapes in which people write them, wherever they can mean one thing only."""

import re
from datetime import date, time

from webapp.tidying.characters import folded

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3,9})\.?,? (\d{4})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_ONE_NUMBER = re.compile(r"(?:[^\d.,/-]|[.,](?!\d))*(\d{1,9})[^\d]*")
_CLOCK = re.compile(
    r"(?P<before>上午|中午|下午|晚上)?\s*(?P<hour>\d{1,2}?)"
    r"(?:\s*[:.h時时点點]?\s*(?:(?P<minute>\d{2})(?:分|:00)?|(?P<half>半)))?[時时点點]?"
    r"\s*(?P<after>a\.?m\.?|p\.?m\.?)?"
)
_NOONS = ("noon", "midday", "正午", "中午")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


def day(text: str | None) -> date | None:
    """Return the day that a text means; None where it means none, or one of two: in 03/09/2027 either may be the month.

    The year needs four digits; months may have English names.
    """
    plain = re.sub(r"\s*([-/.年月])\s*(?=\d)", r"\1", _DASHES.sub("-", folded(text))).lower()
    for read in (_year_first, _year_last, _named):
        if found := read(plain):
            return found
    return None


def clock(text: str | None) -> time | None:
    """Return the time of day that a text means: `9:30`, `0930`, `9.30`, `2:30 pm`, `下午2時30分`, `noon`; else None."""
    plain = folded(text).lower()
    if plain in _NOONS:
        return time(12)
    found = _CLOCK.fullmatch(plain)
    if not found:
        return None
    half = found["before"] or (found["after"] or "").replace(".", "")
    hour, minute = int(found["hour"]), int(found["minute"] or (30 if found["half"] else 0))
    if half:
        # Twelve in the evening is midnight, of one day or the next; noon lasts from eleven to one.
        if hour not in {"晚上": range(1, 12), "中午": (11, 12, 1)}.get(half, range(1, 13)):
            return None
        after = half in ("下午", "晚上", "pm") or (half == "中午" and hour != 11)
        hour = hour % 12 + (12 if after else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def number(text: str | None) -> int | None:
    """Return the one whole number in a text, whatever words are around it; None where there is none, or are several."""
    found = _ONE_NUMBER.fullmatch(_DASHES.sub("-", folded(text)))
    return int(found.group(1)) if found else None


def _year_first(plain: str) -> date | None:
    found = _YEAR_FIRST.fullmatch(plain)
    return _date(*(int(part) for part in found.groups() if part and part.isdecimal())) if found else None


def _year_last(plain: str) -> date | None:
    found = _YEAR_LAST.fullmatch(plain)
    if not found:
        return None
    one, other, year = (int(found.group(number)) for number in (1, 3, 4))
    days = {_date(year, one, other), _date(year, other, one)} - {None}
    return days.pop() if len(days) == 1 else None


def _named(plain: str) -> date | None:
    if found := _DAY_MONTH.fullmatch(plain):
        number, name, year = found.groups()
    elif found := _MONTH_DAY.fullmatch(plain):
        name, number, year = found.groups()
    else:
        return None
    months = [place for place, month in enumerate(_MONTHS, 1) if month.startswith(name) or name == "sept" == month[:4]]
    return _date(int(year), months[0], int(number)) if months else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
