"""What tests share: an application on SQLite and on PostgreSQL, a broker that records, people who sign in."""

import gc
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from argon2 import PasswordHasher, profiles
from flask import Flask, current_app, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request as BaseRequest

from tests import statements
from tests.factories import PASSWORD, make_settings
from tests.servers import Clamd, PostgreSQL, Unavailable
from webapp import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.domain.accounts import passwords, sessions, waiting
from webapp.domain.link_requests import answering
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM, Origin
from webapp.models import Person
from webapp.vocabulary import Job
from webapp.web import edge, kept, shown
from webapp.web.desk.enquiry import presence
from webapp.web.limits import limiter

# Until all tests are collected next to nothing becomes garbage: looking for it was a sixth of that time.
gc.disable()

# Passwords of tests guard nothing. The cost of the product, which `test_people` looks at, was a quarter of the time.
HASHER = passwords._hasher.inner
passwords._hasher.inner = PasswordHasher.from_parameters(profiles.CHEAPEST)

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile("liaison", deadline=None)
hypothesis.settings.load_profile("liaison")
REQUIRE_ALL = os.environ.get("LIAISON_REQUIRE_ALL") == "1"
# What talks to a database by itself is tested on both. Of tests of pages, the first row of each table of cases runs on
# PostgreSQL too, and every row where the mark `both_databases` says that a database sees a difference between them.
# Of these, `--postgresql some` leaves out the tests whose every statement others send there, see `tests.statements`.
ON_BOTH = ("archive", "models", "domain", "seeds", "web", "tasks")
PAGES = ("web",)
# What needs these takes long, so that coverage is not measured in it.
SLOW = {"browser", "postgresql", "migrated_postgresql"}
SAMPLED = pytest.StashKey[bool]()
# To measure coverage doubles the time of a test. These take long, and together reach less than one line in a hundred
# that no other test of the sample does: each test's own lines were compared (`--cov-context=test`).
SEEN_ELSEWHERE = (
    *("tests/tasks/", "tests/models/test_migrations.py", "tests/models/test_links_migration.py"),
    *("tests/test_architecture.py", "tests/test_shape.py", "tests/test_words.py"),
    *("tests/domain/messages/test_outbox.py", "tests/domain/privacy/test_requests.py"),
    *("tests/domain/privacy/test_retention.py", "tests/web/test_access_matrix.py", "tests/web/test_hostile_values.py"),
    *("tests/web/test_links.py", "tests/web/test_live_values.py", "tests/web/test_other_university.py"),
    *("tests/web/test_outage.py", "tests/web/test_spoken.py", "tests/web/test_tracking.py"),
    *("tests/web/desk/enquiry/test_routes.py", "tests/web/desk/queue/test_queue.py"),
    "tests/web/desk/queue/test_search.py",
)
# So many different statements are sent by all tests, and more; by default 500 are remembered.
STATEMENTS = 10_000
HERE = Origin("127.0.0.1", "test")
STARTING_PROCESSES = ("tests/standalone/", "tests/test_cli.py", "tests/test_backup_commands.py", "tests/test_loaded.py")


class RecordingBroker:
    """Keeps what would have been sent to the worker."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Job, int]] = []

    def enqueue(self, jobs: Iterable[tuple[Job, int]]) -> None:
        self.jobs.extend(jobs)


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, in memory and in files: no other application or worker compiles it again."""

    def __init__(self) -> None:
        self.kept: dict[str, CodeType] = {}
        self.folder: Path | None = None

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Return what is known of a template; texts of its language are part of it, of the catalogues that are read."""
        catalogues = current_app.config["BABEL_TRANSLATION_DIRECTORIES"] if has_app_context() else ""
        language = getattr(environment, "language", None)
        bucket = Bucket(environment, f"{filename or name}\n{language}\n{catalogues}", self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def _file(self, bucket: Bucket) -> Path | None:
        named = sha256(f"{bucket.key}\n{bucket.checksum}".encode()).hexdigest()
        return self.folder / named if self.folder else None

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get(f"{bucket.key}\n{bucket.checksum}")
        file = None if bucket.code else self._file(bucket)
        if file and file.exists():
            bucket.bytecode_from_string(file.read_bytes())
            self.kept[f"{bucket.key}\n{bucket.checksum}"] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[f"{bucket.key}\n{bucket.checksum}"] = bucket.code
        if file := self._file(bucket):
            part = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            part.write_bytes(bucket.bytecode_to_string())
            part.rename(file)


COMPILED = CompiledTemplates()


class Client(FlaskClient):
    """Closes what it sent: a large body is a file, which the application has no part in."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with ExitStack() as self._sent:
            return super().open(*args, **kwargs)

    def _request_from_builder_args(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseRequest:
        request = super()._request_from_builder_args(args, kwargs)
        if "input_stream" not in kwargs:  # a test that gives its own looks at it afterwards
            self._sent.callback(request.environ["wsgi.input"].close)
        return request


def unavailable(reason: str) -> None:
    """Skip, saying why; fail instead where everything must run."""
    if REQUIRE_ALL:
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="while working: a sample, on SQLite, without journeys")
    parser.addoption(
        "--postgresql",
        choices=["all", "some", "none"],
        default="some",
        help="which tests run on PostgreSQL too: all, those that send statements that no other one does, or none",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests wait for servers, browsers and processes, too."""
    return max(len(os.sched_getaffinity(0)) * 3 // 2, 1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests with a database are written for both, but for walks over tables that only the code decides on."""
    if "database_url" in metafunc.fixturenames:
        given = metafunc.config.option
        one = given.quick or given.postgresql == "none" or metafunc.definition.get_closest_marker("one_database")
        names = ["sqlite", "postgresql"] if _room(metafunc.definition) in ON_BOTH and not one else ["sqlite"]
        metafunc.parametrize("database_url", names, indirect=True)


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def _worth_running(items: list[pytest.Item], left_out: Collection[str]) -> Iterator[pytest.Item]:
    """Leave out tests on PostgreSQL, and rows of tables about pages that differ in nothing which it sees."""
    seen = set(left_out)
    for item in items:
        database = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
        function = item.nodeid.partition("[")[0]
        if database != "postgresql" or item.get_closest_marker("both_databases"):
            yield item
        elif function not in seen and statements.row(item.nodeid) not in seen:
            if _room(item) in PAGES:
                seen.add(function)
            yield item


def _starts_processes(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("journey")) or item.nodeid.startswith(STARTING_PROCESSES)


def _sample(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Return the first row of each table, and nothing that starts processes."""
    seen: set[str] = set()
    for item in items:
        function = item.nodeid.partition("[")[0]
        needed = set(getattr(item, "fixturenames", ()))
        on_postgresql = hasattr(item, "callspec") and item.callspec.params.get("database_url") == "postgresql"
        if not on_postgresql and function not in seen:
            seen.add(function)
            if not _starts_processes(item) and not SLOW & needed:
                yield item


def _is_long(item: pytest.Item) -> bool:
    """Return whether a test walks over a whole table, or runs migrations."""
    return _room(item) == "models" or bool(item.get_closest_marker("one_database"))


def _quick(sample: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Return what is run while working: nothing long, of pages the tests of every sixth function, else of every second.

    The names decide, so that they are the same each time.
    """
    for item in sample:
        function = item.nodeid.partition("[")[0]
        if not _is_long(item) and crc32(function.encode()) % (6 if _room(item) in PAGES else 2) == 0:
            yield item


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what learns nothing, or all but a sample; begin with the longest, so that workers end together."""
    items[:] = _worth_running(items, statements.read() if config.option.postgresql == "some" else ())
    sample = list(_sample(items))
    if config.getoption("quick"):
        kept = set(_quick(sample))
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]
    for item in sample:
        item.stash[SAMPLED] = not item.nodeid.startswith(SEEN_ELSEWHERE)
    items.sort(key=lambda item: not _starts_processes(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Measure coverage, where it is asked for, in most of the sample: in all tests the lines are nearly the same."""
    measuring = item.config.pluginmanager.getplugin("_cov")
    coverage = measuring.cov_controller.cov if measuring and measuring.cov_controller else None
    if coverage is None or item.stash.get(SAMPLED, False):
        return (yield)
    coverage.stop()
    try:
        return (yield)
    finally:
        coverage.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Prepare a share of the test modules, where this is one of several workers: no two of them rewrite the same one.

    In a fresh clone every worker would do so with all of them, which took longer than to collect them. It comes last:
    what is imported before coverage is measured counts as never run.
    """
    given = getattr(session.config, "workerinput", None)
    if given and not session.config.option.file_or_dir:
        number, of = int(given["workerid"].removeprefix("gw")), int(given["workercount"])
        for path in sorted(Path(__file__).parent.rglob("test_*.py"))[number::of]:
            import_module(".".join(path.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What was loaded stays: looking through all of it for garbage again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 20)
    gc.enable()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A real server for this test process; LIAISON_TEST_DATABASE_URL takes precedence."""
    try:
        server = PostgreSQL.start(tmp_path_factory.mktemp("pg"))
    except Unavailable as error:
        unavailable(f"no PostgreSQL: {error}")
    yield server
    server.stop()


@pytest.fixture
def scanner() -> Iterator[Clamd]:
    """A real virus scanner for this test."""
    try:
        running = Clamd.start()
    except Unavailable as error:
        unavailable(f"no virus scanner: {error}")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy for each test; the first worker that needs it makes it for all."""
    base = tmp_path_factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "template.db"
    with path.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not path.exists():
            made = path.with_suffix(".new")
            migrate(f"sqlite:///{made}")
            with closing(sqlite3.connect(made)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.rename(path)
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


@pytest.fixture(scope="session")
def sqlite_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where this process puts each test's database: in memory where there is such a place, as nothing is to be kept."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path_factory.mktemp("database") / "liaison.db"
        return
    with TemporaryDirectory(prefix="ld-", dir=memory) as folder:
        yield Path(folder) / "liaison.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of this version, for this test alone."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path = request.getfixturevalue("sqlite_path")
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    return str(request.getfixturevalue("migrated_postgresql"))


@pytest.fixture
def put_back(app: Flask, sqlite_path: Path) -> Iterator[Callable[[], None]]:
    """Bring the SQLite database back to what it held at the first call: one world for a walk over many cases."""
    kept = sqlite_path.with_suffix(".kept")

    def run() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if not kept.exists():
            with closing(sqlite3.connect(sqlite_path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(sqlite_path, kept)
            return
        for ending in ("-wal", "-shm"):
            Path(f"{sqlite_path}{ending}").unlink(missing_ok=True)
        shutil.copy(kept, sqlite_path)

    yield run
    kept.unlink(missing_ok=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, data_dir=tmp_path)


@pytest.fixture
def broker() -> RecordingBroker:
    return RecordingBroker()


@pytest.fixture(scope="session")
def lent_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Settings, RecordingBroker], Flask]:
    """Lend an application for these settings as new; templates, routes and statements are compiled once a process."""
    made: dict[Settings, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}
    engines: dict[str, dict[str | None, Engine]] = {}
    base = tmp_path_factory.getbasetemp()
    COMPILED.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"
    COMPILED.folder.mkdir(exist_ok=True)

    def lend(settings: Settings, broker: RecordingBroker) -> Flask:
        kind = settings.model_copy(update={"data_dir": Path()})
        if kind not in made:
            app = create_app(settings, broker=broker)
            app.test_client_class = Client
            app.jinja_env.bytecode_cache = COMPILED
            with app.app_context():  # one engine for all: it knows what statements are compiled to
                db.engine._compiled_cache.capacity = STATEMENTS
                db._app_engines[app] = engines.setdefault(settings.database_url, dict(db.engines))
            made[kind] = app, dict(app.config), dict(app.extensions)
        app, config, extensions = made[kind]
        app.config.clear()
        app.config.update(config)
        app.extensions.clear()
        app.extensions.update(extensions, settings=settings, broker=broker)
        limiter.enabled = settings.rate_limits == "on"
        app.extensions["shown"].fresh = 0  # what a test writes is seen at once
        presence.init_presence(app, settings)
        return app

    return lend


@pytest.fixture
def app(
    settings: Settings, broker: RecordingBroker, lent_app: Callable[[Settings, RecordingBroker], Flask]
) -> Iterator[Flask]:
    app = lent_app(settings, broker)
    yield app
    with app.app_context():
        db.session.remove()
        if settings.database_url.startswith("postgresql"):
            _empty()  # its connections stay: to make new ones took a third of the time of such a test
        else:
            db.engine.dispose()


def _empty() -> None:
    """Empty every table and count from one again; waits for open transactions, as the slower TRUNCATE does."""
    tables = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    with db.engine.begin() as connection:
        # The audit log's triggers refuse what no one but a test may do.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        connection.exec_driver_sql("; ".join(f"DELETE FROM {table}" for table in reversed(tables)))
        # Every installation has a version of what its pages show: this one is empty, and no other test's.
        connection.exec_driver_sql("INSERT INTO public_version (id, word) VALUES (1, md5(random()::text))")
        connection.exec_driver_sql(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )


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


@pytest.fixture(scope="session")
def built_before() -> dict[object, tuple[Path, Any]]:
    """What `build` made in this process: databases on SQLite, and what was returned with them."""
    return {}


@pytest.fixture
def build(
    app: Flask,
    write: Callable[[Callable[[Session], Any]], Any],
    settings: Settings,
    sqlite_path: Path,
    built_before: dict[object, tuple[Path, Any]],
) -> Callable[..., Any]:
    """Fill the empty database as `write` does; what was built once by the same function is copied on SQLite.

    For worlds that many tests begin with. The function knows the settings and what it is given alone, and returns no
    rows. Where something was written before, it is called as ever.
    """

    def run(make: Callable[..., Any], *given: Hashable) -> Any:
        log = Path(f"{sqlite_path}-wal")
        if not settings.database_url.startswith("sqlite") or (log.exists() and log.stat().st_size):
            return write(lambda session: make(session, *given))
        key = make.__code__, given, settings.model_copy(update={"data_dir": Path()})
        if key in built_before:
            kept, found = built_before[key]
            for ending in ("-wal", "-shm"):
                Path(f"{sqlite_path}{ending}").unlink(missing_ok=True)
            shutil.copy(kept, sqlite_path)
            return deepcopy(found)
        found = write(lambda session: make(session, *given))
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(sqlite_path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = sqlite_path.with_name(f"built-{len(built_before)}.db")
        shutil.copy(sqlite_path, kept)
        built_before[key] = kept, deepcopy(found)
        return found

    return run


@pytest.fixture
def look(write: Callable[[Callable[[Session], Any]], Any], settings: Settings) -> Callable[..., None]:
    """Do what the worker does about links that were asked for."""

    def run(now: datetime | None = None) -> None:
        now = now or datetime.now(UTC)
        for number in write(lambda s: answering.due(s, now=now)):
            write(lambda s, number=number: answering.answer(s, number, by=Acting(SYSTEM, now, settings)))

    return run


@pytest.fixture
def sign_in_by_page() -> Callable[[FlaskClient, Person | str], None]:
    """Sign a person in through the page: for what looks at signing in, and at sign-ins."""

    def run(client: FlaskClient, person: Person | str) -> None:
        email = person if isinstance(person, str) else person.email
        response = client.post("/desk/sign-in", data={"email": email, "password": PASSWORD})
        assert response.status_code == 303, response.get_data(as_text=True)

    return run


@pytest.fixture
def sign_in(
    sign_in_by_page: Callable[[FlaskClient, Person | str], None],
) -> Callable[[FlaskClient, Person | str], None]:
    """Sign a person in: as the page does where it would do more than to open a sign-in, in a third of its time."""

    def run(client: FlaskClient, person: Person | str) -> None:
        email, app = person if isinstance(person, str) else person.email, client.application
        known = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        with app.app_context():
            found = db.session.scalar(select(Person).where(Person.email == email))
            if known is None and found is not None and not waiting.is_asked_of(db.session(), found):
                with transaction() as session:
                    me = session.get_one(Person, found.id)
                    token = sessions.open_session(session, me, now=edge.now(), origin=HERE)
                with client.session_transaction() as cookie:
                    cookie.update(desk=token, csrf_token=kept.token_for(found.id))
                return
        sign_in_by_page(client, person)

    return run


@pytest.fixture
def count_queries(request: pytest.FixtureRequest) -> Callable[[], Any]:
    """Return a context manager that yields the list of statements sent to the database meanwhile.

    What each process keeps in its memory for a version is there already.
    """

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        if "app" in request.fixturenames:
            app = request.getfixturevalue("app")
            with app.test_request_context(method="POST"):
                shown.settings(app.extensions["settings"])
                shown.directory()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
