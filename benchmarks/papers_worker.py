"""What a worker keeps in memory after it made every paper of a visit with 500 delegates: before, at once, after."""

import time
from datetime import UTC, datetime

from sqlalchemy import func, select

from benchmarks.delivery import Bench, bench, worker
from benchmarks.memory import memory, total
from tests.domain.visits.test_papers import delegate, planned
from tests.queues import wait_for
from webapp.db import db, transaction
from webapp.domain.papers import orders
from webapp.models import PaperOrder
from webapp.vocabulary import Job, OrderState, Paper

DELEGATES = 500


def ordered(found: Bench) -> None:
    """Ask for every paper of a large visit."""
    with found.app.app_context(), transaction() as session:
        enquiry, _visit = planned(session, found.settings)
        for place in range(1, DELEGATES + 1):
            delegate(session, enquiry, place, f"Kari {place}")
        orders.ask(session, enquiry.id, list(Paper), now=datetime.now(UTC))


def waiting(found: Bench) -> int:
    """Return how many papers are not made yet."""
    with found.app.app_context():
        query = select(func.count()).select_from(PaperOrder).where(PaperOrder.state == OrderState.WAITING)
        return db.session.execute(query).scalar_one()


def main() -> None:
    """Print the proportional memory of the worker's processes."""
    with bench(()) as found:
        ordered(found)
        with worker(found) as process:
            print(f"idle: {total(memory(process.pid)):.0f} MB", flush=True)
            found.sender.send_task(Job.PAPERS_MAKE, args=(0,))
            wait_for(lambda: waiting(found) == 0, "all papers are made", 300)
            print(f"papers made: {total(memory(process.pid)):.0f} MB", flush=True)
            time.sleep(5)
            print(f"five seconds later: {total(memory(process.pid)):.0f} MB", flush=True)


if __name__ == "__main__":
    main()
