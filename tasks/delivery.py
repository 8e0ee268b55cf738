"""Messages leave: one task sends one row, another finds every row that is due."""

from datetime import UTC, datetime
from typing import Any

from tasks.app import app, flask_app, settings
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.messages import delivery
from webapp.mail import transport
from webapp.vocabulary import Fault, Job


@app.task(name=Job.MAIL_DELIVER.value)
def deliver(message_id: int) -> None:
    """Send one message if it is due and no one else is sending it."""
    known = settings()
    with transaction() as session:
        claimed = delivery.claim(session, message_id, now=datetime.now(UTC), settings=known)
    if claimed is not None:
        _send(claimed, known)


def _send(claimed: delivery.Claimed, settings: Settings) -> None:
    try:
        transport.send(delivery.wire(claimed, settings=settings), smtp_url=settings.smtp_url)
    except Exception as error:  # whatever went wrong, the row must say so: it is tried again or ends in sight
        permanent = isinstance(error, transport.PermanentError)
        now = datetime.now(UTC)  # the answer has a time of its own: a try may last a minute
        with transaction() as session:
            delivery.record_failure(session, claimed, error=str(error), permanent=permanent, now=now, **_kind(error))
    else:
        now = datetime.now(UTC)
        with transaction() as session:
            delivery.record_sent(session, claimed, now=now)


def _kind(error: Exception) -> dict[str, Any]:
    if isinstance(error, transport.DeliveryError):
        return {"fault": error.fault, "code": error.code}
    return {"fault": Fault.OTHER}


@app.task(name=Job.OUTBOX_SWEEP.value)
def sweep() -> None:
    """Enqueue every message that is due: its job was lost, its time came, or its worker died."""
    due = delivery.due(db.session(), now=datetime.now(UTC))
    flask_app.extensions["broker"].enqueue((Job.MAIL_DELIVER, message_id) for message_id in due)
