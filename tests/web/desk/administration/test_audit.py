"""The page of the audit log: who did what, from where; by kind, person and day, in pages."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_person, staff_actor
from webapp.domain.history import audit
from webapp.domain.security.permissions import COMMAND_LINE, Actor, Origin
from webapp.vocabulary import ActorKind, AuditKind, Language, Role

Write = Callable[[Callable[[Session], Any]], Any]
HERE = Origin("192.0.2.9", "request-of-mine")
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> int:
    person = write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan"))
    sign_in(client, person)
    return int(person.id)


def rows(page: str) -> list[str]:
    return re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)


def note(write: Write, kind: AuditKind, by: Actor, *, now: datetime = AT, **more: Any) -> None:
    write(lambda session: audit.note(session, kind, replace(by, origin=HERE), now=now, **more))


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_line_is_told_in_every_language(
    client: FlaskClient, administrator: int, write: Write, language: Language
) -> None:
    for kind in AuditKind:
        note(write, kind, staff_actor(person_id=3), subject="LD-7K3Q-9XWT", number=2, through=4)
    told = rows(client.get(f"/desk/audit?day=2026-03-02&language={language}").text)
    latest_first = list(reversed(AuditKind))
    said = ("Lee Siu Ming", "192.0.2.9", "request-of-mine")
    assert [
        (kind, words) for kind, line in zip(latest_first, told, strict=True) for words in said if words not in line
    ] == []


@pytest.mark.parametrize("kind", ActorKind)
def test_every_kind_of_person_is_told(client: FlaskClient, administrator: int, write: Write, kind: ActorKind) -> None:
    note(write, AuditKind.FILE_DOWNLOADED, Actor(kind, "Erika Mustermann"), subject="LD-7K3Q-9XWT")
    (line,) = rows(client.get("/desk/audit?day=2026-03-02").text)
    by_link = (ActorKind.PARTNER, ActorKind.APPROVER, ActorKind.FACULTY, ActorKind.HOST)
    assert ("Erika" in line) == (kind not in by_link)
    assert 'href="/desk/enquiries/LD-7K3Q-9XWT"' in line


def test_changes_of_records_are_told_in_words(client: FlaskClient, administrator: int, write: Write) -> None:
    write(lambda session: make_organisation(session, "Example <i>College</i>"))
    (line,) = rows(client.get("/desk/audit?kind=record_changed").text)
    assert "Example &lt;i&gt;College&lt;/i&gt;" in line
    assert "<strong>Lee Siu Ming</strong> created the record" in line


def test_commands_name_the_servers_user(client: FlaskClient, administrator: int, write: Write) -> None:
    by = replace(COMMAND_LINE, origin=Origin(system_user="root"))
    write(lambda session: audit.note(session, AuditKind.COMMAND_RUN, by, now=AT, subject="users add"))
    (line,) = rows(client.get("/desk/audit?kind=command_run").text)
    assert "Command line (root)" in line
    assert "users add" in line


def test_filters_by_kind_person_and_day_of_the_institution(
    client: FlaskClient, administrator: int, write: Write
) -> None:
    for hours in (-24, 0, 24):  # 15:00 UTC is 23:00 there, so that the day's bounds are those of its zone
        note(write, AuditKind.SIGNED_OUT, staff_actor(person_id=administrator), now=AT + timedelta(hours=hours))
    note(write, AuditKind.SIGNED_IN, staff_actor(person_id=administrator), now=AT + timedelta(hours=2))
    assert len(rows(client.get("/desk/audit").text)) == 5
    assert len(rows(client.get("/desk/audit?kind=signed_out").text)) == 3
    assert len(rows(client.get("/desk/audit?kind=signed_out&day=2026-03-02").text)) == 1
    assert len(rows(client.get("/desk/audit?day=2026-03-03").text)) == 2
    assert len(rows(client.get(f"/desk/audit?person={administrator}").text)) == 5
    assert "Nothing fits" in client.get("/desk/audit?day=2025-03-03").text


@pytest.mark.parametrize("query", ["kind=none", "person=99", "person=x", "day=31.12.", "day=0001-01-01"])
def test_filters_that_cannot_be_applied_are_named(client: FlaskClient, administrator: int, query: str) -> None:
    page = client.get(f"/desk/audit?{query}")
    assert page.status_code == 200
    assert "is not known." in page.text
    assert rows(page.text) == []


def test_pages_neither_skip_nor_repeat(client: FlaskClient, administrator: int, write: Write) -> None:
    def many(session: Session) -> None:
        for number in range(60):
            audit.note(session, AuditKind.COMMAND_RUN, COMMAND_LINE, now=AT, subject=f"command-{number:02}")

    write(many)
    first = client.get("/desk/audit?kind=command_run").text
    following = re.search(r'href="(/desk/audit\?[^"]*after=\d+[^"]*)"', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).text
    told = [re.findall(r"command-\d\d", page) for page in (first, second)]
    assert [len(page) for page in told] == [50, 10]
    assert told[0] + told[1] == [f"command-{number:02}" for number in reversed(range(60))]
    assert client.get("/desk/audit?after=x").status_code == 400


def test_page_takes_a_constant_number_of_statements(
    client: FlaskClient, administrator: int, write: Write, count_queries: Any
) -> None:
    numbers = []
    for more in (1, 12):
        write(lambda session, more=more: [make_organisation(session, f"C {more} {n}") for n in range(more)])
        with count_queries() as statements:
            client.get("/desk/audit")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_do_not_read_it(client: FlaskClient, write: Write, sign_in: Any, role: Role) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role)))
    assert client.get("/desk/audit").status_code == 403


def test_settings_lead_to_it(client: FlaskClient, administrator: int) -> None:
    assert 'href="/desk/audit"' in client.get("/desk/settings").text
