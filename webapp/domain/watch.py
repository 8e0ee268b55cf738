"""What stops is told to operators on a second route: once when it begins, once when it is over, across restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain import delivery
from webapp.domain.delivery import Standing
from webapp.domain.races import insert_once
from webapp.models import Alert
from webapp.vocabulary import AlertKind

# Whoever tells holds the incident for this long: a route that failed, or a worker that died, is tried again then.
HELD = timedelta(minutes=5)
# More failures of the same days are told at most this often.
_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Notice:
    """One thing to tell operators: an incident that began (`since`), went on with more failures, or is over."""

    kind: AlertKind
    over: bool
    since: datetime
    standing: Standing
    at: datetime

    @property
    def event(self) -> str:
        """The word for machines: `delivery.late`, `delivery.failed`, and `….over`."""
        return f"delivery.{self.kind}{'.over' if self.over else ''}"


def due(session: Session, *, now: datetime, settings: Settings) -> list[Notice]:
    """Return what operators must be told now, each held for this caller: tell them, then `record` what was told."""
    late, failed = (_held(session, kind, now) for kind in AlertKind)
    standing = delivery.standing(session)
    wanted = (_late(late, standing, now, settings), _failed(failed, standing, now))
    return [notice for notice in wanted if notice is not None]


def record(session: Session, notice: Notice) -> None:
    """Remember that operators were told, by one route at least."""
    row = session.scalars(select(Alert).where(Alert.kind == notice.kind).with_for_update()).one()
    row.since = None if notice.over else notice.since
    row.failed, row.told_at, row.held_until = notice.standing.failed, notice.at, None


def _held(session: Session, kind: AlertKind, now: datetime) -> Alert | None:
    """The incident's row, locked; None while somebody else tells."""
    insert_once(session, Alert, unique=[Alert.kind], kind=kind)
    row = session.scalars(select(Alert).where(Alert.kind == kind).with_for_update()).one()
    return None if row.held_until is not None and row.held_until > now else row


def _late(row: Alert | None, standing: Standing, now: datetime, settings: Settings) -> Notice | None:
    if row is None:
        return None
    late = standing.late(now=now, settings=settings)
    if late == (row.since is not None):
        return None
    row.held_until = now + HELD
    since = row.since or standing.waiting_since or now
    return Notice(AlertKind.LATE, not late, since, standing, now)


def _failed(row: Alert | None, standing: Standing, now: datetime) -> Notice | None:
    if row is None:
        return None
    if standing.failed > row.failed and (row.since is None or row.told_at is None or row.told_at <= now - _AGAIN):
        row.held_until = now + HELD
        return Notice(AlertKind.FAILED, False, row.since or now, standing, now)
    if not standing.failed and row.since is not None:
        row.held_until = now + HELD
        return Notice(AlertKind.FAILED, True, row.since, standing, now)
    # Some were sent again or set aside: one more from now on is news.
    row.failed = min(row.failed, standing.failed)
    return None
