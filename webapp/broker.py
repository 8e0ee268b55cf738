"""The only door to Celery: after a commit a job is enqueued by its name and a row's id."""

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from uuid import uuid4

import structlog
from celery import Celery

from webapp.vocabulary import Job

log = structlog.get_logger(__name__)
_BACKLOG = 1000
# After a job was published, those that come within so many seconds are looked at together: often one does for all.
_GATHER = 0.01
# Where some came within that time, more will: they are gathered for so long in all.
_GATHER_BUSY = 0.05
# A job of these does all that is due, whatever the row that it names: of several that wait, one is enough.
_DO_ALL = frozenset({Job.MAIL_DELIVER})


class Broker(Protocol):
    """Enqueues jobs; loses them rather than delay or fail its caller, as the sweep finds every row that is due."""

    def enqueue(self, jobs: Iterable[tuple[Job, int]]) -> None: ...


def celery_settings(broker_url: str) -> dict[str, Any]:
    """Return what web and worker must agree on, with every wait bounded."""
    retry = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
    return {
        "broker_url": broker_url,
        "broker_connection_timeout": 1,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "socket_connect_timeout": 1,
            "socket_timeout": 3,
            "visibility_timeout": 600,
            "global_keyprefix": "liaison:",
            **retry,
        },
        "task_publish_retry_policy": retry,
        "task_default_queue": "liaison",
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
    }


class CeleryBroker:
    """Publishes from a thread of its own, started with the first job of a process (after gunicorn has forked)."""

    def __init__(self, broker_url: str) -> None:
        self._celery = Celery("liaison", set_as_current=False)
        self._celery.conf.update(celery_settings(broker_url))
        self._jobs: queue.Queue[tuple[Job, int]] = queue.Queue(_BACKLOG)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def enqueue(self, jobs: Iterable[tuple[Job, int]]) -> None:
        """Hand jobs to the worker soon; returns at once, whatever the queue's state."""
        for job in _distinct(jobs):
            try:
                self._jobs.put_nowait(job)
            except queue.Full:
                break
        if self._thread is None and not self._jobs.empty():
            self._start()

    def finish(self, seconds: float) -> None:
        """Wait until what was handed over is published, but not for longer: for a process that is about to end."""
        ends = time.monotonic() + seconds
        while self._jobs.unfinished_tasks and time.monotonic() < ends:
            time.sleep(0.01)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._publish, name="broker", daemon=True)
                self._thread.start()

    def _publish(self) -> None:
        producer: Any = None
        while True:
            waiting = [self._jobs.get(), *self._others()]
            try:
                producer = producer or self._celery.amqp.producer_pool.acquire(block=True)
                for job, row_id in _distinct(waiting):
                    self._send(producer, job, row_id)
            except Exception as error:  # the sweep delivers what could not be published, whatever the reason was
                waiting += self._others()
                log.warning("broker.unreachable", error=str(error), dropped=len(waiting))
                if producer is not None:
                    producer.release()
                producer = None
            for _ in waiting:
                self._jobs.task_done()
            time.sleep(_GATHER)
            if not self._jobs.empty():
                time.sleep(_GATHER_BUSY - _GATHER)

    def _send(self, producer: Any, job: Job, row_id: int) -> None:
        """Publish a job as `send_task` does, without what none of ours has: routes, listeners, results, a parent."""
        conf = self._celery.conf
        task = self._celery.amqp.create_task_message(str(uuid4()), job, (row_id,), {}, ignore_result=True)
        kept = {"retry": True, "retry_policy": conf.task_publish_retry_policy}
        said = {"routing_key": conf.task_default_queue, "serializer": conf.task_serializer, "headers": task.headers}
        producer.publish(task.body, **kept, **said, **task.properties)

    def _others(self) -> Iterator[tuple[Job, int]]:
        while not self._jobs.empty():
            yield self._jobs.get_nowait()


def _distinct(jobs: Iterable[tuple[Job, int]]) -> Iterable[tuple[Job, int]]:
    """Return jobs without those that another one does with its own."""
    return {job if job in _DO_ALL else (job, row_id): (job, row_id) for job, row_id in jobs}.values()
