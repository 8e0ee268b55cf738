"""The door to the worker: it delivers jobs, and neither fails nor delays the caller."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import unavailable
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from webapp.broker import _GATHER, _GATHER_BUSY, CeleryBroker, celery_settings
from webapp.config import Settings
from webapp.vocabulary import Job

# A bound, no expectation: who waited for a queue that hangs would wait three seconds for each of fifty.
WITHIN = 30


def enqueue(broker: CeleryBroker, number: int) -> float:
    """Enqueue so many times and return how long it took."""
    start = time.monotonic()
    for row_id in range(number):
        broker.enqueue([(Job.MAIL_DELIVER, row_id)])
    return time.monotonic() - start


def broker_of(queue: Queue) -> CeleryBroker:
    return CeleryBroker(Settings(**GIVEN, redis_url=queue.url).broker_url)


GIVEN = {"env": "test", "secret_key": "x", "database_url": "sqlite:///x", "smtp_url": "smtp://127.0.0.1:9"}


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


@pytest.mark.parametrize("url", ["redis+socket:///nonexistent/queue.sock", "redis://127.0.0.1:9/0"])
def test_nudges_to_a_queue_that_is_down_cost_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hands them over waits for no queue: a thread of its own asks for it."""
    asked: set[int] = set()
    connect = socket.socket.connect

    def seen(line: socket.socket, address: Any) -> None:
        asked.add(threading.get_ident())
        connect(line, address)

    monkeypatch.setattr(socket.socket, "connect", seen)
    enqueue(CeleryBroker(url), 50)
    wait_for(lambda: bool(asked), "the queue is asked for", 30)
    assert threading.get_ident() not in asked


def test_nudges_beyond_the_backlog_are_dropped() -> None:
    assert enqueue(CeleryBroker("redis+socket:///nonexistent/queue.sock"), 5000) < WITHIN


def test_no_nudge_starts_no_thread() -> None:
    broker = CeleryBroker("redis+socket:///nonexistent/queue.sock")
    broker.enqueue([])
    assert broker._thread is None


def test_what_crosses_is_a_name_and_an_id_in_json(queue: Queue) -> None:
    queue.client.flushall()
    broker_of(queue).enqueue([(Job.MAIL_DELIVER, 42)])
    wait_for(queue.waiting, "the job waits in the queue")
    job = json.loads(queue.client.lindex("liaison:liaison", 0) or b"")
    assert job["headers"]["task"] == "mail.deliver"
    assert job["content-type"] == "application/json"
    assert job["headers"]["argsrepr"] == "(42,)"


def test_what_crosses_is_what_celery_itself_sends(queue: Queue) -> None:
    queue.client.flushall()
    broker = broker_of(queue)
    broker.enqueue([(Job.MAIL_DELIVER, 42)])
    broker.finish(60)
    broker._celery.send_task(Job.MAIL_DELIVER, args=(42,), ignore_result=True)
    own, celerys = (json.loads(each) for each in queue.client.lrange("liaison:liaison", 0, -1))
    for job in (own, celerys):
        assert job["headers"].pop("id") == job["headers"].pop("root_id") == job["properties"].pop("correlation_id")
        for ours_alone in ("reply_to", "delivery_tag"):
            job["properties"].pop(ours_alone)
    assert own == celerys


@pytest.mark.journey
def test_queue_that_hangs_delays_nobody_and_works_again_afterwards(queue: Queue) -> None:
    queue.client.flushall()
    broker = broker_of(queue)
    broker.enqueue([(Job.MAIL_DELIVER, 1)])
    wait_for(queue.waiting, "the first job waits in the queue")
    with queue.stopped():
        assert enqueue(broker, 50) < WITHIN
    queue.client.flushall()

    def arrives() -> bool:
        broker.enqueue([(Job.MAIL_DELIVER, 2)])
        return queue.waiting() > 0

    wait_for(arrives, "jobs arrive again without anything restarted")


def test_every_wait_has_a_bound() -> None:
    found = celery_settings("redis://127.0.0.1/0")
    options = found["broker_transport_options"]
    assert options["socket_timeout"] <= 3
    assert options["socket_connect_timeout"] <= 1
    assert found["task_publish_retry_policy"]["max_retries"] <= 1
    assert (found["task_serializer"], found["accept_content"]) == ("json", ["json"])


def test_one_job_is_published_for_all_that_it_does(queue: Queue) -> None:
    queue.client.flushall()
    broker = broker_of(queue)
    broker.enqueue([(Job.MAIL_DELIVER, 1), (Job.FILE_CHECK, 7), (Job.MAIL_DELIVER, 2), (Job.FILE_CHECK, 8)])
    wait_for(lambda: queue.waiting() >= 3, "the jobs wait in the queue")
    found = [json.loads(raw)["headers"] for raw in queue.client.lrange("liaison:liaison", 0, -1)]
    assert sorted((each["task"], each["argsrepr"]) for each in found) == [
        ("file.check", "(7,)"),
        ("file.check", "(8,)"),
        ("mail.deliver", "(2,)"),
    ]


def test_jobs_that_follow_one_another_are_gathered_for_longer(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a busy service publishes nearly as many as forms are sent, though one does for all."""
    queue.client.flushall()
    broker, rests = broker_of(queue), list[float]()

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) <= 2:
            broker.enqueue([(Job.MAIL_DELIVER, len(rests) + 1)])

    monkeypatch.setattr("webapp.broker.time", SimpleNamespace(sleep=rest))
    broker.enqueue([(Job.MAIL_DELIVER, 1)])
    wait_for(lambda: len(rests) == 3, "what came meanwhile is published, and nothing else is waited for")
    assert rests == [_GATHER, _GATHER_BUSY - _GATHER, _GATHER]
    assert queue.waiting() == 2


def test_a_process_that_ends_waits_for_what_it_handed_over_and_not_for_a_queue_that_is_down(queue: Queue) -> None:
    queue.client.flushall()
    broker = broker_of(queue)
    broker.enqueue([(Job.PAPERS_MAKE, number) for number in range(3)])
    broker.finish(60)
    assert queue.waiting() == 3
    down = CeleryBroker("redis+socket:///nonexistent/queue.sock")
    enqueue(down, 1)
    down.finish(60)  # given up by then, and the sweep finds it
    assert down._jobs.unfinished_tasks == 0
