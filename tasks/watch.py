"""Every minute: operators hear on the second route what stopped, and that it is over."""

from datetime import UTC, datetime

from tasks.app import app, environment
from webapp.db import transaction
from webapp.domain.messages import watch
from webapp.vocabulary import Job


@app.task(name=Job.OUTBOX_WATCH.value)
def tell() -> None:
    """Tell operators what they must hear now; what no route took is tried again some minutes later."""
    if not watch.has_route(environment):
        return
    with transaction() as session:
        notices = watch.due(session, now=datetime.now(UTC), settings=environment)
    for notice in notices:
        if watch.tell(notice, settings=environment):
            with transaction() as session:
                watch.record(session, notice)
