"""What is tidied up: every hour what takes much room, once a day the rest."""

from datetime import UTC, datetime

from tasks.app import app
from webapp.db import transaction
from webapp.domain.accounts import sessions
from webapp.domain.enquiries import drafts, unsent
from webapp.domain.limits import buckets
from webapp.vocabulary import Job


@app.task(name=Job.HOUSEKEEPING_FILES.value)
def let_files_go() -> None:
    """Let go of the files of forms that no one sent for a day; their words are kept for longer."""
    with transaction() as session:
        unsent.purge(session, now=datetime.now(UTC))


@app.task(name=Job.HOUSEKEEPING_PURGE.value)
def purge() -> None:
    """Forget drafts that no one sent, sign-ins that ended, and counts that no longer count."""
    now = datetime.now(UTC)
    with transaction() as session:
        drafts.purge(session, now=now)
        sessions.purge(session, now=now)
        buckets.purge(session, now=now)
