"""Every minute: what partners wrote soon after an email about it goes into one more, once that time is over."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from tasks.app import app
from tasks.service import acting
from webapp.db import db, transaction
from webapp.domain.notifications import gathering
from webapp.vocabulary import Job

log = structlog.get_logger(__name__)


@app.task(name=Job.GATHERED_TELL.value)
def tell() -> None:
    """Tell what waits of each enquiry, in one transaction each."""
    by = acting()
    for enquiry_id in gathering.due(db.session(), now=by.now):
        try:
            with transaction() as session:
                gathering.tell_due(session, enquiry_id, now=by.now, settings=by.settings)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the next run tries this one again, and the others must not wait for it
            log.error("gathered.failed", enquiry_id=enquiry_id, error=type(error).__name__)
