"""What a closure moves and no request waits for: some hundreds of promises in each transaction, until none is left."""

from datetime import UTC, datetime

from tasks.app import app
from tasks.service import settings
from webapp.db import db, transaction
from webapp.domain.calendar import closures
from webapp.vocabulary import Job


@app.task(name=Job.CLOSURES_MOVE.value)
def move(_changed: int = 0) -> None:
    """Move everything that closures still have to move; the next run continues what was cut off."""
    now, known = datetime.now(UTC), settings()
    for number in closures.moving(db.session()):
        more = True
        while more:
            with transaction() as session:
                more = closures.go_on(session, number, now=now, settings=known)
