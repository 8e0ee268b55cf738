"""A visit as an entry of calendars: bytes that programs take as an invitation, a change of it, or its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

_YEAR = timedelta(days=366)


class Method(StrEnum):
    """What an entry is to calendars: something to enter or replace, something to take out, or a list to look at."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True)
class Entry:
    """One visit for one reader; `sequence` rises with every change, `uid` stays. Times are aware, in `zone`.

    `attendee` is (name, address) of whom it is sent to, or None in a list.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    changed_at: datetime
    location: str = ""
    description: str = ""
    url: str = ""
    organizer: tuple[str, str] = ("", "")
    attendee: tuple[str, str] | None = None
    tentative: bool = False
    cancelled: bool = False


def written(entries: list[Entry], method: Method, *, name: str = "") -> str:
    """Return entries as a calendar, with the time zones that they name; lines are folded between characters.

    `name` is what programs call a list that is subscribed to.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Liaison Desk//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry))
    if entries:
        days = [at.date() for entry in entries for at in (entry.starts_at, entry.ends_at)]
        # A year on each side has the change to and from summer time that holds then.
        calendar.add_missing_timezones(min(days) - _YEAR, max(days) + _YEAR)
    return bytes(calendar.to_ical()).decode()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(entry.zone))
    event.add("dtend", entry.ends_at.astimezone(entry.zone))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if entry.cancelled or entry.tentative else "OPAQUE")
    for field in ("location", "description", "url"):
        if value := getattr(entry, field):
            event.add(field, value)
    if entry.organizer[1]:
        event["organizer"] = _person(entry.organizer)
    if entry.attendee:
        attendee = _person(entry.attendee)
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("FALSE")
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        event.add("attendee", attendee, encode=False)
    return event


def _person(who: tuple[str, str]) -> vCalAddress:
    name, address = who
    found = vCalAddress(f"mailto:{address}")
    if name:
        found.params["CN"] = vText(name.replace('"', "'"))
    return found
