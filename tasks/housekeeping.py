"""What is tidied up: every hour what takes much room, once a day the rest."""

from datetime import UTC, datetime

from tasks.app import app
from tasks.service import acting, settings
from webapp.db import transaction
from webapp.domain.accounts import resets, sessions, waiting
from webapp.domain.enquiries import drafts, unsent
from webapp.domain.history import audit
from webapp.domain.limits import buckets
from webapp.domain.privacy import leftovers, retention
from webapp.vocabulary import Job


@app.task(name=Job.HOUSEKEEPING_FILES.value)
def let_files_go() -> None:
    """Let go of the files of forms that no one sent for a day; their words are kept for longer."""
    now, gone = datetime.now(UTC), -1
    while gone:
        with transaction() as session:
            gone = unsent.purge(session, now=now)


@app.task(name=Job.HOUSEKEEPING_PURGE.value)
def purge() -> None:
    """Forget unsent drafts, sign-ins that ended, counts that leaked away, and what the audit log no longer keeps.

    Each transaction is short, and what it did stays: a run that is cut off is gone on with by the next one.
    """
    now, gone = datetime.now(UTC), -1
    while gone in (-1, drafts.AT_ONCE):
        with transaction() as session:
            gone = drafts.purge(session, now=now)
    with transaction() as session:
        sessions.purge(session, now=now)
        buckets.purge(session, now=now)
        resets.purge(session, now=now)
        waiting.purge(session, now=now)
    more = True
    while more:
        with transaction() as session:
            more = audit.forget(session, now=now)


# What is stopped here is done the next night, so a long first run may take several.
@app.task(name=Job.RETENTION_RUN.value, soft_time_limit=3300, time_limit=3600)
def retain() -> None:
    """Erase what has passed its time, such as enquiries closed years ago."""
    retention.run(transaction, by=acting(), present=settings)
    leftovers.overwrite(transaction)
