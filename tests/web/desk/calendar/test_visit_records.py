"""Rooms, blocked periods and trips of our own at the desk: added, changed by two, hidden or deleted; who may."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_person
from webapp.models import BlockedPeriod, Room, Trip, TripMember, TripStop
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]
ROOM = {"name_en": "Senate Room", "name_zh_hant": "校務會議室", "building_en": "Li Tower", "seats": "24", "active": "1"}
PERIOD = {"name_en": "Examinations", "first": "2027-05-03", "last": "2027-05-14"}
TRIP = {
    "title": "Partners in Portugal", "leaves_on": "2027-03-01", "back_on": "2027-03-06", "others": "the Provost",
    "stop1_place": "Lisbon", "stop1_country": "PT", "stop1_first_day": "2027-03-02", "stop1_timezone": "lisbon",
    "stop2_place": "Porto", "stop2_country": "PT", "stop2_first_day": "2027-03-04", "stop2_last_day": "2027-03-05",
    "stop2_timezone": "Europe/Lisbon",
}  # fmt: skip
LISTS = {"rooms": ROOM, "calendar/blocked": PERIOD, "trips": TRIP}
# What cannot be kept: the list, the field that says so, and what is sent otherwise.
FAULTS: list[tuple[str, str, dict[str, str]]] = [
    ("rooms", "name_en", {"name_en": ""}),
    ("rooms", "seats", {"seats": "many"}),
    ("calendar/blocked", "name_en", {"name_en": ""}),
    ("calendar/blocked", "first", {"first": ""}),
    ("calendar/blocked", "last", {"last": "2027-05-01"}),
    ("calendar/blocked", "last", {"last": "2028-05-01"}),
    ("trips", "title", {"title": ""}),
    ("trips", "leaves_on", {"leaves_on": ""}),
    ("trips", "back_on", {"back_on": "2027-02-01"}),
    ("trips", "people", {"others": ""}),
    ("trips", "people", {"people": "9999"}),
    ("trips", "stop1_place", {"stop1_place": ""}),
    ("trips", "stop1_first_day", {"stop1_first_day": ""}),
    ("trips", "stop1_first_day", {"stop1_first_day": "2027-02-02"}),
    ("trips", "stop2_last_day", {"stop2_last_day": "2027-03-09"}),
    ("trips", "stop1_timezone", {"stop1_timezone": "Atlantis"}),
    ("trips", "stop1_timezone", {"stop1_timezone": ""}),
    # Days beside which there is no other.
    *(
        (page, field, {field: day})
        for page, field in (("calendar/blocked", "last"), ("trips", "back_on"), ("trips", "stop1_first_day"))
        for day in ("9999-12-31", "0001-01-01")
    ),
]


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> int:
    person = write(lambda session: make_person(session, name="Lee Siu Ming"))
    sign_in(client, person.email)
    return int(person.id)


def test_empty_lists_lead_to_forms_and_what_is_added_is_listed(client: FlaskClient, coordinator: int) -> None:
    for page, form in LISTS.items():
        assert f"/desk/{page}/new" in client.get(f"/desk/{page}").text
        assert client.get(f"/desk/{page}/new").status_code == 200
        assert client.post(f"/desk/{page}/new", data=form).status_code == 303
        name = form.get("name_en") or form["title"]
        assert name in client.get(f"/desk/{page}").text
        assert client.get(f"/desk/{page}/1").status_code == 200
    assert "校務會議室" in client.get("/desk/rooms?language=zh-hant").text
    calendar = client.get("/desk/calendar").text
    assert all(f'href="/desk/{page}"' in calendar for page in LISTS)


def test_what_cannot_be_kept_is_refused_at_its_field_with_the_rest_kept(
    client: FlaskClient, coordinator: int, write: Write
) -> None:
    for page, field, otherwise in FAULTS:
        form = {**LISTS[page], **otherwise}
        response = client.post(f"/desk/{page}/new", data=form)
        assert response.status_code == 400, otherwise
        assert f'href="#{field}"' in response.text, otherwise
        rest = [value for value in list(form.values())[1:3] if value]
        shown = [f'value="{value}"' in response.text or f">{value}<" in response.text for value in rest]
        assert all(shown), otherwise
    for model in (Room, BlockedPeriod, Trip):
        assert write(lambda session, model=model: session.scalars(select(model)).all()) == []


def test_room_has_its_name_once_in_a_building_and_is_hidden_not_deleted(client: FlaskClient, coordinator: int) -> None:
    client.post("/desk/rooms/new", data=ROOM)
    again = client.post("/desk/rooms/new", data={**ROOM, "name_en": "SENATE room"})
    assert (again.status_code, "has this name already" in again.text) == (400, True)
    assert client.post("/desk/rooms/new", data={**ROOM, "building_en": "Chan Block"}).status_code == 303
    hidden = {name: value for name, value in ROOM.items() if name != "active"}
    assert client.post("/desk/rooms/1", data={**hidden, "seats": "30", "version": "1"}).status_code == 303
    assert "no longer used" in client.get("/desk/rooms").text
    page = client.get("/desk/rooms/1").text
    assert "Seats" in page
    assert client.get("/desk/rooms/99").status_code == 404


def test_trip_keeps_stops_with_their_days_and_zones_people_in_order_and_its_report(
    client: FlaskClient, coordinator: int, write: Write
) -> None:
    other = write(lambda session: make_person(session, name="Dr Wong").id)
    sent = {**TRIP, "people": [str(other), str(coordinator)], "stop3_place": "Tokyo", "stop3_country": "JP"}
    sent |= {"stop3_first_day": "2027-03-05"}
    assert client.post("/desk/trips/new", data=sent).status_code == 303

    def kept(session: Session) -> tuple[list[Any], list[int]]:
        stops = session.execute(select(TripStop.place, TripStop.first_day, TripStop.last_day, TripStop.timezone))
        members = session.scalars(select(TripMember.person_id).order_by(TripMember.position))
        return [tuple(stop) for stop in stops], list(members)

    stops, members = write(kept)
    assert stops == [
        ("Lisbon", date(2027, 3, 2), date(2027, 3, 2), "Europe/Lisbon"),
        ("Porto", date(2027, 3, 4), date(2027, 3, 5), "Europe/Lisbon"),
        ("Tokyo", date(2027, 3, 5), date(2027, 3, 5), "Asia/Tokyo"),
    ]
    assert members == [other, coordinator]
    page = client.get("/desk/trips").text
    # Fifteen working days after a Saturday, with Good Friday and Easter Monday in between.
    assert re.search(r'due on <time datetime="2027-03-30">', page)
    assert client.post("/desk/trips/1", data={**sent, "reported_on": "2027-03-20", "version": "1"}).status_code == 303
    assert "received on" in client.get("/desk/trips").text
    shorter = {name: "" if name.startswith("stop2") else value for name, value in sent.items()}
    assert client.post("/desk/trips/1", data={**shorter, "version": "2"}).status_code == 303
    assert [stop[0] for stop in write(kept)[0]] == ["Lisbon", "Tokyo"]
    history = client.get("/desk/trips/1").text
    assert "Stop 2: Place" in history
    assert "Porto" in history


def test_who_was_overtaken_deletes_nothing_and_deleting_is_on_record(client: FlaskClient, coordinator: int) -> None:
    for page in ("calendar/blocked", "trips"):
        form = LISTS[page]
        client.post(f"/desk/{page}/new", data=form)
        name = "name_en" if "name_en" in form else "title"
        assert client.post(f"/desk/{page}/1", data={**form, name: "Otherwise", "version": "1"}).status_code == 303
        assert client.post(f"/desk/{page}/1/remove", data={"version": "1"}).status_code == 409
        assert client.post(f"/desk/{page}/1/remove", data={"version": "2"}).status_code == 303
        assert client.get(f"/desk/{page}/1").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_pages_are_for_coordinators_and_administrators(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    allowed = role in (Role.ADMINISTRATOR, Role.COORDINATOR)
    for page in LISTS:
        assert client.get(f"/desk/{page}").status_code == (200 if allowed else 403)
    assert ("/desk/rooms" in client.get("/desk/").text) == allowed
