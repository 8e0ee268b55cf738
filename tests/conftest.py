"""What tests share: an application on SQLite and on PostgreSQL, a broker that records, people who sign in."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.factories import PASSWORD
from tests.servers import PostgreSQL, Unavailable
from webapp import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.models import Person
from webapp.vocabulary import Job

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile("liaison", deadline=None)
hypothesis.settings.load_profile("liaison")
REQUIRE_ALL = os.environ.get("LIAISON_REQUIRE_ALL") == "1"
ON_BOTH = ("models", "domain", "web", "tasks")


class RecordingBroker:
    """Keeps what would have been sent to the worker."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Job, int]] = []

    def nudge(self, jobs: Iterable[tuple[Job, int]]) -> None:
        self.jobs.extend(jobs)


def unavailable(reason: str) -> None:
    """Skip, saying why; fail instead where everything must run."""
    if REQUIRE_ALL:
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of the core run on both databases."""
    if "database_url" in metafunc.fixturenames:
        parts = metafunc.definition.path.relative_to(Path(__file__).parent).parts
        names = ["sqlite", "postgresql"] if parts[0] in ON_BOTH else ["sqlite"]
        metafunc.parametrize("database_url", names, indirect=True)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A real server for this test process; LIAISON_TEST_DATABASE_URL takes precedence."""
    try:
        server = PostgreSQL.start(tmp_path_factory.mktemp("pg"))
    except Unavailable as error:
        unavailable(f"no PostgreSQL: {error}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgreSQL) -> str:
    """The address of a migrated database on the real server."""
    url = postgresql.new_database()
    migrate(url)
    return url


def migrate(url: str) -> None:
    """Bring a database to the present version, with the migrations that installations run."""
    app = create_app(make_settings(url), broker=RecordingBroker())
    with app.app_context():
        upgrade()
        db.engine.dispose()


def make_settings(database_url: str, **more: Any) -> Settings:
    """Return settings for tests; nothing listens where queue and mail server would be."""
    values: dict[str, Any] = {
        "env": "test",
        "secret_key": "a key for tests only, thirty-two characters",
        "database_url": database_url,
        "redis_url": "unix:///nonexistent/queue.sock",
        "smtp_url": "smtp://127.0.0.1:9",
        "public_url": "https://desk.example.org",
        "rate_limits": "off",
        **more,
    }
    return Settings.model_validate(values)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of this version, for this test alone."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path = tmp_path / "liaison.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    return str(request.getfixturevalue("migrated_postgresql"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, data_dir=tmp_path)


@pytest.fixture
def broker() -> RecordingBroker:
    return RecordingBroker()


@pytest.fixture
def app(settings: Settings, broker: RecordingBroker) -> Iterator[Flask]:
    app = create_app(settings, broker=broker)
    yield app
    with app.app_context():
        db.session.remove()
        if settings.database_url.startswith("postgresql"):
            _empty()
        db.engine.dispose()


def _empty() -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor; requests need no CSRF token, `csrf_client` is the one whose forms must carry it."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def csrf_client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in an application's context; writes of the test itself go through `write`."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def write(app: Flask) -> Callable[[Callable[[Session], Any]], Any]:
    """Call a function with a session in a transaction of its own, and return what it returns."""

    def run(change: Callable[[Session], Any]) -> Any:
        with app.app_context(), transaction() as session:
            return change(session)

    return run


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, Person | str], None]:
    """Sign a person in through the page."""

    def run(client: FlaskClient, person: Person | str) -> None:
        email = person if isinstance(person, str) else person.email
        response = client.post("/desk/sign-in", data={"email": email, "password": PASSWORD})
        assert response.status_code == 303, response.get_data(as_text=True)

    return run


@pytest.fixture
def count_queries() -> Callable[[], Any]:
    """Return a context manager that yields the list of statements sent to the database meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
