"""Lists of several enquiries: each line has a link of its reader's own, which goes to no one else."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, opened, staff_actor
from tests.mail.reading import received
from webapp.config import Settings
from webapp.domain.calendar import closures
from webapp.domain.decisions import sending_again
from webapp.domain.errors import Invalid
from webapp.domain.links import issuing
from webapp.domain.messages import delivery, outbox
from webapp.domain.messages.delivery import Claimed
from webapp.domain.notifications import closure_notices, reminders
from webapp.mail.messages import DECISION_TOKEN_SLOT, decision_mark
from webapp.models import Enquiry, Link, Message, MessageLine, Network
from webapp.vocabulary import Language, LinkKind, MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
# Monday morning in Hong Kong: what was promised for that day is due.
MORNING = datetime(2026, 11, 30, 1, tzinfo=UTC)
LATE = datetime(2026, 12, 2, 1, tzinfo=UTC)
TOKEN = re.compile(r"/decisions/([\w-]{43})(?![\w-])")


@pytest.fixture
def slug(write: Write) -> str:
    def make(session: Session) -> str:
        liaison = make_person(session, role=None, name="Prof. Chan", email="chan@example.org")
        chief = make_person(session, role=None, name="The Chief", email="chief@example.org")
        return make_network(session, liaison=liaison, escalation=chief).slug

    return str(write(make))


def add(write: Write, settings: Settings, slug: str, **more: Any) -> str:
    def make(session: Session) -> str:
        network = session.scalars(select(Network).where(Network.slug == slug)).one()
        return make_enquiry(session, settings, network=network, **more).reference

    return str(write(make))


def remind(write: Write, settings: Settings, at: datetime = MORNING) -> None:
    write(lambda session: reminders.send(session, now=at, settings=settings))


def list_to(write: Write, email: str, kind: MessageKind = MessageKind.LIAISON_DIGEST) -> int:
    query = select(Message.id).where(Message.kind == kind, Message.recipient_email == email).order_by(Message.id.desc())
    return int(write(lambda session: session.scalars(query.limit(1)).one()))


def claimed(write: Write, settings: Settings, number: int, at: datetime = LATE) -> Claimed:
    found = write(lambda session: delivery.claim(session, number, now=at, settings=settings))
    assert isinstance(found, Claimed)
    return found


def opens(write: Write, settings: Settings, text: str) -> list[str]:
    """Return the references of the enquiries that the links of a text open, in its order."""

    def run(session: Session) -> list[str]:
        return [opened(session, settings, token, now=LATE).enquiry.reference for token in TOKEN.findall(text)]

    return list(write(run))


def test_each_line_of_a_digest_has_its_own_link(write: Write, settings: Settings, slug: str) -> None:
    references = [add(write, settings, slug) for _ in range(3)]
    remind(write, settings)
    mail = claimed(write, settings, list_to(write, "chan@example.org"))
    assert opens(write, settings, mail.text) == opens(write, settings, mail.html) == references
    assert DECISION_TOKEN_SLOT not in mail.text + mail.html
    assert "/desk/" not in mail.text
    assert "without signing in" in mail.text


def test_links_are_the_ones_of_the_mails_before(write: Write, settings: Settings, slug: str) -> None:
    add(write, settings, slug)
    count = select(Link.id).where(Link.kind == LinkKind.DECISION)
    before = write(lambda session: session.scalars(count).all())
    remind(write, settings)
    remind(write, settings, LATE)
    assert write(lambda session: session.scalars(count).all()) == before != []


def test_stored_text_holds_no_link(write: Write, settings: Settings, slug: str) -> None:
    add(write, settings, slug)
    remind(write, settings)
    number = list_to(write, "chan@example.org")
    stored = write(lambda session: session.get_one(Message, number))
    assert not TOKEN.search(stored.text + stored.html)
    assert DECISION_TOKEN_SLOT in stored.text


def test_list_names_all_its_references_in_a_header(write: Write, settings: Settings, slug: str) -> None:
    references = [add(write, settings, slug) for _ in range(25)]
    remind(write, settings)
    wire = delivery.wire(claimed(write, settings, list_to(write, "chan@example.org")), settings=settings)
    assert str(received(wire)["X-Liaison-Reference"]).split(", ") == references
    raw = wire.content.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.splitlines())) < 998


def test_a_list_is_not_sent_elsewhere_and_carries_no_link_there(write: Write, settings: Settings, slug: str) -> None:
    add(write, settings, slug)
    remind(write, settings)
    number = list_to(write, "chan@example.org")
    mail = claimed(write, settings, number)
    write(lambda session: delivery.record_sent(session.connection(), mail, now=LATE))

    def again(session: Session) -> None:
        found = outbox.message(session, number, actor=staff_actor(), lock=True)
        sending_again.send_again(session, found, "other@example.org", known="", by=acting(now=LATE))

    with pytest.raises(Invalid) as refused:
        write(again)
    assert refused.value.faults == {"email": "list"}
    write(lambda s: outbox.retry(s, s.get_one(Message, number), email="other@example.org", by=acting(now=LATE)))
    assert write(lambda s: delivery.claim(s, number, now=LATE, settings=settings)) is None


def test_who_writes_a_mark_gets_no_link(write: Write, settings: Settings, slug: str) -> None:
    """An organisation is named like the mark of someone else's link, which is of another enquiry."""

    def other(session: Session) -> int:
        person = make_person(session, role=None)
        elsewhere = make_enquiry(session, settings, network=make_network(session, liaison=person))
        return issuing.issue(session, elsewhere, person.id, now=NOW, settings=settings).id

    mark = decision_mark(write(other))
    reference = add(write, settings, slug, organisation=f"Look /decisions/{mark} and {DECISION_TOKEN_SLOT}")
    remind(write, settings)
    mail = claimed(write, settings, list_to(write, "chan@example.org"))
    assert opens(write, settings, mail.text) == [reference]


def test_escalation_hears_and_does_not_answer(write: Write, settings: Settings, slug: str) -> None:
    add(write, settings, slug)
    remind(write, settings, LATE)
    mail = claimed(write, settings, list_to(write, "chief@example.org"))
    assert opens(write, settings, mail.text) == []
    assert "/desk/" not in mail.text
    assert settings.office_email in mail.text


def test_with_an_account_the_desk_is_opened(write: Write, settings: Settings) -> None:
    def make(session: Session) -> str:
        liaison = make_person(session, role=Role.LIAISON, email="with@example.org")
        return make_network(session, liaison=liaison).slug

    add(write, settings, write(make))
    remind(write, settings)
    mail = claimed(write, settings, list_to(write, "with@example.org"))
    assert "/desk/" in mail.text
    assert opens(write, settings, mail.text) == []


def test_list_of_what_a_closure_moved_has_links_too(write: Write, settings: Settings, slug: str) -> None:
    references = [add(write, settings, slug) for _ in range(2)]
    by = acting(settings=settings)

    def close(session: Session) -> None:
        day = datetime(2026, 11, 26, tzinfo=UTC).date()
        made = closures.declare(session, day, day, {"en": "Typhoon"}, by=by)
        found = closures.closure(session, made.id, actor=staff_actor())
        closure_notices.send(session, found, dict.fromkeys(map(str, Language), "Closed."), by=by)

    write(close)
    mail = claimed(write, settings, list_to(write, "chan@example.org", MessageKind.LIAISON_CLOSURE))
    assert opens(write, settings, mail.text) == references
    assert mail.reference == ", ".join(references)
    to_partner = list_to(write, "erika@example.org", MessageKind.PARTNER_CLOSURE)
    assert claimed(write, settings, to_partner).reference == ", ".join(reversed(references))


def test_cost_of_links_does_not_grow(write: Write, settings: Settings, slug: str, count_queries: Any) -> None:
    def costs() -> int:
        with count_queries() as statements:
            remind(write, settings, at=MORNING)
        write(lambda session: (session.query(MessageLine).delete(), session.query(Message).delete()))
        return len([statement for statement in statements if not statement.startswith("INSERT")])

    add(write, settings, slug)
    one = costs()
    for _ in range(9):
        add(write, settings, slug)
    write(lambda session: session.query(Enquiry).count())
    assert costs() <= one + 1
