"""What is tidied up once a day."""

from datetime import UTC, datetime

from tasks.app import acting, app
from webapp.db import transaction
from webapp.domain.accounts import resets, sessions, waiting
from webapp.domain.enquiries import drafts
from webapp.domain.history import audit
from webapp.domain.privacy import retention
from webapp.vocabulary import Job


@app.task(name=Job.HOUSEKEEPING_PURGE.value)
def purge() -> None:
    """Forget drafts that no one sent, sign-ins that ended, and what the audit log no longer keeps."""
    now = datetime.now(UTC)
    with transaction() as session:
        drafts.purge(session, now=now)
        sessions.purge(session, now=now)
        resets.purge(session, now=now)
        waiting.purge(session, now=now)
        audit.forget(session, now=now)


# What is stopped here is done the next night, so a long first run may take several.
@app.task(name=Job.RETENTION_RUN.value, soft_time_limit=3300, time_limit=3600)
def retain() -> None:
    """Erase what has passed its time, such as enquiries closed years ago."""
    retention.run(transaction, by=acting())
