"""Who changed what: people, networks, letters, settings and organisations, and never a password."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import acting, make_network, make_organisation, make_person
from webapp.config import Settings
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.models import Change
from webapp.vocabulary import DayKind, Role

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


def test_every_administrative_change_is_on_the_page(client: FlaskClient, administrator: None, write: Write) -> None:
    new = {"name": "Chan Tai Man", "email": "chan@example.org", "role": "coordinator", "language": "en"}
    client.post("/desk/people/new", data=new)
    person = write(lambda session: session.query(Change.subject_key).scalar())
    known = {**new, "role": "observer", "active": "y"}
    client.post(f"/desk/people/{person}", data={**known, "version": 1})
    client.post(f"/desk/people/{person}", data={**known, "version": 2})
    client.post(f"/desk/people/{person}/password", data={"version": 2})
    write(lambda session: make_network(session, slug="net", acronym="NET").id)
    people = {"liaison": person, "deputy": 0, "escalation": 0, "version": 1}
    client.post("/desk/networks/net/people", data=people)
    client.post("/desk/letters/accept/en", data={"text": "Yes", "version": 0})
    client.post("/desk/settings/screening", data={"screening_required": "y", "version": 0})
    page = client.get("/desk/changes").text
    deeds = write(lambda session: [(row.subject, row.deed) for row in session.query(Change).order_by(Change.id)])
    assert deeds == [
        ("person", "made"), ("person", "changed"), ("person", "readmitted"),
        ("network", "changed"), ("letter", "changed"), ("settings", "changed"),
    ]  # fmt: skip
    for words in ("Chan Tai Man", "Coordinator", "Observer", "NET", "Accept (English)", "Settings of the office"):
        assert words in page
    kept = write(lambda session: str([row.fields for row in session.query(Change)]))
    assert "password" not in kept
    assert client.get("/desk/changes?subject=network").text.count("<tr data-row>") == 1
    nothing = client.get("/desk/changes?subject=none").text
    assert nothing.count("<tr data-row>") == 0
    assert "“none” is not known." in nothing
    assert client.get("/desk/changes?after=x").status_code == 400


def test_pages_neither_skip_nor_repeat_a_change(client: FlaskClient, administrator: None, write: Write) -> None:
    write(lambda session: [make_organisation(session, f"College {number}") for number in range(60)])
    first = client.get("/desk/changes").text
    assert first.count("<tr data-row>") == 50
    assert "College 59" in first
    second = client.get("/desk/changes?after=11").text
    assert second.count("<tr data-row>") == 10
    assert 'href="/desk/changes?after=11"' in first.replace("&amp;", "&")


def test_leave_calendar_and_closures_are_on_the_page(
    client: FlaskClient, administrator: None, write: Write, settings: Settings
) -> None:
    day = date(2026, 12, 14)
    by = acting()

    def change(session: Any) -> None:
        person, cover = make_person(session, name="Away Today"), make_person(session, name="Covers Them")
        away = Absence(person.id, day, day, cover_id=cover.id)
        taken = leave.take(session, away, by=by)
        leave.end(session, taken.id, version=1, by=by)
        marking = MarkedDay(day, DayKind.CLOSED, {"en": "Founder’s day"})
        marked_days.mark(session, marking, version=0, by=by)
        marked_days.unmark(session, day, version=1, by=by)
        made = closures.declare(session, day, day, {"en": "Typhoon"}, by=by)
        closures.revoke(session, made, version=1, by=by)

    write(change)
    rows = write(lambda session: [(row.subject, row.deed) for row in session.query(Change).order_by(Change.id)])
    assert rows == [
        ("leave", "made"), ("leave", "deleted"), ("day", "made"), ("day", "deleted"),
        ("closure", "made"), ("closure", "changed"),
    ]  # fmt: skip
    page = client.get("/desk/changes").text
    for words in ("Away Today", "Covers Them", "Founder’s day", "Typhoon", "2026-12-14", "Unplanned closure"):
        assert words in page
