"""Messages leave: a worker claims what is due, some at a time, and sends it over one kept line until nothing is due."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from tasks.app import app, environment
from tasks.service import flask_app, settings
from webapp.config import Settings
from webapp.connections import by_heart
from webapp.db import db, one_by_one, transaction
from webapp.domain.messages import delivery
from webapp.domain.messages.delivery import Claimed
from webapp.mail import transport
from webapp.mail.transport import Letter, Line
from webapp.vocabulary import Fault, Job

# A job ends after so many seconds and asks for another, so that jobs of other kinds have their turn.
_TURN = 5.0
_own = threading.local()


@app.task(name=Job.MAIL_DELIVER.value)
def deliver(_staged: int = 0) -> None:
    """Send whatever is due: what was staged just now, and what another job that was lost should have sent."""
    line = _line()
    try:
        _drain(line)
    finally:
        line.rest()


@app.task(name=Job.OUTBOX_SWEEP.value)
def sweep() -> None:
    """Send what no job asked for: it was lost, the time of the next attempt came, or a worker died."""
    deliver()


def _line() -> Line:
    """Return the one line of this thread."""
    line: Line | None = getattr(_own, "line", None)
    if line is None:
        line = _own.line = Line(environment.smtp_url)
    return line


def _drain(line: Line) -> None:
    """Send until nothing is due, or the time of a job is over; stop while there is no mail server."""
    ends, limit, is_first = time.monotonic() + _TURN, delivery.AT_ONCE, True
    while time.monotonic() < ends:
        with transaction() as session, by_heart(session.connection()):
            known = settings()
            held = delivery.claim_due(session, now=datetime.now(UTC), settings=known, limit=limit)
        if not held:
            _send_suspects(line, known)
            return
        if is_first and len(held) == delivery.AT_ONCE:
            _ask_for_another(held[-1])
        is_first, done = False, _send_all(held, known, line)
        if done == 0:
            return
        limit = delivery.AT_ONCE if done == len(held) else done
    _ask_for_another(held[-1])


def _ask_for_another(last: Claimed) -> None:
    flask_app.extensions["broker"].enqueue([(Job.MAIL_DELIVER, last.id)])


def _send_suspects(line: Line, known: Settings) -> None:
    """Send what is due and was held by a worker that died, one at a time: if that was its fault, it is alone."""
    for message_id in delivery.due(db.session(), now=datetime.now(UTC)):
        with transaction() as session:
            claimed = delivery.claim(session, message_id, now=datetime.now(UTC), settings=known)
        if claimed is not None and _send_all([claimed], known, line) == 0:
            return


def _send_all(held: Sequence[Claimed], known: Settings, line: Line) -> int:
    """Send claimed messages, each recorded before the next one leaves; return how many were tried.

    What is left when their time is over is given back. It is 0 where there is no mail server: all failed by that.
    """
    ends = time.monotonic() + delivery.HELD.total_seconds()
    letters, ahead = _composed(held, known), list[Letter | Exception]()
    with one_by_one() as connection:
        for number, claimed in enumerate(held):
            if number and time.monotonic() > ends:
                delivery.give_back(connection, held[number:])
                return number
            letter = ahead.pop() if ahead else next(letters)
            error = _try(letter, line, lambda: ahead.extend(islice(letters, 1)))
            if error is None:
                delivery.record_sent(connection, claimed, now=datetime.now(UTC))
                continue
            is_all = isinstance(error, transport.Unreachable)
            _record_failures(held[number:] if is_all else [claimed], error)
            if is_all:
                return 0
    return len(held)


def _record_failures(failed: Sequence[Claimed], error: Exception) -> None:
    now = datetime.now(UTC)  # the answer has a time of its own: a try may last a minute
    with transaction() as session:
        for claimed in failed:
            delivery.record_failure(session, claimed, error=str(error), now=now, **_kind(error))


def _composed(held: Sequence[Claimed], known: Settings) -> Iterator[Letter | Exception]:
    """Return messages as they are for the wire, each once it is asked for, or what is wrong with it."""
    for claimed in held:
        try:
            letter: Letter | Exception = delivery.wire(claimed, settings=known)
        except Exception as error:
            letter = error
        yield letter


def _try(letter: Letter | Exception, line: Line, meanwhile: Callable[[], object]) -> Exception | None:
    """Send one message; return what went wrong, whatever it was: the row must say so, and it is tried again or ends."""
    if isinstance(letter, Exception):
        return letter
    try:
        line.send(letter, meanwhile)
    except Exception as error:
        return error
    return None


def _kind(error: Exception) -> dict[str, Any]:
    permanent = isinstance(error, transport.PermanentError)
    if isinstance(error, transport.DeliveryError):
        return {"permanent": permanent, "fault": error.fault, "code": error.code}
    return {"permanent": permanent, "fault": Fault.OTHER}
