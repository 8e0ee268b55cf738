"""Forgotten passwords: the worker looks for whom a new one is wanted, so that the page takes as long for everyone."""

from tasks.app import acting, app
from webapp.db import db, transaction
from webapp.domain.accounts import resets
from webapp.vocabulary import Job


@app.task(name=Job.ACCOUNTS_RESET.value)
def reset(_asked: int = 0) -> None:
    """Answer every request that waits: also one whose job was lost."""
    by = acting()
    for request_id in resets.due(db.session()):
        with transaction() as session:
            resets.answer(session, request_id, by=by)
