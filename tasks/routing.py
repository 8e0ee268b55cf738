"""Open work follows the people who answer: soon after leave, networks or accounts were changed, and on each new day."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from tasks.app import app
from tasks.service import acting
from webapp.db import db, transaction
from webapp.domain.enquiries import assignment
from webapp.vocabulary import Job

log = structlog.get_logger(__name__)


@app.task(name=Job.ENQUIRIES_REROUTE.value)
def reroute(_changed: int = 0) -> None:
    """Give each open enquiry to today's answerer, one transaction each, so that none holds up another."""
    by = acting()
    for reference in assignment.due(db.session(), now=by.now, settings=by.settings):
        try:
            with transaction() as session:
                assignment.move(session, reference, by=by)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the next run tries this one again, and the others must not wait for it
            log.error("handover.failed", reference=reference, error=str(error))
