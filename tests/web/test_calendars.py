"""Calendars over HTTP: the desk's views, private addresses, and the entry on the partner's page."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import confirmed
from tests.factories import make_person, tracking_token
from webapp.config import Settings

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def case(build: Write, settings: Settings) -> tuple[str, str]:
    def rows(session: Session) -> tuple[str, str]:
        enquiry = confirmed(session, settings)
        return enquiry.reference, tracking_token(session, settings, enquiry)

    made: tuple[str, str] = build(rows)
    return made


@pytest.fixture
def desk(client: FlaskClient, write: Write, sign_in: Any) -> FlaskClient:
    sign_in(client, write(lambda session: make_person(session).email))
    return client


@pytest.mark.parametrize("view", ["month", "week", "agenda", "nonsense", ""])
def test_each_view_shows_the_visit_on_its_day_and_none_where_there_is_none(
    desk: FlaskClient, case: tuple[str, str], view: str
) -> None:
    page = unescape(desk.get(f"/desk/visits?view={view}&from=2027-03-08").text)
    assert f"/desk/visits/{case[0]}" in page
    assert "10:00–12:00" in page
    assert case[0] not in desk.get(f"/desk/visits?view={view}&from=2027-06-08").text
    assert desk.get(f"/desk/visits?view={view}&from=x").status_code == 200


def test_a_private_calendar_is_made_read_without_a_sign_in_and_ended(
    desk: FlaskClient, case: tuple[str, str], app: Any
) -> None:
    assert desk.post("/desk/visits/calendars", data={"scope": ""}).status_code == 422
    assert desk.post("/desk/visits/calendars", data={"scope": "network"}).status_code == 422
    assert desk.post("/desk/visits/calendars", data={"scope": "office"}).status_code == 303
    page = desk.get("/desk/visits/calendars").text
    found = re.search(r"https://desk\.example\.org(/calendars/[\w-]+\.ics)", page)
    assert found
    program = app.test_client()
    answer = program.get(found[1])
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    assert str(event["uid"]).startswith(case[0])
    assert "erika" not in answer.text.lower()
    assert program.get(found[1], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    number = re.search(r"/calendars/(\d+)/end", page)
    assert number
    assert desk.post(f"/desk/visits/calendars/{number[1]}/end").status_code == 303
    assert program.get(found[1]).status_code == 404
    assert program.get("/calendars/nonsense.ics").status_code == 404


def test_the_partner_takes_the_visit_into_their_calendar(client: FlaskClient, case: tuple[str, str]) -> None:
    page = client.get(f"/track/{case[1]}").text
    assert f"/track/{case[1]}/visit.ics" in page
    answer = client.get(f"/track/{case[1]}/visit.ics")
    (event,) = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    assert str(event["summary"]) == "Visit to PolyU"
    assert client.get("/track/nonsense/visit.ics").status_code == 404
