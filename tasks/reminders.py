"""Every hour: whoever owes an answer is reminded, if it is a working day and they were not told before."""

from datetime import UTC, datetime

from tasks.app import app, settings
from webapp.db import transaction
from webapp.domain import reminders
from webapp.vocabulary import Job


@app.task(name=Job.REMINDERS_SEND.value)
def send() -> None:
    """Stage the digests of the day, and what cannot wait for the next one."""
    with transaction() as session:
        reminders.send(session, now=datetime.now(UTC), settings=settings)
