"""Referrals at the desk: asked with a form that keeps what was typed, reminded, taken back, and in sight meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_faculty, make_person, opened, refer
from webapp.config import Settings
from webapp.domain.decisions import referrals
from webapp.models import Enquiry, Message, Referral
from webapp.vocabulary import Finding, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
NOW = datetime.now(UTC)
TOMORROW = (NOW + timedelta(2)).date().isoformat()


@pytest.fixture
def reference(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> str:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    return str(write(lambda session: make_enquiry(session, settings, now=NOW).reference))


def send(client: FlaskClient, reference: str, **more: Any) -> Any:
    data = {"version": "1", "question": "Could you receive them?", "return_by": TOMORROW, **more}
    return client.post(f"/desk/enquiries/{reference}/actions/refer", data=data)


def press(client: FlaskClient, reference: str, number: int, verb: str, version: int) -> Any:
    return client.post(f"/desk/enquiries/{reference}/referrals/{number}/{verb}", data={"version": str(version)})


def kinds(write: Write) -> list[MessageKind]:
    mails = write(lambda session: session.scalars(select(Message.kind).order_by(Message.id)).all())
    return [kind for kind in mails if kind.startswith("faculty")]


def test_office_refers_reminds_and_takes_back_and_sees_where_it_is(
    client: FlaskClient, write: Write, reference: str
) -> None:
    faculty = write(lambda session: make_faculty(session, email="ng@example.org").id)
    assert "Refer to a faculty" in client.get(f"/desk/enquiries/{reference}").text
    assert send(client, reference, faculty=faculty).status_code == 303
    page = client.get(f"/desk/enquiries/{reference}").text
    for text in ("With a faculty", "Could you receive them?", "ng@example.org", "referred it to Example Faculty"):
        assert text in page
    assert write(lambda session: session.scalars(select(Enquiry.status)).one()) is Status.RECEIVED
    queue = client.get("/desk/?view=faculty").text
    assert reference in queue
    assert "with a faculty" in queue
    again = send(client, reference, faculty=faculty, version="2")
    assert again.status_code == 400
    assert "This faculty has the enquiry already" in again.text
    today = press(client, reference, 1, "remind", 2)
    assert today.status_code == 400
    assert "was asked today already" in today.text

    def age(session: Session) -> None:
        row = session.scalars(select(Referral)).one()
        row.created_at, row.return_by = NOW - timedelta(9), (NOW - timedelta(8)).date()

    write(age)
    assert "overdue at faculty" in client.get("/desk/?view=faculty").text
    assert "late: was to be back by" in client.get(f"/desk/enquiries/{reference}").text
    assert press(client, reference, 1, "remind", 2).status_code == 303
    assert press(client, reference, 1, "recall", 2).status_code == 409
    assert press(client, reference, 1, "recall", 3).status_code == 303
    assert kinds(write) == [MessageKind.FACULTY_ASKED, MessageKind.FACULTY_ASKED, MessageKind.FACULTY_RECALLED]
    assert "recalled by Lee Siu Ming" in client.get(f"/desk/enquiries/{reference}").text
    assert reference not in client.get("/desk/?view=faculty").text
    ended = press(client, reference, 1, "recall", 4)
    assert ended.status_code == 400
    assert "has returned it" in ended.text


def test_answer_that_came_back_stands_on_the_page(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def answer(session: Session) -> None:
        found = refer(session, settings, session.scalars(select(Enquiry)).one(), now=NOW)
        referrals.answer(
            session,
            opened(session, settings, found.link),
            Finding.IN_PART,
            note="On <b>Monday</b>",
            now=NOW,
            settings=settings,
        )

    write(answer)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "can help in part" in page
    assert "On &lt;b&gt;Monday" in page
    assert "/remind" not in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"faculty": ""}, "Choose whom to ask."),
        ({"faculty": "4711"}, "choose from the list"),
        ({"return_by": "2020-01-01"}, "This day is over."),
        ({"return_by": "soon"}, "enter a date such as"),
        ({"return_by": ""}, "Enter a day."),
        ({"question": " "}, "Write what you would like to know."),
    ],
)
def test_what_is_refused_comes_back_with_what_was_typed(
    client: FlaskClient, write: Write, reference: str, more: dict[str, str], said: str
) -> None:
    faculty = write(lambda session: make_faculty(session).id)
    response = send(client, reference, **{"faculty": str(faculty), **more})
    assert response.status_code == 400
    assert said in response.text
    assert ("Could you receive them?" in response.text) == ("question" not in more)
    assert kinds(write) == []


def test_somebody_who_was_slower_keeps_their_words(client: FlaskClient, write: Write, reference: str) -> None:
    faculty = write(lambda session: make_faculty(session).id)
    response = send(client, reference, faculty=faculty, version="7")
    assert response.status_code == 409
    assert "Could you receive them?" in response.text
    assert kinds(write) == []


def test_without_a_faculty_the_page_says_where_to_add_one(client: FlaskClient, reference: str) -> None:
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "No faculty has been added yet." in page
    assert "/desk/faculties/new" in page


@pytest.mark.parametrize("role", [Role.HOST, Role.OBSERVER])
def test_who_may_not_triage_sees_and_cannot_refer(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role
) -> None:
    def make(session: Session) -> tuple[str, str, int]:
        person = make_person(session, role=role)
        found = make_enquiry(session, settings, assignee=person, now=NOW)
        return person.email, found.reference, refer(session, settings, found, now=NOW).id

    email, reference, number = write(make)
    sign_in(client, email)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "With a faculty" in page
    assert "actions/refer" not in page
    assert send(client, reference, faculty="1", version="3").status_code == 409
    assert press(client, reference, number, "recall", 3).status_code == 409
    assert press(client, reference, number, "remind", 3).status_code == 409


def test_another_networks_enquiry_is_not_found(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def make(session: Session) -> tuple[str, str, int]:
        found = make_enquiry(session, settings, now=NOW)
        return (
            make_person(session, role=Role.LIAISON).email,
            found.reference,
            refer(session, settings, found, now=NOW).id,
        )

    email, reference, number = write(make)
    sign_in(client, email)
    assert send(client, reference, faculty="1").status_code == 404
    assert press(client, reference, number, "recall", 3).status_code == 404


def test_queue_takes_one_query_more_for_faculties_however_many(
    client: FlaskClient, write: Write, settings: Settings, reference: str, count_queries: Any
) -> None:
    counts = []
    for number in (1, 5):
        write(lambda s, n=number: [refer(s, settings, make_enquiry(s, settings, now=NOW), now=NOW) for _ in range(n)])
        with count_queries() as statements:
            assert client.get("/desk/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
