"""Mails leave: one task sends one row, another finds every row that is due."""

from datetime import UTC, datetime

from tasks.app import app, flask_app, settings
from webapp.db import db, transaction
from webapp.domain import outbox
from webapp.mail import transport
from webapp.vocabulary import Job


@app.task(name=Job.MAIL_DELIVER.value)
def deliver(message_id: int) -> None:
    """Send one mail if it is due and nobody else is sending it."""
    with transaction() as session:
        letter = outbox.claim(session, message_id, now=datetime.now(UTC), settings=settings)
    if letter is not None:
        _send(letter)


def _send(letter: outbox.Letter) -> None:
    try:
        transport.send(outbox.wire(letter, settings=settings), smtp_url=settings.smtp_url)
    except Exception as error:  # whatever went wrong, the row must say so: it is tried again or ends in sight
        permanent = isinstance(error, transport.PermanentError)
        with transaction() as session:
            now = datetime.now(UTC)
            outbox.record_failure(session, letter, error=str(error), permanent=permanent, now=now)
    else:
        with transaction() as session:
            outbox.record_sent(session, letter, now=datetime.now(UTC))


@app.task(name=Job.OUTBOX_SWEEP.value)
def sweep() -> None:
    """Nudge every mail that is due: its nudge was lost, its time came, or its worker died."""
    due = outbox.due(db.session(), now=datetime.now(UTC))
    flask_app.extensions["broker"].nudge((Job.MAIL_DELIVER, message_id) for message_id in due)
