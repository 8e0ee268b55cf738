"""The desk at 1,000 and at 1,000,000 enquiries in turns, in process: p50, p95, CPU here, statements, time in SQL, rows.

Sizes, or addresses of databases that `benchmarks.bulk` filled, may be given.
"""

import os
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from benchmarks import bulk
from tests.conftest import RecordingBroker
from tests.factories import make_settings
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.db import db, transaction

SIZES = (1_000, 1_000_000)
ROUNDS = 15
_LIST = "/desk/?"
# What a page lists: rows that the keys walk; where it has none, lines of tables and lists, and visits in a calendar.
_ROWS_WALKED = re.compile(r"<\w+[^>]* data-row\b")
_BESIDE_LISTS = re.compile(r"^.*<main\b|<(nav|thead)\b.*?</\1>|</main>.*$", re.DOTALL)
_LINES = re.compile(r'<(?:tr|li)\b|<a class="visit"')
# Page by name; what is in braces is looked up in each database.
PAGES = {
    "queue, first page": _LIST,
    "queue, second page": "{second}",
    "one network": _LIST + "network={network}",
    "status + kind + priority": _LIST + "status=received&kind=visit&priority=high",
    "tag": _LIST + "tag=tag+7",
    "unassigned": _LIST + "view=unassigned",
    "mine": _LIST + "view=mine",
    "open, newest first": _LIST + "sort=newest",
    "overdue": _LIST + "view=overdue",
    "closed": _LIST + "view=closed",
    "closed, in the middle": _LIST + "view=closed&after={middle}",
    "closed + kind without a row": _LIST + "view=closed&kind=question",
    "closed + kind": _LIST + "view=closed&kind=collaboration",
    "closed + assignee + network": _LIST + "view=closed&assignee=2&network={network}",
    "closed + priority": _LIST + "view=closed&priority=low",
    "closed + tag": _LIST + "view=closed&tag=tag+7",
    "partner answered": _LIST + "view=wrote",
    "search quasar (0.1%)": _LIST + "q=quasar",
    "search quasar energy": _LIST + "q=quasar+energy",
    "search 量子計算": _LIST + "q=量子計算",
    "search sustainability": _LIST + "q=sustainability",
    "search a reference": _LIST + "q={reference}",
    "search, no hit": _LIST + "q=zzzzqqq",
    "enquiry with 200 events": "/desk/enquiries/{long}",
    "enquiry, closed": "/desk/enquiries/{closed}",
    "my day": "/desk/my-day",
    "board": "/desk/board",
    "activity": "/desk/activity",
    "organisations": "/desk/organisations",
    "outbox": "/desk/messages/",
    "visits": "/desk/visits",
    "one visit": "/desk/visits/{visit}",
    "its 500 delegates": "/desk/visits/{visit}/roster",
    "runbook": "/desk/runbook",
}


class Taken(NamedTuple):
    """What a page took, in milliseconds."""

    wall: float
    cpu: float
    statements: int
    sql: float


@dataclass
class Measured:
    """A page: what it took at each size, turn by turn, how many rows it drew, and how many the database read for it."""

    name: str
    taken: list[list[Taken]]
    drawn: list[int]
    read: list[int]


class Desk:
    """One database with its application, and a coordinator who is signed in."""

    def __init__(self, url: str) -> None:
        self.app: Flask = create_app(make_settings(url), broker=RecordingBroker())
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.client: FlaskClient = self.app.test_client()
        self.sql = 0.0
        self.statements = 0
        self.asked: list[tuple[str, Any]] | None = None
        with self.app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", self._begin)
            sa.event.listen(db.engine, "after_cursor_execute", self._end)
            self.found = {name: db.session.scalar(sa.text(query)) for name, query in _LOOKED_UP.items()}
        self.client.post("/desk/sign-in", data={"email": bulk.READER, "password": bulk.PASSWORD})
        first = self.client.get(_LIST).get_data(as_text=True)
        [*_, after] = first.split("after=")
        self.found["second"] = _LIST + "after=" + after.partition('"')[0] if len(_) else _LIST

    def _begin(self, connection: sa.Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if self.asked is not None and statement.lstrip("(").startswith(("SELECT", "WITH")):
            self.asked.append((statement, parameters))
        connection.info["began"] = time.perf_counter()

    def _end(self, connection: sa.Connection, *_: Any) -> None:
        self.sql += time.perf_counter() - connection.info["began"]
        self.statements += 1

    def get(self, address: str) -> Taken:
        """Open a page, and return what it took."""
        self.sql, self.statements = 0.0, 0
        began, worked = time.perf_counter(), time.process_time()
        self.page(address)
        taken, worked = time.perf_counter() - began, time.process_time() - worked
        return Taken(taken * 1000, worked * 1000, self.statements, self.sql * 1000)

    def page(self, address: str) -> str:
        """Return a page."""
        found = {name: quote(str(value), safe="/?=&%") for name, value in self.found.items()}
        answer = self.client.get(address.format_map(found))
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def read(self, address: str) -> int:
        """Open a page, and return how many rows PostgreSQL reads of all tables for it, as the plans count them."""
        self.asked = asked = []
        self.get(address)
        self.asked = None
        with self.app.app_context(), db.engine.connect() as connection:
            plans = [
                connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", given
                ).scalar_one()
                for statement, given in asked
            ]
        return sum(_rows(plan["Plan"]) for [plan] in plans)


def _rows(node: dict[str, Any]) -> int:
    skipped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    own = node["Actual Loops"] * (node["Actual Rows"] + skipped) if "Relation Name" in node else 0
    return int(own) + sum(map(_rows, node.get("Plans", ())))


def measured(desks: Sequence[Desk], *, rounds: int) -> Iterator[Measured]:
    """Open each page at each size in turns; the first two turns warm up."""
    for name, address in PAGES.items():
        taken: list[list[Taken]] = [[] for _ in desks]
        for turn in range(rounds + 2):
            for desk, mine in zip(desks, taken, strict=True):
                one = desk.get(address)
                if turn > 1:
                    mine.append(one)
        lists = [drawn(desk.page(address)) for desk in desks]
        yield Measured(name, taken, lists, [desk.read(address) for desk in desks])


def drawn(page: str) -> int:
    """Return how many rows a page lists."""
    return len(_ROWS_WALKED.findall(page)) or len(_LINES.findall(_BESIDE_LISTS.sub("", page)))


_LOOKED_UP = {
    "network": "SELECT slug FROM networks WHERE active ORDER BY position LIMIT 1",
    "middle": "SELECT replace(CAST(submitted_at AS text), ' ', 'T') || '\\:00,' || id FROM enquiries"
    " WHERE id = (SELECT max(id) / 2 FROM enquiries)",
    "reference": "SELECT reference FROM enquiries WHERE id = (SELECT max(id) / 2 FROM enquiries)",
    "long": "SELECT reference FROM enquiries ORDER BY id DESC LIMIT 1",
    "closed": "SELECT reference FROM enquiries WHERE status = 'completed' ORDER BY id LIMIT 1",
    "visit": "SELECT e.reference FROM enquiries e JOIN visits v ON v.enquiry_id = e.id WHERE v.id = 1",
}


@contextmanager
def filled(sizes: list[int]) -> Iterator[list[str]]:
    """Start PostgreSQL in memory with a database of each size; yield their addresses."""
    with TemporaryDirectory(prefix="ld-bulk-", dir="/dev/shm") as folder, ExitStack() as stack:
        Path(folder).chmod(0o777)
        server = PostgreSQL.start(Path(folder))
        stack.callback(server.stop)
        yield [fill(server.new_database(), rows) for rows in sizes]


def fill(url: str, rows: int) -> str:
    """Bring an empty database to the present version and fill it; return its address."""
    settings = make_settings(url)
    app = create_app(settings, broker=RecordingBroker())
    with app.app_context():
        upgrade()
        with transaction() as session:
            bulk.fill(session, rows, now=datetime.now(UTC), settings=settings)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
        db.engine.dispose()
    return url


def main() -> None:
    given = sys.argv[1:]
    rounds = int(os.environ.get("ROUNDS", ROUNDS))
    with ExitStack() as stack:
        urls = (
            given if any(":" in each for each in given) else stack.enter_context(filled(list(map(int, given or SIZES))))
        )
        desks = [Desk(url) for url in urls]
        print("page; for each size p50 / p95 ms, CPU, statements, ms in SQL; last : first; rows drawn; rows read")
        for page in measured(desks, rounds=rounds):
            ratio = p50(page.taken[-1]) / p50(page.taken[0])
            print(f"{page.name:32}", *map(_line, page.taken), f"{ratio:5.2f}", *page.drawn, *page.read, flush=True)


def p50(taken: list[Taken]) -> float:
    """Return the median of what a page took."""
    return statistics.median(one.wall for one in taken)


def p95(taken: list[Taken]) -> float:
    """Return what one in twenty took at least."""
    return sorted(one.wall for one in taken)[int(len(taken) * 0.95)]


def _line(taken: list[Taken]) -> str:
    cpu, sql = (statistics.median(getattr(one, name) for one in taken) for name in ("cpu", "sql"))
    return f"| {p50(taken):6.1f} /{p95(taken):6.1f}  cpu {cpu:5.1f}  {taken[-1].statements:2} in {sql:6.1f} |"


if __name__ == "__main__":
    main()
