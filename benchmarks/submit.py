"""How fast the final form of an enquiry is taken: beside bare Flask that writes the same INSERTs, in turns."""

import argparse
import pickle
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa

from benchmarks.client import Partner
from benchmarks.pages import product_environment, served
from tests.factories import make_settings
from tests.queues import valkey
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.db import db
from webapp.models import batch

ROUNDS, FORMS, CLIENTS = 3, 60, 8
_CONFLICT = re.compile(r" ON CONFLICT .*?(?= RETURNING|$)", re.DOTALL)
_TABLE = re.compile(r"INSERT INTO (?:\w+\.)?(\w+)")
# What is posted to the ceiling: some fields, as many bytes as our own final form has.
_FIELDS = urlencode({"form_id": "x" * 32, "csrf_token": "x" * 90, "final": "1"})


class Silent:
    """Takes jobs and does nothing, as the queue of a benchmark is away."""

    def enqueue(self, jobs: object) -> None:
        """Forget them."""


@dataclass
class Figures:
    """Of each round: milliseconds of forms sent one after the other, and forms a second of eight senders."""

    alone: list[list[float]] = field(default_factory=list)
    together: list[float] = field(default_factory=list)


class Inside(Partner):
    """A partner whose browser is the test client of an application in this process."""

    def __init__(self, client: Any) -> None:
        super().__init__("")
        self.client = client

    def get(self, path: str) -> str:
        return str(self.client.get(path).get_data(as_text=True))

    def post(self, path: str, fields: dict[str, str]) -> str:
        return str(self.client.post(path, data=fields, follow_redirects=True).get_data(as_text=True))


def inserts(database: str) -> list[tuple[str, Any]]:
    """Return what one final form writes, without what keeps it from being written again."""
    app = create_app(make_settings(database, rate_limits="off"), broker=Silent())
    partner, found = Inside(app.test_client()), list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT"):
            found.append((statement, dict(parameters)))

    fields = partner.checked("recorded@example.org")
    with app.app_context(), mock.patch.object(batch, "BY_ONE_STATEMENT", frozenset()):
        sa.event.listen(db.engine, "before_cursor_execute", note)
        answer = partner.client.post("/enquiries/new", data=fields)
        assert "/track/" in answer.location, answer.location
        db.engine.dispose()
    return found


def without_conflict(written: list[tuple[str, Any]], schema: str = "ceiling") -> list[tuple[str, Any]]:
    """Return INSERTs as they go into the tables of a ceiling, where nothing is looked for."""
    found = list[tuple[str, Any]]()
    for statement, parameters in written:
        _put(found, _CONFLICT.sub("", _TABLE.sub(rf"INSERT INTO {schema}.\1", statement)), parameters)
    return found


def _put(found: list[tuple[str, Any]], statement: str, parameters: dict[str, Any]) -> None:
    """Add a statement, as another row of the one before where both write the same columns of a table."""
    into, _, values = statement.partition(" VALUES ")
    if found and found[-1][0].startswith(f"{into} VALUES "):
        before, given = found.pop()
        statement, parameters = f"{before}, {values}", given | parameters
    found.append((statement, parameters))


def make_room(database: str, written: list[tuple[str, Any]], schema: str = "ceiling", *, indexed: bool = False) -> None:
    """Make tables of the same columns without keys, so that the same rows can be written again and again.

    `indexed` gives them the indexes of ours, of which none is unique.
    """
    with psycopg.connect(database.replace("postgresql+psycopg://", "postgresql://")) as line:
        line.execute(f"CREATE SCHEMA {schema}")
        for table in {match[1] for statement, _ in written if (match := _TABLE.match(statement))}:
            line.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING DEFAULTS)")
            known = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s"
            for (made,) in line.execute(known, (table,)).fetchall() if indexed else ():
                there = made.replace(f" ON public.{table} ", f" ON {schema}.{table} ")
                line.execute(there.replace("CREATE UNIQUE INDEX", "CREATE INDEX"))


def together(waiting: list[Callable[[], None]], clients: int) -> float:
    """Return how many forms a second so many senders get taken, each waiting for its answer."""
    left: SimpleQueue[Callable[[], None]] = SimpleQueue()
    for each in waiting:
        left.put(each)

    def send() -> None:
        while True:
            try:
                left.get_nowait()()
            except Empty:
                return

    threads = [threading.Thread(target=send) for _ in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waiting) / (time.monotonic() - began)


def alone(waiting: list[Callable[[], None]]) -> list[float]:
    """Return the milliseconds that each form takes, one after the other."""
    taken = []
    for send in waiting:
        began = time.perf_counter()
        send()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def press(address: tuple[str, int], partner: Partner | None, fields: str) -> None:
    """Post a final form on a connection of its own, and do not follow to where it leads."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if partner is not None:
        headers["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in partner.cookies)
    with closing(HTTPConnection(*address, timeout=60)) as line:
        line.request("POST", "/enquiries/new" if partner else "/", fields, headers)
        answer = line.getresponse()
        answer.read()
        leads = answer.headers.get("Location", "")
        if answer.status != 303 or (partner is not None and "/track/" not in leads):
            raise ValueError(f"{answer.status} {leads}")


def measured(database: str, *, rounds: int = ROUNDS, forms: int = FORMS) -> list[Figures]:
    """Measure an empty database of the product, and both ceilings on the same server, turn by turn.

    They are in this order: the product, plain tables, tables with the same indexes.
    """
    with TemporaryDirectory(prefix="ld-submit-") as name, valkey() as queue, ExitStack() as running:
        folder = Path(name)
        environment = product_environment(folder, database=database)
        environment |= {"LIAISON_ENV": "test", "LIAISON_RATE_LIMITS": "off", "LIAISON_REDIS_URL": queue.url}
        written = inserts(database)
        product = running.enter_context(served("webapp:create_app()", environment))
        ceilings = []
        for schema in ("ceiling", "indexed"):
            make_room(database, written, schema, indexed=schema == "indexed")
            (folder / schema).write_bytes(pickle.dumps(without_conflict(written, schema)))
            given = environment | {"LIAISON_BENCH_INSERTS": str(folder / schema)}
            ceilings.append(running.enter_context(served("benchmarks.bare:create_writer()", given)))
        found = [Figures() for _ in range(3)]
        for number in range(rounds):
            turns = [_ready(product, number, forms), *(_plain(each, forms) for each in ceilings)]
            for place in [*range(number % 3, 3), *range(number % 3)]:
                half = len(turns[place]) // 2
                found[place].alone.append(alone(turns[place][:half])[5:])
                found[place].together.append(together(turns[place][half:], CLIENTS))
        return found


def _ready(address: tuple[str, int], number: int, forms: int) -> list[Callable[[], None]]:
    """Fill in forms up to the last press, which is what is measured."""
    return list(_presses(address, number, forms))


def _presses(address: tuple[str, int], number: int, forms: int) -> Iterator[Callable[[], None]]:
    for each in range(forms * 2):
        partner = Partner(f"http://{address[0]}:{address[1]}")
        fields = urlencode(partner.checked(f"partner-{number}-{each}@u{each}.example"))
        yield lambda partner=partner, fields=fields: press(address, partner, fields)  # type: ignore[misc]


def _plain(address: tuple[str, int], forms: int) -> list[Callable[[], None]]:
    return [lambda: press(address, None, _FIELDS)] * (forms * 2)


def main() -> None:
    """Print medians of the product and of its ceiling."""
    parser = argparse.ArgumentParser(prog="benchmarks.submit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--forms", type=int, default=FORMS)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="ld-submit-db-", dir="/dev/shm") as folder:
        Path(folder).chmod(0o777)
        server = PostgreSQL.start(Path(folder))
        try:
            ours, *ceilings = measured(server.new_database(), rounds=given.rounds, forms=given.forms)
        finally:
            server.stop()
    names = ("enquiries", "bare Flask, the same INSERTs", "the same, into tables with the same indexes")
    for name, figures in zip(names, (ours, *ceilings), strict=True):
        p50 = statistics.median(statistics.median(each) for each in figures.alone)
        print(f"{name}: alone p50 {p50:.1f} ms; {CLIENTS} clients {statistics.median(figures.together):.0f}/s")
    for name, figures in zip(names[1:], ceilings, strict=True):
        ratios = [a / b for a, b in zip(ours.together, figures.together, strict=True)]
        print(f"{CLIENTS} clients: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) of {name}")


if __name__ == "__main__":
    main()
