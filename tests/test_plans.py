"""What the desk asks of a large database: with 100,000 enquiries no page reads all of them, nor sorts them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product
from typing import Any

import psycopg
import psycopg.sql
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from benchmarks import bulk
from tests.conftest import RecordingBroker, migrate
from tests.factories import acting, make_settings
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.db import db, transaction
from webapp.domain.errors import NotFound
from webapp.domain.links import opening
from webapp.domain.messages import outbox
from webapp.domain.papers import orders as papers_orders
from webapp.domain.privacy import retention
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import queue as triage_queue
from webapp.domain.triage.queue import Filters
from webapp.domain.visits import calendar as visit_calendar
from webapp.domain.visits import receiving, roster_drafts, tasks
from webapp.models import Link, Person
from webapp.vocabulary import ActorKind, LinkKind, Role, Status
from webapp.web.desk.queue import filters as queue_filters
from webapp.web.desk.queue import queue as desk_queue
from webapp.web.desk.queue.filters import Known

ROWS = 100_000
# Fewer than are open. Of a rare tag or a rare word everything may be read.
READ_AT_MOST, OF_A_RARE_ONE = 1_500, 5_000
# Gifts and trips are few, passports are kept for a week. Organisations are few beside enquiries: their list, and what
# it is searched for, are read from the whole table.
GROWING = {
    *("enquiries", "enquiry_tags", "enquiry_terms", "events", "messages", "message_lines", "links", "attachments"),
    *("organisation_keys", "contacts", "relations", "mentions"),
    *(
        "visits",
        "visit_options",
        "visit_slots",
        "slot_hosts",
        "holds",
        "delegates",
        "visit_tasks",
        "promises",
    ),
    *("visit_reports", "surveys", "paper_orders", "visit_papers", "invitation_letters"),
}
# Of a month in which nearly five hundred visits are received, the list reads these and their tasks.
OF_A_MONTH = 3_000
# A feed looks at the visits of nine months.
OF_A_FEED = 6_000
VIEWS = (
    *("open", "mine", "unassigned", "new", "week", "overdue", "wrote", "partner", "approval", "faculty", "accepted"),
    *("scheduled", "closed", "suspect", "spam", "found"),
)
PAGES = (
    *("/desk/my-day", "/desk/board", "/desk/activity", "/desk/activity?who=2", "/desk/organisations"),
    *("/desk/organisations?q=university+7", "/desk/organisations?q=zzzz", "/desk/organisations/7", "/desk/messages/"),
    *("/desk/messages/all", f"/desk/messages/all?to={bulk.READER}", "/desk/messages/all?state=sent"),
    *(f"/desk/messages/all?state={state}&to=partner7@example.org" for state in ("queued", "failed")),
    *("/desk/?q=quasar", "/desk/?q=quasar+energy", "/desk/?q=量子計算", "/desk/?q=量", "/desk/?q=sustainability"),
    *("/desk/?q=zzzz", "/desk/?q=zzzz&view=closed", "/desk/calendar", "/desk/networks", "/desk/leave"),
)
LISTS_OF_VISITS = (
    *(
        "/desk/visits",
        "/desk/visits?view=past",
        "/desk/visits?view=week",
        "/desk/calendar",
        "/desk/runbook",
        "/desk/trips",
    ),
    "/desk/visits/calendars",
)
LISTS_OF_VISITS_OF_LIAISONS = ("/desk/visits", "/desk/visits?view=week", "/desk/visits?view=agenda")
OF_LIAISONS = (
    *("/desk/", "/desk/?view=closed", "/desk/?view=spam", "/desk/my-day", "/desk/board", "/desk/activity"),
    *("/desk/networks", "/desk/messages/", "/desk/messages/all", "/desk/messages/all?state=sent"),
)
# How many statements a page of a visit has at most.
AT_MOST_STATEMENTS = {"": 30, "/after": 15}
OF_A_VISIT = ("", "/programme", "/roster", "/tasks", "/after", "/level", "/arrivals", "/letters")
_SELECT = re.compile(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
_VALUE = re.compile(r'<option value="([^"]+)"')
_EXPLAIN = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
_NAMED = re.compile(r"%\((\w+)\)s")
_GROWS = re.compile(rf"\b(?:FROM|JOIN) (?:{'|'.join(sorted(GROWING))})\b")


class Watched:
    """A desk with many enquiries, and what each of its pages asked the database that no page did before."""

    def __init__(self, app: Flask, reader: str = bulk.READER) -> None:
        self.app = app
        app.config["WTF_CSRF_ENABLED"] = False
        self.client: FlaskClient = app.test_client()
        self.asked: dict[str, Any] = {}
        self.faults: list[str] = []
        self.known: dict[str, Known] = {}  # what a query may name hangs on its tag alone
        self.plans = 0
        self.most = READ_AT_MOST
        self.setting = "SELECT 1"
        self.client.post("/desk/sign-in", data={"email": reader, "password": bulk.PASSWORD})
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip("(").startswith(("SELECT", "WITH")):
            self.asked[f"{statement} {parameters}"] = (statement, parameters)

    def open(self, address: str) -> str:
        """Open a page, and look at how everything that it asked was found out."""
        self.asked.clear()
        response = self.client.get(address)
        assert response.status_code == 200, address
        with self.app.app_context():
            self._look(address, kept=True)
        return response.get_data(as_text=True)

    def statements(self, address: str) -> int:
        """Return how many statements a page has that was opened before."""
        self.asked.clear()
        assert self.client.get(address).status_code == 200, address
        return len(self.asked)

    def list(self, query: dict[str, str]) -> None:
        """Ask for the rows of two pages of the queue, without the page around them."""
        with self.app.test_request_context():
            session, actor = db.session(), Actor(ActorKind.STAFF, "Person 1", 1, Role.COORDINATOR)
            tag = query.get("tag", "")
            known = self.known[tag] = self.known.get(tag) or desk_queue.known(session, actor, query)
            filters = queue_filters.filters(queue_filters.read(query, known), known, actor)
            assert not filters.nothing, query
            self.asked.clear()
            page = triage_queue.queue(session, filters, actor=actor)
            if page.next is not None:
                triage_queue.queue(session, filters, actor=actor, after=page.next)
            self._look(str(query))

    def ask(self, question: Callable[[Session], Any]) -> None:
        """Ask what a part of the domain asks."""
        with self.app.app_context():
            self.asked.clear()
            question(db.session())
            self._look("asked")

    def _look(self, where: str, *, kept: bool = False) -> None:
        """Look at the plans of all that was asked; with `kept` at those that a connection keeps after some times."""
        asked = [each for each in self.asked.values() if _GROWS.search(each[0])]
        with db.engine.connect() as connection:
            connection.exec_driver_sql(self.setting)
            for statement, parameters in asked:
                [plan] = (kept_plan if kept else plan_of)(connection, statement, parameters)
                rare = "enquiry_tags" in statement or "enquiry_terms" in statement
                most = OF_A_RARE_ONE if rare else self.most
                self.plans += 1
                self.faults += [f"{where}: {fault}\n{statement[-300:]}" for fault in faults(plan["Plan"], most)]

    def good(self) -> None:
        """Fail where something was found since the last time, or nothing was looked at."""
        found, looked, self.faults, self.plans = self.faults, self.plans, [], 0
        assert looked
        assert not found, "\n".join(found)


def plan_of(connection: sa.Connection, statement: str, parameters: Any) -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = connection.exec_driver_sql(f"{_EXPLAIN} {statement}", parameters).scalar_one()
    return plans


def kept_plan(connection: sa.Connection, statement: str, parameters: Any) -> list[dict[str, Any]]:
    """Return the plan of a statement that was asked before: PostgreSQL makes five, then may keep one for all values."""
    names: dict[str, int] = {}
    numbered = _NAMED.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", statement)
    values = [psycopg.sql.Literal(parameters[name]).as_string() for name in names]
    execute = f"EXECUTE asked ({', '.join(values)})".replace("()", "").replace("%", "%%")
    connection.exec_driver_sql(f"PREPARE asked AS {numbered}")
    for _ in range(5):
        connection.exec_driver_sql(f"EXPLAIN {execute}")
    plans: list[dict[str, Any]] = connection.exec_driver_sql(f"{_EXPLAIN} {execute}").scalar_one()
    connection.exec_driver_sql("DEALLOCATE asked")
    return plans


def faults(node: dict[str, Any], most: int) -> Iterator[str]:
    """Yield what a plan does that grows with the tables."""
    table, loops = node.get("Relation Name"), node["Actual Loops"]
    if table in GROWING and loops:
        read = loops * (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        if node["Node Type"] == "Seq Scan":
            yield f"reads all of {table}"
        elif read > most:
            yield f"reads {read} rows of {table}"
    for part in node.get("Plans", ()):
        yield from faults(part, most)


def rows(node: dict[str, Any]) -> float:
    """Return how many rows a plan reads of all tables that grow."""
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if node.get("Relation Name") in GROWING else 0
    return float(node["Actual Loops"] * own + sum(map(rows, node.get("Plans", ()))))


@pytest.fixture(scope="session")
def large(postgresql: PostgreSQL) -> Iterator[Watched]:
    url = postgresql.new_database()
    migrate(url)
    settings = make_settings(url)
    app = create_app(settings, broker=RecordingBroker())
    with app.app_context():
        with transaction() as session:
            bulk.fill(session, ROWS, now=datetime.now(UTC), settings=settings)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
    yield Watched(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def liaisons(large: Watched) -> Watched:
    """The same desk as someone sees it who answers for two networks."""
    return Watched(large.app, "colleague-5@example.org")


@pytest.fixture(scope="session")
def newcomer(large: Watched) -> Watched:
    """The same desk as a liaison sees it who answers for no network yet, and has been given nothing."""
    address = "newcomer@example.org"
    with large.app.app_context(), transaction() as session:
        known = session.scalars(sa.select(Person).where(Person.email == bulk.READER)).one()
        session.add(
            Person(
                name="Newcomer",
                email=address,
                role=Role.LIAISON,
                password_hash=known.password_hash,
                created_at=known.created_at,
            )
        )
    return Watched(large.app, address)


def offered(page: str) -> dict[str, list[str]]:
    """Return what a page of the queue offers to filter and sort by, the first two of each."""
    return {name: [unescape(value) for value in _VALUE.findall(options)] for name, options in _SELECT.findall(page)}


def deep(desk: Watched, view: str) -> str:
    """Return the address of a page in the middle of a view."""
    query = "SELECT replace(CAST(submitted_at AS text), ' ', 'T') || '\\:00,' || id FROM enquiries WHERE id = :id"
    with desk.app.app_context():
        place = db.session.scalar(sa.text(query), {"id": ROWS // 2})
    return f"/desk/?view={view}&sort=newest&after={place}".replace("+", "%2B")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_reads_few_enquiries_whatever_it_is_filtered_and_sorted_by(large: Watched, view: str) -> None:
    found = offered(large.open(f"/desk/?view={view}"))
    if not found:
        # Where there is nothing, nothing is offered: the address may ask for it all the same.
        others = offered(large.open("/desk/"))
        found = {name: others[name] for name in ("network", "kind", "assignee", "priority", "tag")}
    assert {"network", "kind", "priority"} <= set(found)
    for name, sort in product(("status", "network", "kind", "assignee", "priority", "tag"), found.get("sort", [""])):
        for value in found.get(name, [])[:3]:
            large.list({"view": view, name: value, "sort": sort})
    if view in ("closed", "found"):
        large.open(deep(large, view))
    large.good()


def test_plans_of_what_every_page_of_the_desk_asks_are_kept(large: Watched) -> None:
    """PostgreSQL plans five times; where it then plans still, that takes longer than to read the rows."""
    with large.app.app_context():
        db.engine.dispose()
    for address in (*["/desk/?view=closed"] * 12, *["/desk/board"] * 12):
        assert large.client.get(address).status_code == 200
    with large.app.app_context(), db.engine.connect() as connection:
        query = "SELECT left(statement, 60) FROM pg_prepared_statements WHERE custom_plans > 5 OR generic_plans = 0"
        assert connection.exec_driver_sql(f"{query} AND statement LIKE 'SELECT%%'").all() == []
        [number] = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").one()
    assert number > 10


def test_counts_of_who_does_not_see_all_are_not_looked_for_among_all_enquiries(large: Watched) -> None:
    with large.app.app_context():
        actor = Actor(ActorKind.STAFF, "Person 5", 5, Role.LIAISON)
        views = {status.value: Filters(statuses=(status,)) for status in Status}
        large.asked.clear()
        counts = triage_queue.counts(db.session(), views, actor=actor)
        [(statement, parameters)] = large.asked.values()
        with db.engine.connect() as connection:
            [plan] = plan_of(connection, statement, parameters)
    assert counts[Status.SUSPECT] == 0 < counts[Status.ACCEPTED]
    assert rows(plan["Plan"]) < ROWS / 5


def test_lists_of_a_liaison_read_few_rows_however_little_they_see(liaisons: Watched, newcomer: Watched) -> None:
    """Where PostgreSQL does not know how much someone sees, it looks for that among all there is."""
    for address in OF_LIAISONS:
        newcomer.open(address)
    newcomer.good()
    liaisons.open("/desk/board")
    liaisons.good()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HOST])
def test_counts_by_network_read_what_was_given_to_a_reader_once(large: Watched, role: Role) -> None:
    actor = Actor(ActorKind.STAFF, "Person 5", 5, role)
    views = {str(number): Filters(network_id=number) for number in range(1, 16)}
    large.ask(lambda session: triage_queue.counts(session, views, actor=actor))
    large.good()


def test_what_who_left_has_open_is_counted_without_all_that_they_were_ever_given(large: Watched) -> None:
    with large.app.app_context(), db.engine.connect() as connection:
        large.asked.clear()
        actor = Actor(ActorKind.STAFF, "Person 5", 5, Role.HOST)
        assert triage_queue.counts(db.session(), {"no one's": Filters(assignee=0)}, actor=actor)["no one's"] > 0
        [(statement, parameters)] = large.asked.values()
        plan = str(plan_of(connection, statement, parameters))
    assert "ix_enquiries_open_" in plan
    assert "ix_enquiries_assignee_id_submitted_at_id" not in plan


@pytest.mark.parametrize("address", PAGES)
def test_a_page_reads_few_rows(large: Watched, address: str) -> None:
    large.open(address)
    large.good()


def test_undelivered_messages_are_not_looked_for_among_all_that_was_sent(
    large: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among a million it seemed cheaper to PostgreSQL to look through the newest than to sort those that failed."""
    monkeypatch.setattr(large, "setting", "SET LOCAL enable_sort = off")
    actor = Actor(ActorKind.STAFF, "Person 1", 1, Role.COORDINATOR)
    large.ask(lambda session: outbox.troubled(session, actor=actor, limit=5))
    large.good()


def test_list_of_organisations_reads_a_page_of_them(large: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_plans.GROWING", {"organisations"})
    monkeypatch.setattr("tests.test_plans._GROWS", re.compile(r"\bFROM organisations\b"))
    page = large.open("/desk/organisations")
    countries = offered(page)["country"]
    for address in (f"/desk/organisations?country={countries[-1]}", "/desk/organisations?after=1000"):
        assert "after=" in large.open(address)
    large.good()


@pytest.mark.parametrize("status", ["received", "completed"])
def test_the_page_of_an_enquiry_reads_few_rows(large: Watched, status: str) -> None:
    with large.app.app_context():
        query = "SELECT reference FROM enquiries WHERE status = :status ORDER BY id DESC LIMIT 1"
        reference = db.session.scalar(sa.text(query), {"status": status})
    large.open(f"/desk/enquiries/{reference}")
    large.good()


@pytest.mark.parametrize("kind", [LinkKind.DECISION, LinkKind.TRACKING])
def test_a_link_is_opened_by_reading_it_alone(large: Watched, kind: LinkKind) -> None:
    large.ask(lambda session: by_token(session, kind))
    large.good()


def test_links_of_an_enquiry_are_found_by_it(large: Watched) -> None:
    large.ask(lambda session: session.execute(sa.select(Link.id).where(Link.tracks(7))).all())
    of_some = sa.select(Link.id).where(Link.enquiry_id.in_([1, 2]), Link.kind == LinkKind.DECISION)
    large.ask(lambda session: session.execute(of_some).all())
    large.good()


def by_token(session: Session, kind: LinkKind) -> None:
    """Ask for a link of each kind as a page does; the secrets of what was filled in are no one's."""
    with pytest.raises(NotFound):
        opening.opened(session, "no one's", kind, *opening.ANSWERING, now=datetime.now(UTC))


@pytest.mark.parametrize("address", LISTS_OF_VISITS)
def test_lists_of_visits_read_what_they_show(large: Watched, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(large, "most", OF_A_MONTH)
    large.open(address)
    large.good()


@pytest.mark.parametrize("address", ["/desk/my-day", *LISTS_OF_VISITS_OF_LIAISONS])
def test_visits_of_who_does_not_see_all_are_not_looked_for_among_all_enquiries(
    liaisons: Watched, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(liaisons, "most", OF_A_MONTH)
    liaisons.open(address)
    liaisons.good()


def test_visits_that_a_host_receives_are_not_looked_for_among_all_enquiries(
    large: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "most", OF_A_MONTH)
    actor, today = Actor(ActorKind.STAFF, "Person 11", 11, Role.HOST), datetime.now(UTC).date()
    large.ask(lambda session: visit_calendar.following(session, today, actor=actor))
    large.ask(lambda session: visit_calendar.between(session, today, today + timedelta(30), actor=actor))
    large.ask(lambda session: tasks.due_for(session, actor=actor, today=today, limit=5))
    large.good()


def test_how_far_many_visits_are_prepared_is_read_from_their_own_tasks(
    large: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where leaps on the disk cost a little more, PostgreSQL would rather read the tasks of all visits."""
    monkeypatch.setattr(large, "most", OF_A_MONTH)
    monkeypatch.setattr(large, "setting", "SET LOCAL random_page_cost = 8")
    actor = Actor(ActorKind.STAFF, "Person 1", 1, Role.COORDINATOR)
    with large.app.app_context():
        query = "SELECT enquiry_id FROM visits WHERE state = 'confirmed' ORDER BY last_day DESC LIMIT 700"
        numbers = db.session.scalars(sa.text(query)).all()
    large.ask(lambda session: tasks.readiness(session, numbers, actor=actor))
    large.good()


def test_each_batch_of_emails_whose_time_is_over_reads_few_rows(large: Watched) -> None:
    by = acting(settings=large.app.extensions["settings"], now=datetime.now(UTC) + timedelta(days=20 * 365))
    query = next(rule for rule in retention.RULES if rule.name == "emails").due(by)
    some = query.where(query.selected_columns[0] > 10).limit(retention.AT_ONCE)
    large.ask(lambda session: session.execute(some).all())
    large.good()


def test_pages_of_a_visit_read_few_rows_and_as_many_statements_for_500_delegates_as_for_4(large: Watched) -> None:
    query = (
        "SELECT e.reference FROM visits v JOIN enquiries e ON e.id = v.enquiry_id WHERE v.id IN (1, 402) ORDER BY v.id"
    )
    with large.app.app_context():
        big, usual = db.session.scalars(sa.text(query)).all()
    for page in OF_A_VISIT:
        asked = []
        for reference in (usual, big):
            large.open(f"/desk/visits/{reference}{page}")
            asked.append(large.statements(f"/desk/visits/{reference}{page}"))
        # Where a visit has none of something, what belongs to that is not asked for.
        assert asked[1] <= asked[0] + 1, (page, asked)
        assert asked[1] <= AT_MOST_STATEMENTS.get(page, 12), (page, asked)
    large.good()


def test_jobs_and_feeds_of_visits_read_what_is_due(large: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    settings = make_settings(str(large.app.config["SQLALCHEMY_DATABASE_URI"]))
    large.ask(lambda session: receiving.remind(session, now=now, settings=settings))
    large.ask(roster_drafts.due)
    large.ask(lambda session: papers_orders.claim(session, now=now))
    monkeypatch.setattr(large, "most", OF_A_FEED)
    for of in ({"person_id": 3, "network_id": None}, {"person_id": None, "network_id": 2}):
        large.ask(lambda session, of=of: visit_calendar.feed(session, now=now, **of))
    large.good()


def test_reading_all_of_a_table_would_be_found(large: Watched) -> None:
    with large.app.app_context(), db.engine.connect() as connection:
        query = "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM enquiries WHERE subject = 'x' ORDER BY subject"
        [plan] = connection.exec_driver_sql(query).scalar_one()
    assert "reads all of enquiries" in list(faults(plan["Plan"], READ_AT_MOST))
