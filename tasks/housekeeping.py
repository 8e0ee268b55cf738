"""What is tidied up once a day."""

from datetime import UTC, datetime

from tasks.app import app
from webapp.db import transaction
from webapp.domain.accounts import resets, sessions
from webapp.domain.enquiries import drafts
from webapp.vocabulary import Job


@app.task(name=Job.HOUSEKEEPING_PURGE.value)
def purge() -> None:
    """Forget drafts that no one sent and sign-ins that ended."""
    now = datetime.now(UTC)
    with transaction() as session:
        drafts.purge(session, now=now)
        sessions.purge(session, now=now)
        resets.purge(session, now=now)
