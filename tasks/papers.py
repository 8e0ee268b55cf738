"""Papers of visits and invitation letters are made: what was asked for just now, and what a lost job left undone."""

import time
from datetime import UTC, datetime

import structlog
from celery.exceptions import SoftTimeLimitExceeded

from tasks.app import app
from tasks.service import flask_app, settings
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.documents.letters import Incomplete
from webapp.documents.typesetting import NotPrintable
from webapp.domain.errors import NotFound
from webapp.domain.papers import orders
from webapp.domain.papers.orders import Claimed
from webapp.domain.reports import making as reports
from webapp.domain.visits import making
from webapp.vocabulary import Job

log = structlog.get_logger(__name__)
# A job ends after so many seconds and asks for another, so that emails have their turn.
_TURN = 10.0


@app.task(name=Job.PAPERS_MAKE.value)
def make(_asked: int = 0) -> None:
    """Make every paper that is due, one after the other, each kept before the next is taken up."""
    ends = time.monotonic() + _TURN
    while (claimed := _claim()) is not None:
        _make(claimed, settings())  # it may have been asked for after this job began, and just after a setting
        if time.monotonic() > ends:
            flask_app.extensions["broker"].enqueue([(Job.PAPERS_MAKE, claimed.enquiry_id or 0)])
            return


def _claim() -> Claimed | None:
    with transaction() as session:
        return orders.claim(session, now=datetime.now(UTC))


def _make(claimed: Claimed, known: Settings) -> None:
    try:
        make_it = reports.make if claimed.enquiry_id is None else making.make
        made = make_it(db.session(), claimed, settings=known)
    except SoftTimeLimitExceeded:
        raise
    except NotPrintable as error:
        with transaction() as session:
            found = [(each.where, each.text, each.character) for each in error.problems]
            orders.record_problems(session, claimed, found)
    except Incomplete as error:
        with transaction() as session:
            orders.record_missing(session, claimed, error.faults)
    except NotFound:
        with transaction() as session:
            orders.drop(session, claimed)
    except Exception as error:  # the others must not wait for it
        with transaction() as session:
            orders.record_failure(session, claimed, now=datetime.now(UTC))
        log.error("paper.failed", order_id=claimed.order_id, error=type(error).__name__)
    else:
        with transaction() as session:
            orders.record_made(session, claimed, made.content, made.basis, now=datetime.now(UTC))
