"""What closures and marked days move and no request waits for: hundreds of promises in each transaction, to the end."""

import time
from datetime import UTC, datetime

from tasks.app import app
from tasks.service import flask_app, settings
from webapp.db import db, transaction
from webapp.domain.calendar import clock, closures, marked_days
from webapp.vocabulary import Job

# A job ends after so many seconds and asks for another, before it is cut off.
_TURN = 30.0


@app.task(name=Job.CLOSURES_MOVE.value)
def move(_changed: int = 0) -> None:
    """Move everything that closures still have to move; the next run continues what was cut off."""
    now, known = datetime.now(UTC), settings()
    for number in closures.moving(db.session()):
        more, since = True, None
        while more:
            with transaction() as session:
                since = closures.go_on(session, number, now=now, settings=known, since=since)
            more = since is not None


@app.task(name=Job.DAYS_MOVE.value)
def follow(change_id: int) -> None:
    """Move the rest of what a change of a marked day moves; what is lost of it, the next hour's reminders move."""
    now, known, ends = datetime.now(UTC), settings(), time.monotonic() + _TURN
    after: clock.Place | None = clock.START
    while after is not None:
        if time.monotonic() > ends:
            flask_app.extensions["broker"].enqueue([(Job.DAYS_MOVE, change_id)])
            return
        with transaction() as session:
            after = marked_days.follow(session, change_id, now=now, settings=known, after=after)
