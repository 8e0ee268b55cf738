"""What is tidied up once a day."""

from datetime import UTC, datetime

from tasks.app import app
from webapp.db import transaction
from webapp.domain.accounts import sessions
from webapp.domain.enquiries import drafts
from webapp.domain.history import audit
from webapp.vocabulary import Job


@app.task(name=Job.HOUSEKEEPING_PURGE.value)
def purge() -> None:
    """Forget drafts that no one sent, sign-ins that ended, and what the audit log no longer keeps."""
    with transaction() as session:
        drafts.purge(session, now=datetime.now(UTC))
        sessions.purge(session, now=datetime.now(UTC))
        audit.forget(session, now=datetime.now(UTC))
