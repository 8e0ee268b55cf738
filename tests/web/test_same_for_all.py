"""Pages that send a link to an address: the same answer from the same statements, whether or not anyone has it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import make_enquiry, make_person
from webapp.config import Settings
from webapp.domain.enquiries import held
from webapp.models import Enquiry, LinkRequest, Message
from webapp.vocabulary import Job, Language, LinkWanted, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]
VARIES = re.compile(r'name="csrf_token" value="[^"]*"')
# What only looking someone up would read.
TELLING = ("people", "enquiries", "contacts", "drafts", "approvals", "referrals", "faculties", "messages", "links")


@dataclass(frozen=True)
class Page:
    """A page that sends links: what is posted to it for those it knows, and for those it does not."""

    path: str
    wanted: LinkWanted
    sends: MessageKind
    known: dict[str, str]
    others: list[dict[str, str]] = field(default_factory=list)


def of_enquiries(session: Session, settings: Settings) -> Page:
    first, second, hidden = (
        make_enquiry(session, settings, contact_email=f"{name}@example.org") for name in ("erika", "jan", "held")
    )
    hidden.status, hidden.clock_stopped_on = Status.SUSPECT, hidden.submitted_at.date()
    assert held.is_held(hidden)
    email = first.contact_email
    return Page(
        "/track", LinkWanted.TRACKING, MessageKind.PARTNER_LINK, {"reference": first.reference, "email": email},
        [{"reference": "LD-2222-2222", "email": email}, {"reference": second.reference, "email": email},
         {"reference": first.reference, "email": "unknown@example.org"},
         {"reference": hidden.reference, "email": hidden.contact_email},
         {"reference": "", "email": hidden.contact_email}, {"email": "unknown@example.org"}],
    )  # fmt: skip


def of_accounts(session: Session, _settings: Settings) -> Page:
    known, closed = make_person(session), make_person(session, role=None)
    emails = (closed.email, "unknown@example.org", "no address at all")
    return Page("/desk/forgotten", LinkWanted.PASSWORD, MessageKind.STAFF_RESET, {"email": known.email},
                [{"email": email} for email in emails])  # fmt: skip


def of_own_data(session: Session, settings: Settings) -> Page:
    make_enquiry(session, settings, contact_email="erika@example.org")
    colleague = make_person(session)
    return Page("/my-data", LinkWanted.OWN_DATA, MessageKind.PERSON_OWN_DATA, {"email": "erika@example.org"},
                [{"email": email} for email in (colleague.email, "unknown@example.org")])  # fmt: skip


PAGES = {"lost link": of_enquiries, "password": of_accounts, "own data": of_own_data}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, write: Write, settings: Settings) -> Page:
    made: Page = write(lambda session: PAGES[request.param](session, settings))
    return made


def sent(write: Write, page: Page) -> list[str]:
    query = Message.kind == page.sends
    return [row.recipient_email for row in write(lambda s: s.query(Message).filter(query).all())]


def test_known_and_unknown_have_the_same_answer_by_the_same_statements(
    client: FlaskClient, write: Write, page: Page, count_queries: Any, look: Callable[[], None]
) -> None:
    for data in (page.known, *page.others):  # what is read once in a process has been read, and each mailbox is counted
        client.post(page.path, data=data)
    seen = []
    for data in (page.known, *page.others):
        with count_queries() as statements:
            answer = client.post(page.path, data=data)
        seen.append((answer.status_code, VARIES.sub("", answer.text), tuple(statements)))
    assert len(set(seen)) == 1
    status, _, made = seen[0]
    assert status == 200
    assert any("INSERT INTO link_requests" in statement for statement in made)
    assert not [each for each in made for table in TELLING if re.search(rf"\b{table}\b", each)]
    assert sent(write, page) == []
    look()
    assert sent(write, page) == [page.known["email"]]
    assert write(lambda session: session.query(LinkRequest).count()) == 0


def test_request_is_kept_as_it_is_looked_up_and_the_worker_is_asked(
    client: FlaskClient, write: Write, page: Page, broker: RecordingBroker
) -> None:
    broker.jobs.clear()
    address = page.known["email"]
    local, _, domain = address.partition("@")
    typed = {**page.known, "email": f" <{local.upper()}@{domain.upper()}> "}
    if "reference" in typed:
        typed["reference"] = f"Re: {typed['reference'].lower()}"
    assert client.post(f"{page.path}?language=zh-hant", data=typed).status_code == 200
    (row,) = write(lambda session: session.query(LinkRequest).all())
    assert (row.wanted, row.email, row.language) == (page.wanted, address, Language.ZH_HANT)
    assert row.reference == page.known.get("reference", "")
    assert broker.jobs == [(Job.LINKS_ANSWER, row.id)]


def test_queue_that_is_down_loses_no_request(
    client: FlaskClient, write: Write, page: Page, broker: RecordingBroker, look: Callable[[], None]
) -> None:
    client.post(page.path, data=page.known)
    broker.jobs.clear()
    look()
    assert sent(write, page) == [page.known["email"]]


def test_no_enquiry_changes_by_being_asked_for(
    client: FlaskClient, write: Write, settings: Settings, look: Callable[[], None]
) -> None:
    page = write(lambda session: of_enquiries(session, settings))
    before = write(lambda session: session.query(Enquiry.version, Enquiry.changed_at).order_by(Enquiry.id).all())
    for data in (page.known, *page.others):
        client.post(page.path, data=data)
    look()
    after = write(lambda session: session.query(Enquiry.version, Enquiry.changed_at).order_by(Enquiry.id).all())
    assert before == after
