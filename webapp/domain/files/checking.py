"""Files are taken to the virus scanner, one by one and as often as it takes, and what it said is written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.history import events
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Attachment
from webapp.models.event_data import FileHeldBack
from webapp.vocabulary import EventKind, Job

# No other worker takes a file up for so long: the scanner has less, and a worker that died does not matter much.
HELD = timedelta(seconds=60)
COUNT_LIMIT = 100
_UNCHECKED = Attachment.checked_at.is_(None)


@dataclass(frozen=True)
class Claimed:
    """A file to be looked at now, by this caller alone."""

    file_id: int
    content: bytes


@dataclass(frozen=True)
class Waiting:
    """Files that no one can open yet: since when the oldest waits (None: none does), and how many, up to a limit."""

    since: datetime | None
    number: int

    def late(self, *, now: datetime, settings: Settings) -> bool:
        """Return whether the oldest has waited for longer than operators allow."""
        return self.since is not None and now - self.since > timedelta(minutes=settings.alert_minutes)


def ask(session: Session, files: Iterable[Attachment], *, settings: Settings) -> None:
    """Have files looked at soon after this transaction; those that were already are left alone.

    They must have been flushed. The sweep finds whatever is not asked for here.
    """
    for file in files if settings.clamd_url else ():
        if file.checked_at is None:
            enqueue_after_commit(session, Job.FILE_CHECK, file.id)


def claim(session: Session, file_id: int, *, now: datetime) -> Claimed | None:
    """Take a file up, if it still has to be looked at and no one else is at it; `record` says what came of it."""
    query = select(Attachment).where(Attachment.id == file_id, _UNCHECKED, _free(now))
    file = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if file is None:
        return None
    file.tried_at = now
    return Claimed(file.id, session.scalars(select(Attachment.content).where(Attachment.id == file.id)).one())


def record(session: Session, file_id: int, finding: str | None, *, now: datetime) -> None:
    """Write down what the scanner said; what it found becomes one line of the enquiry's history.

    A file that was removed meanwhile is forgotten.
    """
    query = select(Attachment).where(Attachment.id == file_id, _UNCHECKED).with_for_update()
    file = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if file is None:
        return
    file.checked_at, file.finding = now, finding
    if finding is not None and file.enquiry_id is not None:
        _tell(session, file, file.enquiry_id, now)


def tell(session: Session, enquiry_id: int, *, now: datetime) -> None:
    """Write into the history of an enquiry that is new what was found in its files before they were its own."""
    query = select(Attachment).where(Attachment.enquiry_id == enquiry_id, Attachment.finding.is_not(None))
    for file in session.scalars(query.order_by(Attachment.id)):
        _tell(session, file, enquiry_id, now)


def _tell(session: Session, file: Attachment, enquiry_id: int, now: datetime) -> None:
    facts = FileHeldBack(file_id=file.id, name=file.name, found=file.finding or "")
    events.add(session, enquiry_id, EventKind.FILE_HELD_BACK, SYSTEM, facts, now=now)


def due(session: Session, *, now: datetime, limit: int = 200) -> Sequence[int]:
    """Return the ids of files to be looked at: first those that came first, and whose last try was longest ago."""
    order = (func.coalesce(Attachment.tried_at, Attachment.added_at), Attachment.id)
    return session.scalars(select(Attachment.id).where(_UNCHECKED, _free(now)).order_by(*order).limit(limit)).all()


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Attachment.tried_at.is_(None), Attachment.tried_at <= now - HELD)


def waiting(session: Session) -> Waiting:
    """Return which files still have to be looked at, in one statement by index; only where a scanner is in use."""
    oldest = select(Attachment.added_at).where(_UNCHECKED).order_by(Attachment.added_at).limit(1)
    some = select(Attachment.id).where(_UNCHECKED).limit(COUNT_LIMIT).subquery()
    number = select(func.count()).select_from(some).scalar_subquery()
    row = session.execute(select(oldest.scalar_subquery(), number)).one()
    return Waiting(row[0], row[1])
