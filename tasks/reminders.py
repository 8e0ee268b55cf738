"""Every hour: promises follow the calendar, and those who owe an answer or a look are reminded once."""

from datetime import UTC, datetime

from tasks.app import app, settings
from webapp.db import transaction
from webapp.domain.calendar import marked_days
from webapp.domain.decisions import referrals
from webapp.domain.directory import review_reminders
from webapp.domain.notifications import reminders
from webapp.vocabulary import Job


@app.task(name=Job.REMINDERS_SEND.value)
def send() -> None:
    """Stage the digests of the day, what cannot wait for the next one, and what faculties and owners have not done."""
    now, known = datetime.now(UTC), settings()
    with transaction() as session:
        marked_days.recalculate(session, now=now, settings=known)
    with transaction() as session:
        reminders.send(session, now=now, settings=known)
        review_reminders.send(session, now=now, settings=known)
    with transaction() as session:
        referrals.remind(session, now=now, settings=known)
