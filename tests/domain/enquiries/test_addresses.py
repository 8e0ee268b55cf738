"""A partner's corrected address: from then on, with a line in the history, and over no one else's correction."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_organisation, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions, addresses, loading
from webapp.domain.errors import Conflict, NotAllowed
from webapp.domain.organisations import contacts
from webapp.domain.organisations.contacts import ContactFacts
from webapp.models import Contact, Enquiry, Event, Message
from webapp.vocabulary import Action, MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()
OLD, NEW = "erika@example.org", "erika.m@example.org"


def correct(write: Write, settings: Settings, email: str = NEW, *, known: str = OLD, actor: Any = OFFICE) -> None:
    def run(session: Session) -> None:
        found = loading.locked(session, session.scalars(select(Enquiry.reference)).one(), actor=OFFICE)
        by = acting(actor, settings=settings)
        addresses.correct(session, found, email, known=known, by=by)

    write(run)


@pytest.fixture
def enquiry(write: Write, settings: Settings) -> Callable[[], Enquiry]:
    write(lambda s: make_enquiry(s, settings))
    return lambda: write(lambda s: s.scalars(select(Enquiry)).one())


def test_later_mails_go_to_the_corrected_address(
    write: Write, settings: Settings, enquiry: Callable[[], Enquiry]
) -> None:
    correct(write, settings)
    assert (enquiry().contact_email, enquiry().version) == (NEW, 2)

    reference = enquiry().reference

    def reply(session: Session) -> None:
        found = loading.locked(session, reference, actor=OFFICE)
        actions.act(session, found, Action.REPLY, text="Hello", by=acting(OFFICE, settings=settings))

    write(reply)
    query = select(Message.recipient_email).where(Message.kind == MessageKind.PARTNER_MESSAGE)
    assert write(lambda s: s.scalars(query).all()) == [NEW]


def test_history_says_from_what_to_what_and_by_whom(
    write: Write, settings: Settings, enquiry: Callable[[], Enquiry]
) -> None:
    correct(write, settings)
    event = write(lambda s: s.scalars(select(Event).where(Event.action == Action.CORRECT_ADDRESS)).one())
    assert (event.facts.before, event.facts.after, event.actor_name) == (OLD, NEW, "Lee Siu Ming")
    assert not event.public


def test_same_address_is_no_correction(write: Write, settings: Settings, enquiry: Callable[[], Enquiry]) -> None:
    correct(write, settings, OLD)
    assert enquiry().version == 1


def test_nobody_overwrites_somebody_elses_correction(
    write: Write, settings: Settings, enquiry: Callable[[], Enquiry]
) -> None:
    correct(write, settings)
    with pytest.raises(Conflict):
        correct(write, settings, "other@example.org")
    assert enquiry().contact_email == NEW


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HOST, Role.OBSERVER])
def test_only_the_office_corrects(write: Write, settings: Settings, enquiry: Callable[[], Enquiry], role: Role) -> None:
    with pytest.raises(NotAllowed):
        correct(write, settings, actor=staff_actor(role))
    assert enquiry().contact_email == OLD


def test_contact_on_record_keeps_its_own_address(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> None:
        record = make_organisation(session)
        contacts.add(session, record, ContactFacts("Erika Mustermann", email=OLD), by=acting(OFFICE))
        make_enquiry(session, settings)

    write(rows)
    correct(write, settings)
    found = write(lambda s: s.scalars(select(Enquiry)).one())
    assert found.contact_id is not None
    assert write(lambda s: s.get_one(Contact, found.contact_id).email) == OLD


@pytest.mark.parametrize("kind", MessageKind)
def test_only_mails_to_the_partner_of_one_enquiry_correct_an_address(
    write: Write, settings: Settings, kind: MessageKind
) -> None:
    def run(session: Session) -> tuple[bool, bool]:
        message = session.scalars(select(Message).join(Message.enquiry)).first()
        assert message is not None
        message.enquiry = session.scalars(select(Enquiry)).one()
        message.kind = kind
        one = addresses.is_partners(message)
        message.enquiry = None
        return one, addresses.is_partners(message)

    write(lambda s: make_enquiry(s, settings))
    assert write(run) == (kind.value.startswith("partner_"), False)
