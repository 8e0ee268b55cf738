"""The leave page: entered, refused with what was typed, ended; the enquiry says who answers and why."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.models import Leave, Person
from webapp.vocabulary import Job, Role

Write = Callable[[Callable[[Session], Any]], Any]
Office = tuple[int, int]


@pytest.fixture
def office(write: Write, client: FlaskClient, sign_in: Callable[..., None]) -> Office:
    """A coordinator, signed in, and a liaison; by their ids."""

    def make(session: Session) -> tuple[Person, Person]:
        return make_person(session, name="Lee Siu Ming"), make_person(session, role=None, name="Prof. Chan")

    coordinator, liaison = write(make)
    sign_in(client, coordinator)
    return coordinator.id, liaison.id


def day(number: int, settings: Settings) -> str:
    return (datetime.now(UTC).astimezone(settings.zone).date() + timedelta(number)).isoformat()


def test_leave_is_entered_seen_and_struck_out(
    client: FlaskClient, office: Office, settings: Settings, write: Write, broker: RecordingBroker
) -> None:
    coordinator, liaison = office
    assert "No one is away" in client.get("/desk/leave").text
    data = {"person": liaison, "cover": coordinator, "network": 0}
    days = {"starts_on": day(3, settings), "ends_on": day(5, settings)}
    assert client.post("/desk/leave", data={**data, **days}).status_code == 303
    assert (Job.ENQUIRIES_REROUTE, 1) in broker.jobs
    text = client.get("/desk/leave").text
    assert "Prof. Chan" in text
    assert "Cancel leave" in text
    assert client.post("/desk/leave/1/end", data={"version": 1}).status_code == 303
    assert write(lambda session: session.query(Leave).count()) == 0
    again = client.post("/desk/leave/1/end", data={"version": 1})
    assert (again.status_code, "This leave has ended, or was cancelled" in again.text) == (409, True)


def test_refused_leave_keeps_what_was_typed(client: FlaskClient, office: Office, settings: Settings) -> None:
    data = {"person": office[1], "cover": office[1], "network": 0, "starts_on": day(5, settings)}
    response = client.post("/desk/leave", data={**data, "ends_on": day(3, settings)})
    assert response.status_code == 400
    assert "The last day cannot be before the first." in response.text
    assert "Someone else has to cover." in response.text
    assert day(5, settings) in response.text
    response = client.post("/desk/leave", data={**data, "ends_on": "tomorrow"})
    assert response.status_code == 400
    assert 'value="tomorrow"' in response.text
    response = client.post("/desk/leave", data={"person": office[1], "cover": 0, "network": 0})
    assert "Enter the first day." in response.text
    assert "Enter the last day." in response.text


def test_liaison_enters_their_own_leave_only(
    write: Write, client: FlaskClient, sign_in: Callable[..., None], settings: Settings
) -> None:
    def make(session: Session) -> tuple[Person, Person]:
        return make_person(session, role=Role.LIAISON), make_person(session)

    own, other = write(make)
    sign_in(client, own)
    data = {"cover": 0, "network": 0, "starts_on": day(0, settings), "ends_on": day(0, settings)}
    assert client.post("/desk/leave", data={**data, "person": other.id}).status_code == 400
    assert client.post("/desk/leave", data={**data, "person": own.id}).status_code == 303


@pytest.mark.parametrize(
    ("deputy", "expected"),
    [(True, "deputy of the network"), (False, "No one who should answer can be reached.")],
)
def test_enquiry_says_who_answers_and_why(
    client: FlaskClient, office: Office, settings: Settings, write: Write, deputy: bool, expected: str
) -> None:
    def make(session: Session) -> str:
        liaison = session.get_one(Person, office[1])
        network = make_network(session, liaison=liaison, deputy=make_person(session) if deputy else None)
        return make_enquiry(session, settings, network=network).reference

    reference = write(make)
    data = {"person": office[1], "cover": 0, "network": 0}
    days = {"starts_on": day(0, settings), "ends_on": day(5, settings)}
    client.post("/desk/leave", data={**data, **days})
    text = client.get(f"/desk/enquiries/{reference}").text
    assert expected in text
    assert "Prof. Chan (liaison) is away until" in text
