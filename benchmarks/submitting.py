"""What posting a form costs in process, beside bare Flask that writes the same rows: wall, CPU, statements."""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg.types.json import Jsonb

from benchmarks.client import FIELDS, hidden
from tests.conftest import RecordingBroker
from tests.factories import acting, make_network, make_person, make_settings
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.db import db, transaction
from webapp.domain.directory import importing, source
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Enquiry
from webapp.paths import DATA

_DAY = date.today() + timedelta(84 - date.today().weekday())  # noqa: DTZ011
VISIT: dict[str, Any] = {
    **FIELDS,
    "kind": "visit",
    "network": "bench",
    "purposes": ["student_exchange", "courtesy"],
    "group_size": "6",
    "leader_name": "Prof. Jan Kowalski",
    "leader_title": "Vice-President",
    "leader_rank": "vice_president",
    "windows-0-start": _DAY.isoformat(),
    "windows-0-end": (_DAY + timedelta(2)).isoformat(),
    "phone": "+49 30 1234567",
}
# Tables of what an enquiry is, in the order in which their rows hang on each other; how each is found.
_ROWS = ("enquiries", "enquiry_terms", "events", "links", "messages")
_UNIQUE = frozenset({"reference", "form_hash", "dedupe_key", "message_id", "token_hash", "nonce"})


class Product:
    """The product, and a partner who posts its form."""

    def __init__(self, url: str) -> None:
        self.app: Flask = create_app(make_settings(url), broker=RecordingBroker())
        self.statements = 0
        with self.app.app_context():
            upgrade()
            with transaction() as session:
                importing.import_networks(session, source.load(DATA / "networks.yaml"), by=acting(SYSTEM))
                make_network(session, slug="bench", liaison=make_person(session), deputy=make_person(session))
            sa.event.listen(db.engine, "before_cursor_execute", self._count)
        self.client: FlaskClient = self.app.test_client()
        self.number = 0

    def _count(self, *_: Any) -> None:
        self.statements += 1

    def new_form(self) -> dict[str, Any]:
        """Return what a new form says when its partner has filled it in."""
        self.number += 1
        page = self.client.get("/enquiries/new?kind=visit&network=bench").text
        return {**hidden(page), **VISIT, "contact_email": f"erika-{self.number}@example.org"}

    def draft(self, form: dict[str, Any]) -> str:
        """Post a form that is filled in; return where it leads."""
        answer = self.client.post("/enquiries/new", data=form)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def press(self, fields: dict[str, str]) -> None:
        """Press the button of the check page."""
        answer = self.client.post("/enquiries/new", data=fields)
        assert answer.status_code == 303, answer.text
        assert "/track/" in answer.location, answer.location


class Bare:
    """Flask and nothing else, which writes rows like those of an enquiry one after the other and commits."""

    def __init__(self, url: str, app: Flask) -> None:
        self.app = Flask("bare")
        self._connection = psycopg.connect(url.replace("+psycopg", ""))
        with app.app_context():
            number = db.session.scalar(sa.select(sa.func.max(Enquiry.id)))
        self._rows = [
            (table, row)
            for table in _ROWS
            for row in self._read(table, "id" if table == "enquiries" else "enquiry_id", number)
        ]
        self.app.post("/")(self._write)
        self.client = self.app.test_client()

    def _read(self, table: str, key: str, number: Any) -> list[dict[str, Any]]:
        cursor = self._connection.execute(f"SELECT * FROM {table} WHERE {key} = %s ORDER BY 1", [number])  # type: ignore[arg-type]
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor]
        self._connection.rollback()
        return found

    def _write(self) -> tuple[str, int]:
        numbers: dict[str, Any] = {}
        for table, row in self._rows:
            values = {name: self._value(name, value, numbers) for name, value in row.items() if name != "id"}
            places = ", ".join("%s::tsvector" if name == "terms" else "%s" for name in values)
            names = ", ".join(f'"{name}"' for name in values)
            known = " RETURNING id" if "id" in row else ""
            written = self._connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({places}){known}", list(values.values())
            )  # type: ignore[arg-type]
            if known:
                numbers.setdefault(table, written.fetchone()[0])  # type: ignore[index]
        self._connection.commit()
        return "", 303

    @staticmethod
    def _value(name: str, value: Any, numbers: dict[str, Any]) -> Any:
        if name in _UNIQUE:
            return token_hex(20)
        if name == "enquiry_id":
            return numbers["enquiries"]
        return Jsonb(value) if isinstance(value, dict | list) else value

    def press(self) -> None:
        assert self.client.post("/", data={"form_id": "x", "final": "yes"}).status_code == 303


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.submitting", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="ld-bench-", dir="/dev/shm") as folder, ExitStack() as stack:
        Path(folder).chmod(0o777)
        server = PostgreSQL.start(Path(folder))
        stack.callback(server.stop)
        url = server.new_database()
        measured(Product(url), url, chosen.rounds)


def measured(product: Product, url: str, rounds: int) -> None:
    """Print medians of each post, and of bare Flask."""
    taken: dict[str, list[tuple[float, float, int]]] = {
        "new form": [],
        "draft": [],
        "check page": [],
        "final": [],
        "bare": [],
    }
    bare = None
    for turn in range(rounds + 5):
        found: dict[str, tuple[float, float, int]] = {}
        form = _taken(found, "new form", product, product.new_form)
        address = _taken(found, "draft", product, lambda form=form: product.draft(form))  # type: ignore[misc]
        page = _taken(found, "check page", product, lambda address=address: product.client.get(address))  # type: ignore[misc]
        fields = hidden(page.text)
        _taken(found, "final", product, lambda fields=fields: product.press(fields))  # type: ignore[misc]
        bare = bare or Bare(url, product.app)
        _taken(found, "bare", product, bare.press)
        for name in taken if turn >= 5 else ():
            taken[name].append(found[name])
    floor = statistics.median(each[0] for each in taken["bare"])
    for name, all_of_it in taken.items():
        wall, cpu, statements = (statistics.median(column) for column in zip(*all_of_it, strict=True))
        print(
            f"{name:12} p50 {wall:6.2f} ms, CPU {cpu:6.2f} ms, {statements:2.0f} statements; bare: {floor / wall:.2f}"
        )


def _taken(found: dict[str, tuple[float, float, int]], name: str, product: Product, act: Callable[[], Any]) -> Any:
    product.statements = 0
    began, worked = time.perf_counter(), time.process_time()
    answer = act()
    found[name] = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000, product.statements
    return answer


if __name__ == "__main__":
    main()
