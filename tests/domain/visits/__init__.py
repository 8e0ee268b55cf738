"""Rooms and visits for tests, with times by the clock of Hong Kong."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry
from webapp.config import Settings
from webapp.domain.visits.hours import When
from webapp.models import Enquiry, Room, Visit
from webapp.vocabulary import Status, VisitMode, VisitState

ZONE = ZoneInfo("Asia/Hong_Kong")
_numbers = count(1)


def at(day: date, hours: str) -> dict[str, Any]:
    """Return the times of a visit on one day, such as "10:00-11:30"."""
    start, end = (datetime.combine(day, time.fromisoformat(each), ZONE) for each in hours.split("-"))
    return {"first_day": day, "last_day": day, "starts_at": start, "ends_at": end}


def when(day: date, hours: str = "") -> When:
    """Return one day, with its hours where they are known."""
    return When(**at(day, hours)) if hours else When(day, day)


def make_room(session: Session, name: str = "Room", *, building: str = "Main Building", **more: Any) -> Room:
    """Make a room."""
    room = Room(name={"en": name}, building={"en": building}, created_at=NOW, **{"seats": 20, **more})
    session.add(room)
    session.flush()
    return room


def make_visit(session: Session, settings: Settings, *, organisation: str = "Example Institute", **more: Any) -> Visit:
    """Make an accepted ask and its visit."""
    enquiry = make_enquiry(session, settings, status=Status.ACCEPTED, organisation=organisation)
    visit = Visit(**_values(enquiry.id), **{"state": VisitState.CONFIRMED, "mode": VisitMode.IN_PERSON, **more})
    session.add(visit)
    session.flush()
    return visit


def make_many(session: Session, settings: Settings, visits: list[dict[str, Any]]) -> None:
    """Make as many asks and visits as there are rows, in two statements."""
    first = make_enquiry(session, settings, status=Status.ACCEPTED)
    columns = {each.key: getattr(first, each.key) for each in Enquiry.__mapper__.column_attrs if each.key != "id"}
    numbers = range(first.id + 1, first.id + 1 + len(visits))
    asks = [{**columns, "id": n, "reference": f"LD-2026-{n:05}", "form_hash": f"hash {n}"} for n in numbers]
    session.execute(insert(Enquiry), asks)
    common = {"state": VisitState.CONFIRMED, "mode": VisitMode.IN_PERSON, "room_id": None, "host_id": None}
    session.execute(
        insert(Visit), [{**common, **_values(number), **row} for number, row in zip(numbers, visits, strict=True)]
    )


def _values(enquiry_id: int) -> dict[str, Any]:
    uid = f"visit-{next(_numbers)}@example.org"
    return {
        "enquiry_id": enquiry_id, "timezone": ZONE.key, "uid": uid, "created_at": NOW, "changed_at": NOW,
        "confirmed_at": NOW + timedelta(1),
    }  # fmt: skip
