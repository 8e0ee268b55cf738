"""How many emails one person of the office causes in an hour: counted at the end of each act, in its transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.db import before_commit
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import per

_WHO, _HOUR = "liaison_acts", timedelta(hours=1)
# A notice of a closure, or what failed and is queued again, is one act and hundreds of emails.
ACTS = per(_HOUR, "acts that send email", 120)
EMAILS = per(_HOUR, "emails of a person", 2000)


@dataclass
class _Tally:
    """The emails of one act, until its transaction ends."""

    session: Session
    now: datetime
    person_id: int
    emails: int = 0

    def __call__(self) -> None:
        buckets.take(self.session, [ACTS.of(self.person_id)], now=self.now)
        buckets.take(self.session, [EMAILS.of(self.person_id)], now=self.now, amount=self.emails)


def acts(session: Session, person_id: int) -> None:
    """Say who acts in this session from now on: what they cause to be sent is counted."""
    session.info[_WHO] = person_id


def count(session: Session, *, now: datetime) -> None:
    """Count one more email. The transaction ends with TooMany, and nothing is done, where it is one too many."""
    person_id = session.info.get(_WHO)
    if person_id is not None:
        tally = before_commit(session, _WHO, _Tally(session, now, person_id))
        tally.emails += 1
