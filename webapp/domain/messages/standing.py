"""The state of delivery, and what a statement reads to know it: each part by an index."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.models import MailHold, Message, in_state
from webapp.vocabulary import Fault

# Counts stop here, so that none grows with the table.
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Standing:
    """The state of delivery: since when the oldest message waits (None: none), what stopped it, how many failed.

    `held_since` is since when someone holds all emails; the installation itself may hold them, too.
    """

    waiting_since: datetime | None
    fault: Fault | None
    failed: int
    held_since: datetime | None = None

    def held(self, settings: Settings) -> bool:
        """Return whether emails stay on purpose: then nothing is late."""
        return self.held_since is not None or settings.mail_is_held

    def late(self, *, now: datetime, settings: Settings) -> bool:
        """Return whether the oldest message has waited for longer than operators allow; none is late while held."""
        return not self.held(settings) and self.seconds(now=now) > settings.alert_minutes * 60

    def seconds(self, *, now: datetime) -> int:
        """Return how long the oldest message has waited; 0 where none does."""
        return max(0, round((now - self.waiting_since).total_seconds())) if self.waiting_since else 0


def _asked() -> tuple[ScalarSelect[Any], ...]:
    waiting = Message.next_attempt_at.is_not(None)
    oldest = select(Message.queued_at).where(waiting).order_by(Message.queued_at).limit(1)
    # That of the oldest one that was tried.
    fault = select(Message.fault).where(waiting, Message.fault.is_not(None)).order_by(Message.queued_at).limit(1)
    ended = select(Message.id).where(in_state(outbox.ENDED), Message.set_aside_at.is_(None)).limit(COUNT_LIMIT)
    failed = select(func.count()).select_from(ended.subquery())
    return tuple(each.scalar_subquery() for each in (oldest, fault, failed, select(MailHold.since)))


# What a `Standing` is made of, in its order, to be read by itself or along with something else.
ASKED = _asked()
