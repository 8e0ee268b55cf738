"""Every hour: promises follow the calendar, and those who owe an answer or a look are reminded once."""

from datetime import UTC, datetime

from tasks.app import app
from tasks.service import settings
from webapp.db import transaction
from webapp.domain.calendar import clock, marked_days
from webapp.domain.decisions import referrals
from webapp.domain.directory import review_reminders
from webapp.domain.notifications import reminders
from webapp.domain.visits import receiving
from webapp.vocabulary import Job

# So many emails of reminders are staged in one transaction: each may list hundreds of enquiries.
EMAILS_AT_ONCE = 2


@app.task(name=Job.REMINDERS_SEND.value)
def send() -> None:
    """Stage the digests of the day, what cannot wait for the next one, and what faculties, owners, hosts have not done.

    Each transaction is short, and what it did stays: a run that is cut off is gone on with by the next one.
    """
    now, known = datetime.now(UTC), settings()
    after: clock.Place | None = clock.START
    while after is not None:
        with transaction() as session:
            after = marked_days.recalculate(session, now=now, settings=known, after=after).after
    staged = -1
    while staged in (-1, EMAILS_AT_ONCE):
        with transaction() as session:
            staged = reminders.send(session, now=now, settings=known, most=EMAILS_AT_ONCE)
    with transaction() as session:
        review_reminders.send(session, now=now, settings=known)
    with transaction() as session:
        referrals.remind(session, now=now, settings=known)
    with transaction() as session:
        receiving.remind(session, now=now, settings=known)
