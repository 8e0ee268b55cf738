"""Links to set a password: to the owner's address alone, once, for three days; asked for without telling anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, PASSWORD, acting, make_person, staff_actor
from tests.mail.reading import received
from webapp.config import Settings
from webapp.domain.accounts import administration, own_links, passwords, people, resets
from webapp.domain.accounts.own_links import LASTS
from webapp.domain.accounts.passwords import NewPassword
from webapp.domain.errors import Gone, NotAllowed, NotFound
from webapp.domain.link_requests import answering, asking
from webapp.domain.messages import delivery, outbox
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE, SYSTEM
from webapp.mail.messages import ACCOUNT_TOKEN_SLOT
from webapp.models import AccountLink, AuditEntry, LinkRequest, Message, Person
from webapp.vocabulary import Language, LinkWanted, MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
NEW = "kettle orbit pelican"


@pytest.fixture
def person(write: Write) -> Person:
    made: Person = write(lambda s: make_person(s, email="lee@example.org", language=Language.ZH_HANT))
    return made


def own_wish(settings: Settings, at: datetime) -> Acting:
    return acting(SYSTEM, now=at, settings=settings)


def send(write: Write, settings: Settings, person: Person, *, at: datetime = NOW) -> None:
    write(lambda s: own_links.send_reset(s, s.get_one(Person, person.id), by=own_wish(settings, at)))


def sent(write: Write) -> list[Message]:
    found: list[Message] = write(lambda s: s.scalars(select(Message).order_by(Message.id)).all())
    return found


def delivered(write: Write, settings: Settings, message_id: int, *, at: datetime = NOW) -> str:
    """The text as it is on the wire."""
    claimed = write(lambda s: delivery.claim(s, message_id, now=at, settings=settings))
    return str(received(delivery.wire(claimed, settings=settings)).get_body(("plain",)).get_content())  # type: ignore[union-attr]


def token(text: str) -> str:
    return text.partition("/desk/set-password/")[2][:43]


def use(write: Write, settings: Settings, given: str, *, at: datetime = NOW, new: str = NEW) -> None:
    found = write(lambda s: own_links.opened(s, given, now=at))
    made = passwords.choose(found.person, new, settings=settings)
    write(lambda s: own_links.set_password(s, given, made, now=at, settings=settings))


def test_link_is_in_the_owners_email_alone_and_nowhere_stored(write: Write, settings: Settings, person: Person) -> None:
    send(write, settings, person)
    (message,) = sent(write)
    assert ACCOUNT_TOKEN_SLOT in message.text
    assert (message.recipient_email, message.language) == (person.email, person.language)
    given = token(delivered(write, settings, message.id))
    row = write(lambda s: s.scalars(select(AccountLink)).one())
    assert given not in str([vars(row), vars(message)])
    assert write(lambda s: own_links.opened(s, given, now=NOW)).person.id == person.id


def test_link_does_not_leave_to_another_address(write: Write, settings: Settings, person: Person) -> None:
    send(write, settings, person)
    (message,) = sent(write)
    delivered(write, settings, message.id)

    def again(session: Session) -> None:
        row = session.get_one(Message, message.id)
        row.state = "sent"
        outbox.retry(session, row, by=acting(COMMAND_LINE), email="attacker@example.net")

    write(again)
    text = delivered(write, settings, message.id)
    assert token(text).startswith(ACCOUNT_TOKEN_SLOT)
    with pytest.raises(NotFound):
        write(lambda s: own_links.opened(s, token(text), now=NOW))


def test_link_sets_a_password_once_and_tells_the_owner(write: Write, settings: Settings, person: Person) -> None:
    send(write, settings, person)
    given = token(delivered(write, settings, sent(write)[0].id))
    use(write, settings, given)
    assert write(lambda s: people.verify(s, email=person.email, password=NEW)).id == person.id
    with pytest.raises(people.SignInRefused):
        write(lambda s: people.verify(s, email=person.email, password=PASSWORD))
    with pytest.raises(Gone):
        use(write, settings, given, new="another orbit pelican")
    assert [message.kind for message in sent(write)] == [MessageKind.STAFF_RESET, MessageKind.STAFF_PASSWORD_CHANGED]
    assert sent(write)[1].recipient_email == person.email


@pytest.mark.parametrize("why", ["time", "newer", "closed", "role", "changed"])
def test_link_ends(write: Write, settings: Settings, person: Person, why: str) -> None:
    send(write, settings, person)
    given = token(delivered(write, settings, sent(write)[0].id))
    at = NOW + LASTS - timedelta(seconds=1)
    assert write(lambda s: own_links.opened(s, given, now=at)).person.id == person.id

    def end(session: Session) -> None:
        found = session.get_one(Person, person.id)
        values: dict[str, Any] = {"name": found.name, "language": found.language, "role": found.role, "active": True}
        if why in ("closed", "role"):
            values |= {"active": False} if why == "closed" else {"role": None}
            by = acting(staff_actor(Role.ADMINISTRATOR), settings=settings)
            administration.change(session, found, **values, version=1, by=by)
            administration.change(
                session, found, **{**values, "active": True, "role": Role.HOST}, version=found.version, by=by
            )
        elif why == "newer":
            own_links.send_reset(session, found, by=own_wish(settings, NOW))
        elif why == "changed":
            made = NewPassword(found.password_hash, passwords.hashed(NEW))
            own_links.change(session, found, made, by=own_wish(settings, NOW))

    write(end)
    with pytest.raises(Gone) as gone:
        write(lambda s: own_links.opened(s, given, now=NOW + LASTS if why == "time" else NOW))
    assert gone.value.language is Language.ZH_HANT


def test_password_hashed_before_the_account_was_closed_is_not_taken(
    write: Write, settings: Settings, person: Person
) -> None:
    send(write, settings, person)
    given = token(delivered(write, settings, sent(write)[0].id))
    made = passwords.choose(person, NEW, settings=settings)
    write(lambda s: setattr(s.get_one(Person, person.id), "password_hash", None))
    with pytest.raises(NotAllowed):
        write(lambda s: own_links.set_password(s, given, made, now=NOW, settings=settings))


def ask(write: Write, settings: Settings, email: str, *, at: datetime = NOW) -> None:
    write(lambda s: asking.ask(s, LinkWanted.PASSWORD, email, language=Language.EN, now=at))
    for number in write(lambda s: answering.due(s, now=at)):
        write(lambda s, number=number: answering.answer(s, number, by=own_wish(settings, at)))
    assert write(lambda s: s.scalars(select(LinkRequest)).all()) == []


def test_asking_sends_a_link_to_an_account_and_nothing_to_others(
    write: Write, settings: Settings, person: Person
) -> None:
    write(lambda s: make_person(s, role=None, email="mail-only@example.org"))
    write(lambda s: setattr(make_person(s, email="closed@example.org"), "active", False))
    for email in ("nobody@example.org", "mail-only@example.org", "closed@example.org", "no address", "\ud800@x"):
        ask(write, settings, email)
    assert sent(write) == []
    ask(write, settings, " LEE@Example.org ")
    assert [(message.kind, message.recipient_email) for message in sent(write)] == [
        (MessageKind.STAFF_RESET, "lee@example.org")
    ]
    assert write(lambda s: people.verify(s, email=person.email, password=PASSWORD))  # nothing changed by asking


def test_asking_again_and_again_sends_few_emails_and_leaves_a_good_link(
    write: Write, settings: Settings, person: Person
) -> None:
    for minute in range(120):
        ask(write, settings, person.email, at=NOW + timedelta(minutes=minute))
    assert len(sent(write)) == 6
    last = sent(write)[-1]
    given = token(delivered(write, settings, last.id, at=NOW + timedelta(hours=2)))
    assert write(lambda s: own_links.opened(s, given, now=NOW + timedelta(hours=2)))


def test_a_day_of_asking_sends_a_bounded_number_of_emails_and_leaves_a_good_link(
    write: Write, settings: Settings, person: Person
) -> None:
    for number in range(72):
        ask(write, settings, person.email, at=NOW + timedelta(minutes=20 * number))
    assert resets.SENT.free == 10
    assert 10 <= len(sent(write)) < 20
    last = sent(write)[-1]
    given = token(delivered(write, settings, last.id, at=NOW + timedelta(days=1)))
    assert write(lambda s: own_links.opened(s, given, now=NOW + timedelta(days=1)))


def test_what_is_asked_for_one_mailbox_fills_no_table(write: Write) -> None:
    def ask_for(email: str) -> None:
        write(lambda s: asking.ask(s, LinkWanted.PASSWORD, email, language=Language.EN, now=NOW))

    spelt = ["nobody@example.org", "No.Body@example.org", *(f"nobody+{number}@example.org" for number in range(60))]
    for email in (*spelt, "another@example.org"):
        ask_for(email)
    kept = write(lambda s: s.scalars(select(LinkRequest.email)).all())
    assert len(kept) == asking.ASKED.free + 1
    assert "another@example.org" in kept
    assert len(write(lambda s: s.scalars(select(AuditEntry.number)).all())) == len(kept)


def test_old_links_are_forgotten(write: Write, settings: Settings, person: Person) -> None:
    send(write, settings, person)
    write(lambda s: resets.purge(s, now=NOW + timedelta(days=32)))
    assert write(lambda s: s.scalars(select(AccountLink)).one())
    write(lambda s: resets.purge(s, now=NOW + timedelta(days=34)))
    assert write(lambda s: s.scalars(select(AccountLink)).all()) == []
