"""An action more is a member of the vocabulary, a row of the workflow table and its words; pages and history follow."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Enum
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry, make_person, tracking_token
from webapp import labels
from webapp.config import Settings
from webapp.domain.enquiries.workflow import TABLE, ActionRow, Rule
from webapp.labels import ActionWords
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import Action, EventKind, Permission, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
# Emails of an enquiry that came: its receipt, and the one to the person who answers.
NEW_ENQUIRY = 2
WORDS = ActionWords(
    button="Ring the bell",
    history="%(who)s rang the bell.",
    before="It rings once, and no one else hears it.",
    done="The bell has rung.",
    text="What it rings for",
)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Action:
    """An action that no module knows: in the vocabulary, the table and the labels, and nowhere else."""
    made_up = str.__new__(Action, "ring")
    made_up._name_, made_up._value_ = "RING", "ring"
    monkeypatch.setattr(Action, "_member_names_", [*Action._member_names_, "RING"])
    monkeypatch.setitem(Action._member_map_, "RING", made_up)
    monkeypatch.setitem(Action._value2member_map_, "ring", made_up)
    rules = (Rule((Status.RECEIVED,), Status.IN_REVIEW, Permission.ENQUIRY_TRIAGE),)
    monkeypatch.setitem(TABLE, made_up, ActionRow(made_up, rules, takes_text=True, in_bulk=True))
    monkeypatch.setitem(labels.ACTION, made_up, WORDS)
    # The column read its words when the models were imported, and each dialect keeps a copy.
    for verb in ("_db_value_for_elem", "_object_value_for_elem"):
        known = getattr(Enum, verb)
        value = partial(_unless_made_up, known, made_up)
        monkeypatch.setattr(Enum, verb, lambda column, word, value=value: value(column, word))
    return made_up


def _unless_made_up(known: Callable[[Enum, Any], Any], made_up: Action, column: Enum, word: Any) -> Any:
    return made_up if word == made_up else known(column, word)


def enquiry(write: Write, settings: Settings, status: Status = Status.RECEIVED) -> str:
    return str(write(lambda session: make_enquiry(session, settings, status=status).reference))


def person(write: Write, role: Role) -> str:
    return str(write(lambda session: make_person(session, role=role, name="Lee Siu Ming").email))


def press(client: FlaskClient, reference: str, version: str = "1") -> Any:
    data = {"version": version, "text": "For the guests"}
    return client.post(f"/desk/enquiries/{reference}/actions/ring", data=data, follow_redirects=True)


def state(write: Write, reference: str) -> tuple[Any, ...]:
    def read(session: Session) -> tuple[Any, ...]:
        found = session.query(Enquiry).filter_by(reference=reference).one()
        events = session.query(Event).filter(Event.action == "ring")
        lines = [(event.kind, event.public, event.text) for event in events]
        return found.status, found.version, lines, session.query(Message).count()

    return write(read)  # type: ignore[no-any-return]


def test_its_button_its_address_and_its_line_come_with_the_row(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, ring: Action
) -> None:
    reference = enquiry(write, settings)
    sign_in(client, person(write, Role.COORDINATOR))
    page = client.get(f"/desk/enquiries/{reference}").text
    form = re.search(rf'<form[^>]*action="/desk/enquiries/{reference}/actions/ring">.*?</form>', page, re.S)
    assert form
    assert "Confirm: Ring the bell" in form[0]
    assert WORDS.before in form[0]
    assert WORDS.text in form[0]

    after = press(client, reference)
    assert (after.status_code, WORDS.done in after.text) == (200, True)
    assert "<strong>Lee Siu Ming</strong> rang the bell." in after.text
    assert "For the guests" in after.text
    assert "/actions/ring" not in after.text
    assert state(write, reference) == (
        Status.IN_REVIEW,
        2,
        [(EventKind.STATUS, False, "For the guests")],
        NEW_ENQUIRY,
    )


def test_it_is_on_the_board_and_for_many_at_once_which_asks_first(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, ring: Action
) -> None:
    reference = enquiry(write, settings)
    sign_in(client, person(write, Role.COORDINATOR))
    assert "Ring the bell" in client.get("/desk/board").text
    assert '<option value="ring">Ring the bell …</option>' in client.get("/desk/").text
    row = f"{reference}:1:"
    asked = client.post("/desk/bulk", data={"row": row, "change": "ring"}).text
    assert WORDS.before in asked
    assert state(write, reference)[0] is Status.RECEIVED
    told = client.post("/desk/bulk", data={"row": row, "change": "ring", "sure": "1"}, follow_redirects=True).text
    assert "Ring the bell: done for 1 enquiry." in told
    assert state(write, reference)[:2] == (Status.IN_REVIEW, 2)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OBSERVER, Status.RECEIVED), (Role.HOST, Status.RECEIVED), (Role.COORDINATOR, Status.ACCEPTED)],
)
def test_who_or_what_its_rules_do_not_name_is_refused_and_not_offered_it(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, ring: Action, role: Role, status: Status
) -> None:
    def make(session: Session) -> tuple[str, str]:
        someone = make_person(session, role=role)
        return someone.email, make_enquiry(session, settings, status=status, assignee=someone).reference

    email, reference = write(make)
    sign_in(client, email)
    assert "Ring the bell" not in client.get(f"/desk/enquiries/{reference}").text
    refused = press(client, reference)
    assert refused.status_code == 409
    assert "“Ring the bell” does not fit the present status, or is not for your role." in refused.text
    assert "For the guests</textarea>" in refused.text
    assert state(write, reference) == (status, 1, [], NEW_ENQUIRY)


@pytest.mark.parametrize("public", [False, True])
def test_the_partner_reads_what_was_written_only_where_its_row_is_public(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    sign_in: Any,
    ring: Action,
    monkeypatch: pytest.MonkeyPatch,
    public: bool,
) -> None:
    monkeypatch.setitem(TABLE, ring, replace(TABLE[ring], public=public))
    row = write(lambda session: make_enquiry(session, settings))
    sign_in(client, person(write, Role.COORDINATOR))
    assert press(client, row.reference).status_code == 200
    page = client.get(f"/track/{write(lambda s: tracking_token(s, settings, row))}")
    assert page.status_code == 200
    assert ("For the guests" in page.text) == public


@pytest.mark.parametrize("answers", [False, True])
def test_the_partner_waits_until_an_action_that_answers_them(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    sign_in: Any,
    ring: Action,
    monkeypatch: pytest.MonkeyPatch,
    answers: bool,
) -> None:
    monkeypatch.setitem(TABLE, ring, replace(TABLE[ring], answers_partner=answers))

    def make(session: Session) -> str:
        row = make_enquiry(session, settings)
        row.partner_wrote_at = NOW
        return row.reference

    reference = write(make)
    sign_in(client, person(write, Role.COORDINATOR))
    assert press(client, reference).status_code == 200
    wrote = write(lambda session: session.query(Enquiry.partner_wrote_at).filter_by(reference=reference).scalar())
    assert wrote == (None if answers else NOW)
