"""What the holder of a secret link sees, and that nothing else opens an enquiry."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, opened, tracking_token
from webapp.config import Settings
from webapp.domain.calendar import clock
from webapp.domain.enquiries import actions, tracking
from webapp.domain.errors import NotAllowed, NotFound
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import Action, EventKind, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def token(write: Write, settings: Settings) -> str:
    made: str = write(lambda s: tracking_token(s, settings, make_enquiry(s, settings)))
    return made


def act(write: Write, settings: Settings, token: str, *steps: tuple[Action, int]) -> None:
    """Take staff's actions, each so many days after the enquiry came."""
    for action, days in steps:

        def run(session: Session, action: Action = action, days: int = days) -> None:
            now = NOW + timedelta(days=days)
            found = tracking.locked(session, opened(session, settings, token), now=NOW)
            actions.act(session, found, action, text="Because.", by=acting(now=now, settings=settings))

        write(run)


def test_only_the_whole_token_opens_an_enquiry(write: Write, settings: Settings, token: str) -> None:
    link = write(lambda s: opened(s, settings, token).link)
    for wrong in ("", token[:-1], token + "x", token.swapcase(), link.token_hash, link.nonce, "\udc80"):
        with pytest.raises(NotFound):
            write(lambda s, wrong=wrong: opened(s, settings, wrong))


@pytest.mark.parametrize("status", Status)
def test_partners_are_never_told_of_approval_or_spam(status: Status) -> None:
    told = tracking.public_status(status)
    assert told not in {Status.AWAITING_APPROVAL, Status.SPAM, Status.SUSPECT}
    assert (told is status) == (status not in {Status.AWAITING_APPROVAL, Status.SPAM, Status.SUSPECT})


def test_internal_events_are_not_even_fetched(write: Write, settings: Settings, token: str) -> None:
    act(write, settings, token, (Action.NOTE, 0), (Action.ASK_APPROVAL, 1), (Action.RESUME, 2), (Action.ACCEPT, 3))
    found = write(lambda s: opened(s, settings, token, shown=True).enquiry)
    assert all(event.public for event in found.events)
    told = [(event.kind, tracking.change(event)) for event in tracking.history(found)]
    assert told == [
        (EventKind.SUBMITTED, None),
        (EventKind.STATUS, (Status.IN_REVIEW, Status.ACCEPTED)),
    ]


def test_stops_are_the_days_on_which_the_clock_stood_still(write: Write, settings: Settings, token: str) -> None:
    steps = ((Action.ASK_PARTNER, 1), (Action.RESUME, 3), (Action.DECLINE, 4), (Action.REOPEN, 7), (Action.ACCEPT, 8))
    act(write, settings, token, *steps)
    found = write(lambda s: opened(s, settings, token, shown=True).enquiry)
    assert clock.stops(found) == [
        (date(2026, 11, 24), date(2026, 11, 26)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 12, 1), None),
    ]


def test_write_ends_the_wait(write: Write, settings: Settings, token: str) -> None:
    act(write, settings, token, (Action.ASK_PARTNER, 1))

    def answer(session: Session) -> Status:
        found = tracking.locked(session, opened(session, settings, token), now=NOW)
        tracking.write(session, found, "Yes", now=NOW + timedelta(days=2), settings=settings)
        return found.status

    assert write(answer) is Status.IN_REVIEW


@pytest.mark.parametrize(("minutes", "expected"), [(9, 1), (11, 2)])
def test_write_takes_a_form_that_was_sent_twice_once(
    write: Write, settings: Settings, token: str, minutes: int, expected: int
) -> None:
    for wait in (0, minutes):
        now = NOW + timedelta(minutes=wait)
        write(
            lambda s, now=now: tracking.write(
                s, tracking.locked(s, opened(s, settings, token), now=now), "Yes", now=now, settings=settings
            )
        )
    kinds = write(lambda s: s.scalars(select(Event.kind)).all())
    assert kinds.count(EventKind.PARTNER_MESSAGE) == expected


def test_withdraw_works_once(write: Write, settings: Settings, token: str) -> None:
    def withdraw(session: Session) -> Status:
        found = tracking.locked(session, opened(session, settings, token), now=NOW)
        tracking.withdraw(session, found, "", now=NOW, settings=settings)
        return found.status

    assert write(withdraw) is Status.WITHDRAWN
    with pytest.raises(NotAllowed):
        write(withdraw)


def test_lost_link_goes_to_the_enquirys_own_address_only(write: Write, settings: Settings, token: str) -> None:
    reference = write(lambda s: s.scalars(select(Enquiry.reference)).one())

    def ask(session: Session, email: str, reference: str = reference) -> None:
        tracking.send_lost_link(session, reference=reference, email=email, now=NOW, settings=settings)

    for email in ("", "other@example.org", "erika@example.org.example.org", "%"):
        assert write(lambda s, email=email: ask(s, email)) is None
    write(lambda s: ask(s, "erika@example.org", "LD-2222-2222"))
    query = select(Message.recipient_email).where(Message.kind == MessageKind.PARTNER_LINK)
    assert write(lambda s: s.scalars(query).all()) == []
    write(lambda s: ask(s, " Erika@Example.org", reference.lower().replace("-", " ")))
    assert write(lambda s: s.scalars(query).all()) == ["erika@example.org"]
