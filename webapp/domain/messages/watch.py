"""Operators hear on a second route of what stops: once when it begins, once when it is over, across restarts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.messages import delivery
from webapp.domain.messages.standing import Standing
from webapp.mail import alert_texts, second_route
from webapp.models import Alert
from webapp.vocabulary import AlertKind

log = structlog.get_logger(__name__)
# The teller holds the incident for this long: a route that failed, or a worker that died, is tried again then.
HELD = timedelta(minutes=5)
# More failures of the same days are reported at most this often.
_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Notice:
    """One thing to tell operators: an incident that began (`since`), continued with more failures, or is over."""

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
    """Return what to tell operators now, each held for this caller: tell them, then `record` it.

    While emails are held on purpose, nothing leaves by this route either.
    """
    standing = delivery.standing(session)
    if standing.held(settings):
        return []
    late, failed = (_held(session, kind, now) for kind in AlertKind)
    wanted = (_late(late, standing, now, settings), _failed(failed, standing, now))
    return [notice for notice in wanted if notice is not None]


def has_route(settings: Settings) -> bool:
    """Return whether there is a route to operators at all."""
    return bool(settings.alert_email or settings.alert_webhook_url)


def tell(notice: Notice, *, settings: Settings) -> bool:
    """Send by every route that there is, outside any transaction: each may take a while. True: one of them worked."""
    standing, page = notice.standing, f"{settings.public_url}/desk/messages/"
    subject, text = alert_texts.alert(
        notice.kind, over=notice.over, since=notice.since, fault=standing.fault, failed=standing.failed
    )
    told = [
        _take(route, notice)
        for route in (
            _email(notice, subject, f"{text}\n\n{page}", settings),
            _webhook(notice, subject, text, page, settings),
        )
        if route is not None
    ]
    return any(told)


def _email(notice: Notice, subject: str, text: str, settings: Settings) -> Callable[[], None] | None:
    to, smtp_url = settings.alert_email, settings.alert_smtp_url
    if not to or not smtp_url:
        return None
    way = {"smtp_url": smtp_url, "rehearsal": settings.rehearsal}
    return lambda: second_route.by_email(subject, text, sender=settings.mail_from, to=to, now=notice.at, **way)


def _webhook(notice: Notice, subject: str, text: str, page: str, settings: Settings) -> Callable[[], None] | None:
    url = settings.alert_webhook_url
    if not url or settings.rehearsal:
        return None
    figures = {
        "since": notice.since.isoformat(),
        "oldest_undelivered_seconds": notice.standing.seconds(now=notice.at),
        "failed": notice.standing.failed,
        "fault": notice.standing.fault,
        "page": page,
    }
    return lambda: second_route.by_webhook(alert_texts.payload(notice.event, subject, text, **figures), url=url)


def _take(route: Callable[[], None], notice: Notice) -> bool:
    try:
        route()
    except Exception as error:  # the other route must not suffer, and the operator's own log says so
        log.error("alert.not_told", alert=notice.event, error=type(error).__name__)
        return False
    log.warning("alert.told", alert=notice.event)
    return True


def record(session: Session, notice: Notice) -> None:
    """Remember that operators have heard of it, by one route at least."""
    row = session.scalars(select(Alert).where(Alert.kind == notice.kind).with_for_update()).one()
    row.since = None if notice.over else notice.since
    row.failed, row.told_at, row.held_until = notice.standing.failed, notice.at, None


def _held(session: Session, kind: AlertKind, now: datetime) -> Alert | None:
    """Return the incident's row, locked; None while someone else tells."""
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
