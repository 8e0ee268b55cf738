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
    now = datetime.now(UTC)
    with transaction() as session:
        drafts.purge(session, now=now)
        sessions.purge(session, now=now)
        audit.forget(session, now=now)
