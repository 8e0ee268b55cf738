"""A hold keeps every email until someone lets them go, having seen which; what may have left leaves only if chosen."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import NOW, acting, make_enquiry, staff_actor
from tests.mail.smtp import Desk, smtp_server
from webapp.config import Settings
from webapp.domain.errors import NotAllowed
from webapp.domain.messages import delivery, holding, outbox, watch
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.models import Event, Message
from webapp.paths import PACKAGE
from webapp.vocabulary import EventKind, Job, Language, MessageState, Role

Write = Callable[[Callable[[Session], Any]], Any]
AT = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
BY = acting(staff_actor(Role.ADMINISTRATOR), now=AT)


def due(session: Session, settings: Settings, *, now: datetime = AT) -> list[int]:
    return sorted(claimed.id for claimed in delivery.claim_due(session, now=now, settings=settings))


def restored(write: Write, settings: Settings) -> None:
    """A copy of a service with two emails, of which one was being sent, that took an enquiry since."""
    write(lambda s: make_enquiry(s, settings))
    # Both are due at the same moment: which one goes first is said here.
    write(lambda s: delivery.claim(s, 1, now=NOW, settings=settings))
    write(lambda s: holding.hold_restored(s, backup_at=NOW, actor=COMMAND_LINE, now=AT))
    write(lambda s: make_enquiry(s, settings, now=AT, contact_email="new@example.org"))


@pytest.mark.parametrize(
    ("waiting", "doubtful", "gone"),
    [(False, False, [3, 4]), (True, False, [2, 3, 4]), (False, True, [1, 3, 4]), (True, True, [1, 2, 3, 4])],
)
def test_what_a_restored_copy_sends_is_what_someone_chose(
    write: Write, settings: Settings, broker: RecordingBroker, waiting: bool, doubtful: bool, gone: list[int]
) -> None:
    restored(write, settings)
    later = AT + timedelta(days=3)
    # Long after: neither a lease that ran out, nor a worker that takes one by one, gets any.
    for now in (AT, later):
        assert write(lambda s, now=now: due(s, settings, now=now)) == []
        assert {write(lambda s, n=n, now=now: delivery.claim(s, n, now=now, settings=settings)) for n in (1, 2)} == {
            None
        }
    found = write(lambda s: holding.outlook(s, actor=BY.actor))
    assert (found.fresh, found.waiting, found.doubtful, found.addresses) == (2, 1, 1, 3)
    assert ([message.id for message in found.newest], [message.id for message in found.doubts]) == ([4, 3, 2], [1])
    broker.jobs.clear()
    by = acting(BY.actor, now=later)
    choices = {"waiting": waiting, "doubtful": doubtful, "by": by}
    assert write(lambda s: holding.release(s, NOW, **choices)) is None
    assert write(lambda s: holding.release(s, AT, **choices)) == len(gone)
    assert Job.MAIL_DELIVER in {job for job, _ in broker.jobs}
    assert write(lambda s: holding.release(s, AT, **choices)) is None
    # They begin to wait anew: none is late, or given up, for the days of the hold.
    assert not write(delivery.standing).late(now=later, settings=settings)
    assert write(lambda s: due(s, settings, now=later)) == gone
    left = write(lambda s: s.scalars(select(Message).where(Message.id.not_in(gone))).all())
    assert all(message.state is MessageState.DOUBTFUL and message.set_aside_at == later for message in left)
    assert all(outbox.can_retry(message) for message in left)
    asides = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.MAIL_SET_ASIDE)).all())
    assert len(asides) == 4 - len(gone)


def test_held_by_a_person_or_by_the_installation_nothing_leaves_and_nothing_is_late(
    write: Write, settings: Settings
) -> None:
    write(lambda s: make_enquiry(s, settings))
    failed = {"state": MessageState.FAILED, "next_attempt_at": None}
    write(lambda s: make_enquiry(s, settings))
    write(lambda s: s.execute(update(Message).where(Message.id == 3).values(**failed)))
    write(lambda s: s.execute(delete(Message).where(Message.id == 4)))
    alerted = settings.model_copy(update={"alert_webhook_url": "https://alerts.example.org/"})
    quiet = alerted.model_copy(update={"mail": "hold"})
    assert write(lambda s: due(s, quiet)) == []
    assert not write(delivery.standing).late(now=AT, settings=quiet)
    assert write(lambda s: watch.due(s, now=AT, settings=quiet)) == []
    assert write(lambda s: holding.hold(s, "a rehearsal", by=BY))
    assert not write(lambda s: holding.hold(s, "again", by=BY))
    assert write(holding.current).reason == "a rehearsal"
    assert write(lambda s: due(s, settings)) == []
    assert not write(delivery.standing).late(now=AT, settings=alerted)
    assert write(lambda s: watch.due(s, now=AT, settings=alerted)) == []
    assert write(lambda s: holding.release(s, AT, waiting=True, doubtful=True, by=BY)) == 2
    assert write(lambda s: due(s, settings)) == [1, 2]
    # What is alerted about otherwise.
    late = AT + timedelta(hours=1)
    assert [notice.event for notice in write(lambda s: watch.due(s, now=late, settings=alerted))] == [
        "delivery.late",
        "delivery.failed",
    ]


@pytest.mark.one_database
def test_only_administrators_hold_and_release(write: Write) -> None:
    by = acting(staff_actor(Role.COORDINATOR))
    for verb in (
        lambda s: holding.hold(s, "", by=by),
        lambda s: holding.outlook(s, actor=by.actor),
        lambda s: holding.release(s, AT, waiting=True, doubtful=True, by=by),
    ):
        with pytest.raises(NotAllowed):
            write(verb)


@pytest.mark.one_database
def test_in_a_rehearsal_everything_goes_to_one_address_and_says_whose_it_was(write: Write, settings: Settings) -> None:
    rehearsal = settings.model_copy(update={"mail": "rehearse:trial@example.org"})
    for language, words in ((Language.EN, "was not sent to its reader"), (Language.ZH_HANT, "預演")):
        write(lambda s, language=language: make_enquiry(s, settings, language=language))
        receipt = write(lambda s: delivery.claim_due(s, now=NOW, settings=rehearsal))[-1]
        receipt = replace(receipt, recipient_name="Zoë 王 <x@y>")
        letter = delivery.wire(receipt, settings=rehearsal)
        assert letter.recipient == "trial@example.org"
        mail: Any = message_from_bytes(letter.content, policy=policy.default)
        assert mail["To"] == "trial@example.org"
        assert mail["X-Liaison-Rehearsal-For"] == "Zoë 王 <x@y> <erika@example.org>"
        plain, html = (part.get_content() for part in mail.iter_parts())
        assert words in plain.split("\n\n")[0]
        assert "erika@example.org" in plain.split("\n\n")[0]
        top = html.partition("<body")[2]
        assert "&lt;erika@example.org&gt;" in top[:600]
        assert "<x@y>" not in html
        assert delivery.wire(receipt, settings=settings).recipient == "erika@example.org"


@pytest.mark.one_database
def test_in_a_rehearsal_operators_hear_at_its_one_address_alone(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    with smtp_server(Desk()) as desk:
        routes = {
            "alert_email": "operator@example.org",
            "alert_smtp_url": f"smtp://127.0.0.1:{desk.port}",
            # Nothing answers there: it would be one route that failed.
            "alert_webhook_url": "http://127.0.0.1:9/",
            "mail": "rehearse:trial@example.org",
        }
        rehearsal = settings.model_copy(update=routes)
        [notice] = write(lambda s: watch.due(s, now=AT, settings=rehearsal))
        assert watch._webhook(notice, "", "", "", rehearsal) is None
        assert watch.tell(notice, settings=rehearsal)
    [envelope] = desk.envelopes
    assert envelope.rcpt_tos == ["trial@example.org"]
    assert "not sent to its reader, operator@example.org" in message_from_bytes(envelope.content).as_string()  # type: ignore[arg-type]


def test_every_way_out_is_one_that_a_hold_closes() -> None:
    """What opens a line to a mail server, or posts: a new place has to ask `holding.are_held`, or be asked by one."""
    # A sheet has lines too: a line to a mail server is known by the room that its name comes from.
    line = r"\btransport import [^()\n]*\bLine\b|\btransport import \([^)]*\bLine\b|\btransport\.Line\b"
    out = re.compile(
        rf"\bsmtplib\b|transport\.send\(|{line}|second_route\.by_|urllib\.request\.|import send\b",
    )
    roots = (PACKAGE, PACKAGE.parent / "tasks")
    found = {
        str(path.relative_to(PACKAGE.parent))
        for root in roots
        for path in root.rglob("*.py")
        if out.search(path.read_text())
    }
    places = {"domain/messages/watch.py", "mail/probe.py", "mail/second_route.py", "mail/transport.py"}
    assert found == {"tasks/delivery.py", *(f"webapp/{place}" for place in places)}
