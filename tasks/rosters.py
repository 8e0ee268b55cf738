"""Lists of delegates that take longer to read than a page may: read here, one by one."""

from tasks.app import app
from tasks.service import acting, flask_app
from webapp.db import db, transaction
from webapp.domain.visits import roster_drafts
from webapp.vocabulary import Job


@app.task(name=Job.ROSTER_READ.value)
def read(draft_id: int) -> None:
    """Read one list; its sender's page says how far that is, and then what was found."""
    roster_drafts.work(transaction, draft_id, by=acting())


@app.task(name=Job.ROSTERS_SWEEP.value)
def sweep() -> None:
    """Enqueue every list that still waits: its job was lost, or its worker died."""
    due = roster_drafts.due(db.session())
    flask_app.extensions["broker"].enqueue((Job.ROSTER_READ, draft_id) for draft_id in due)
