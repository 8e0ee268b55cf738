"""Every hour: promises stand where the calendar puts them, and whoever owes an answer or a return is reminded once."""

from datetime import UTC, datetime

from tasks.app import app, settings
from webapp.db import transaction
from webapp.domain import calendar_days, referrals, reminders
from webapp.vocabulary import Job


@app.task(name=Job.REMINDERS_SEND.value)
def send() -> None:
    """Stage the digests of the day, what cannot wait for the next one, and what faculties have not returned."""
    now = datetime.now(UTC)
    with transaction() as session:
        calendar_days.settle(session, now=now, settings=settings)
        reminders.send(session, now=now, settings=settings)
    with transaction() as session:
        referrals.remind(session, now=now, settings=settings)
