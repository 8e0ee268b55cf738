"""Files are taken to the virus scanner, where there is one: soon after they came, and what is left in a sweep."""

from datetime import UTC, datetime

import structlog

from tasks.app import app, environment
from tasks.service import flask_app
from webapp import clamd
from webapp.db import db, transaction
from webapp.domain.files import checking
from webapp.vocabulary import Job

log = structlog.get_logger(__name__)


@app.task(name=Job.FILE_CHECK.value)
def check(file_id: int) -> None:
    """Have one file looked at; one that could not be stays closed, and the sweep comes back to it."""
    if environment.clamd_url is None:
        return
    with transaction() as session:
        claimed = checking.claim(session, file_id, now=datetime.now(UTC))
    if claimed is None:
        return
    try:
        finding = clamd.scan(environment.clamd_url, claimed.content)
    except clamd.Unchecked as error:
        log.error("file.unchecked", file_id=file_id, error=str(error))
        return
    if finding is not None:
        log.warning("file.held_back", file_id=file_id, found=finding)
    with transaction() as session:
        checking.record(session, file_id, finding, now=datetime.now(UTC))


@app.task(name=Job.FILES_SWEEP.value)
def sweep() -> None:
    """Enqueue every file that still has to be looked at, unless the scanner is away: then all of them wait for it."""
    if environment.clamd_url is None:
        return
    try:
        clamd.ping(environment.clamd_url)
    except clamd.Unchecked as error:
        log.error("scanner.away", error=str(error))
        return
    due = checking.due(db.session(), now=datetime.now(UTC))
    flask_app.extensions["broker"].enqueue((Job.FILE_CHECK, file_id) for file_id in due)
