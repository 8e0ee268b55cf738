"""Links that were asked for by an address: the worker looks who has it, so that the page takes as long for everyone."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from tasks.app import app
from tasks.service import acting
from webapp.db import db, transaction
from webapp.domain.link_requests import answering
from webapp.vocabulary import Job

log = structlog.get_logger(__name__)


@app.task(name=Job.LINKS_ANSWER.value)
def answer(_asked: int = 0) -> None:
    """Answer every request that waits, also one whose job was lost, in one transaction each."""
    by = acting()
    for request_id in answering.due(db.session(), now=by.now):
        try:
            with transaction() as session:
                answering.answer(session, request_id, by=by)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the others must not wait for it
            with transaction() as session:
                given_up = answering.record_failure(session, request_id, now=by.now)
            log.error("link_request.failed", request_id=request_id, error=type(error).__name__, given_up=given_up)
