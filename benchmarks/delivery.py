"""How fast emails leave: all that waits, against one plain kept line; and from the final press to the last email."""

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from celery import Celery
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text, update

from benchmarks.client import Partner
from benchmarks.smtp_sink import Sink, fill, sink
from tests.factories import make_enquiry, make_network, make_person, make_settings
from tests.queues import Queue, valkey, wait_for
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.broker import celery_settings
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.models import Message, Network
from webapp.vocabulary import Job, MessageState

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
IDLE = 100
SWEEP = 15.0


@dataclass
class Bench:
    """All that runs: settings of the product, its application here, and the servers around it."""

    settings: Settings
    app: Flask
    queue: Queue
    sink: Sink
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
        return clean | {
            "LIAISON_ENV": "test",
            "LIAISON_SECRET_KEY": self.settings.secret_key,
            "LIAISON_DATABASE_URL": self.settings.database_url,
            "LIAISON_REDIS_URL": self.queue.url,
            "LIAISON_SMTP_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "LIAISON_PUBLIC_URL": self.settings.public_url,
            "LIAISON_DATA_DIR": str(self.folder),
            "LIAISON_RATE_LIMITS": "off",
        }

    @property
    def sender(self) -> Celery:
        made = Celery("bench", set_as_current=False)
        made.conf.update(celery_settings(self.settings.model_copy(update={"redis_url": self.queue.url}).broker_url))
        return made


@contextlib.contextmanager
def bench(offers: tuple[str, ...]) -> Iterator[Bench]:
    """Start PostgreSQL, the queue and the mail server; make an application for a new database."""
    with TemporaryDirectory(prefix="ld-bench-") as folder, valkey() as queue, sink(*offers) as mails:
        server = PostgreSQL.start(Path(folder))
        try:
            settings = make_settings(server.new_database(), data_dir=Path(folder), rate_limits="off")
            app = create_app(settings, broker=_Silent())
            with app.app_context():
                upgrade()
            yield Bench(settings, app, queue, mails, Path(folder))
        finally:
            server.stop()


class _Silent:
    def enqueue(self, jobs: object) -> None:
        """Nudge no one: a drain begins when the benchmark says so."""


@contextlib.contextmanager
def running(found: Bench, *command: str, ready: bytes, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part of the product until the block ends, which begins when its log says that it is ready."""
    log = found.folder / f"{command[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=found.environment | more,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            wait_for(lambda: ready in log.read_bytes(), f"{command[0]} is ready", 60)
            yield process
        except BaseException:
            print(log.read_text()[-4000:])
            raise
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def worker(found: Bench, **more: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run the worker as `./run` does."""
    options = ("worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return running(found, "celery", "--app", "tasks", *options, ready=b" ready.", **more)


def stage(found: Bench, messages: int) -> None:
    """Make enquiries through the domain, each with the emails that it has."""
    for number in range(messages // 2):
        with found.app.app_context(), transaction() as session:
            if number == 0:
                make_network(session, slug="bench", liaison=make_person(session))
            network = session.scalars(select(Network).where(Network.slug == "bench")).one()
            make_enquiry(session, found.settings, contact_email=f"partner-{number}@example.org", network=network)


def waiting(found: Bench) -> list[int]:
    """Let every email wait to leave as if it had just been staged; return their numbers."""
    fresh = {"state": MessageState.QUEUED, "attempts": 0, "unanswered": 0, "lease": None, "sent_at": None}
    with found.app.app_context():
        with transaction() as session:
            session.execute(update(Message).values(**fresh, next_attempt_at=Message.created_at))
            numbers = list(session.scalars(select(Message.id).order_by(Message.id)))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE messages"))
    return numbers


def drain(found: Bench, *, jobs: bool) -> float:
    """Return how many emails a second leave: with a job for each in the queue, or with their rows alone."""
    numbers, sender = waiting(found), found.sender
    found.queue.client.flushall()
    found.sink.taken()
    with worker(found) as process:
        os.killpg(process.pid, signal.SIGSTOP)
        before = found.sink.count
        for number in numbers if jobs else ():
            sender.send_task(Job.MAIL_DELIVER, args=(number,))
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGCONT)
        done = False
        while not done:
            if not jobs:
                sender.send_task(Job.OUTBOX_SWEEP)
            done = found.sink.wait(before + len(numbers), SWEEP) or time.monotonic() - began > 300
        took = found.sink.at(found.sink.count - 1) - began
        wait_for(lambda: unsent(found) == 0, "all are recorded as sent")
    identifiers, _ = found.sink.taken()
    lost, doubled = len(numbers) - len(identifiers), sum(identifiers.values()) - len(identifiers)
    if lost or doubled:
        print(f"lost: {lost}; doubled: {doubled}")
    return len(numbers) / took


def unsent(found: Bench) -> int:
    """Return how many emails were not recorded as sent."""
    with found.app.app_context():
        query = select(func.count()).select_from(Message).where(Message.state != MessageState.SENT)
        return db.session.execute(query).scalar_one()


def press_to_last(found: Bench, number_of_them: int = IDLE) -> dict[str, list[float]]:
    """Send one enquiry after the other over HTTP while nothing else happens; return milliseconds, the longest last."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bind = ("--config", str(ROOT / "gunicorn.conf.py"), "--bind", f"127.0.0.1:{port}", "--no-control-socket")
    url = f"http://127.0.0.1:{port}"
    times, answers, own = [], [], []
    server = running(found, "gunicorn", *bind, "webapp:create_app()", ready=b"Booting worker", LIAISON_PUBLIC_URL=url)
    with worker(found, LIAISON_PUBLIC_URL=url), server:
        for number in range(number_of_them + 5):
            partner = Partner(url)
            fields = partner.checked(f"idle-{number}@example.org")
            before, began = found.sink.count, time.monotonic()
            partner.press(fields)
            answered = time.monotonic()
            if not found.sink.wait(before + 2, 20):
                raise TimeoutError("the emails of an enquiry did not come")
            last = found.sink.at(before + 1)
            times.append((last - began) * 1000)
            answers.append((answered - began) * 1000)
            own.append((last - answered) * 1000)
    found_out = {"press to last email": times, "press to answer": answers, "answer to last email": own}
    return {name: sorted(values[5:]) for name, values in found_out.items()}


def main() -> None:
    """Take turns between the plain line and the product's drains, then measure idle enquiries."""
    parser = argparse.ArgumentParser(prog="benchmarks.delivery", description=__doc__)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--offer", action="append", default=["SIZE 33554432", "8BITMIME"], help="EHLO of the server")
    parser.add_argument("--only", choices=("drain", "idle"))
    chosen = parser.parse_args()
    with bench(tuple(chosen.offer)) as found:
        if chosen.only != "idle":
            drains(found, chosen.messages, chosen.rounds)
        if chosen.only != "drain":
            for name, kept in press_to_last(found).items():
                p95 = kept[round(len(kept) * 0.95) - 1]
                print(f"{name}: median {statistics.median(kept):.1f} ms, p95 {p95:.1f} ms")


def drains(found: Bench, messages: int, rounds: int) -> dict[str, list[float]]:
    """Return emails a second of the plain line and of both drains, round by round; print them as they come."""
    stage(found, messages)
    kinds = ("plain line", "jobs in the queue", "rows alone")
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    found.sink.taken()
    with worker(found):
        found.sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: unsent(found) == 0, "both kinds of emails came", 300)
    _, contents = found.sink.taken()
    for number in range(rounds):
        rates["plain line"].append(
            fill(found.sink.port, contents, messages, sender="desk@example.org", recipient="erika@example.org")
        )
        rates["jobs in the queue"].append(drain(found, jobs=True))
        rates["rows alone"].append(drain(found, jobs=False))
        print(f"round {number + 1}: " + ", ".join(f"{kind} {rates[kind][-1]:.0f}/s" for kind in kinds), flush=True)
    ceiling = statistics.median(rates["plain line"])
    print(" and ".join(str(len(each)) for each in contents), "bytes an email")
    for kind in kinds:
        median = statistics.median(rates[kind])
        shares = ", ".join(f"{a / b:.3f}" for a, b in zip(rates[kind], rates["plain line"], strict=True))
        print(f"{kind}: median {median:.0f}/s, {median / ceiling:.3f} of the plain line (rounds: {shares})")
    return rates


if __name__ == "__main__":
    main()
