"""What the log holds: one line an event with its time, level and request, and nothing personal."""

import ast
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import text

from tests import sources
from tests.conftest import RecordingBroker, make_settings
from tests.factories import make_person
from webapp import create_app, logs
from webapp.config import Settings, SettingsError, read_settings
from webapp.db import db
from webapp.server import ServerLogger
from webapp.vocabulary import Role

ROOT = Path(__file__).parents[1]
TOKEN = "Zr8mQv2xW9nLk4TbY7cHd1JfPq6sEu3aGoXiNyBt5wE"
ADDRESS = "erika@example.org"
NAME = "Erika Mustermann"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    logs.configure("text")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def crashing(settings: Settings) -> Flask:
    """An application as in production, with a view that breaks on what PostgreSQL and SQLite refuse."""
    app = create_app(settings.model_copy(update={"env": "development", "log": "json"}), broker=RecordingBroker())

    def crash(token: str) -> str:
        query = text("INSERT INTO people (name, email) VALUES (:name, :email)")
        db.session().execute(query, {"name": NAME, "email": token})
        return ""

    crash.public = True  # type: ignore[attr-defined]
    app.add_url_rule("/track/<secret:token>/crash", view_func=crash)
    return app


def test_crash_is_one_line_with_the_route_and_without_what_was_sent(
    crashing: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = crashing.test_client().get(
        f"/track/{TOKEN}/crash?email={ADDRESS}", headers={"X-Request-ID": "proxy-4711.a"}
    )
    said = capsys.readouterr().err
    [line] = [json.loads(each) for each in said.splitlines()]
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == line["request_id"] == "proxy-4711.a"
    assert (line["event"], line["level"], line["method"]) == ("request.crashed", "error", "GET")
    assert line["route"] == "/track/<secret:token>/crash"
    assert line["logger"] == "webapp.web.failures"
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)
    assert "in crash\n" in line["exception"]
    assert "IntegrityError" in line["exception"] or "Violation" in line["exception"]
    assert TOKEN not in said
    assert ADDRESS not in said
    assert NAME not in said


@pytest.mark.parametrize(
    "sent", [None, "", "short", "a" * 37, "two words", "id?query", "line\tbreak", "<script>", ADDRESS, "ünïcode-123"]
)
def test_request_has_an_id_of_its_own_where_none_or_an_unsafe_one_is_sent(app: Flask, sent: str | None) -> None:
    client = app.test_client()
    headers = {} if sent is None else {"X-Request-ID": sent.encode().decode("latin-1")}
    ids = [client.get("/healthz", headers=headers).headers["X-Request-ID"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert ids[0] != ids[1]


def test_id_of_a_request_is_not_in_lines_of_the_next(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    app.test_client().get("/healthz")
    structlog.get_logger("webapp").warning("something.else")
    assert "request_id" not in lines(capsys)[-1]


def test_refusals_are_lines_and_answers_are_not(
    app: Flask, write: Callable[..., Any], sign_in: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    observer = write(lambda s: make_person(s, role=Role.OBSERVER))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, observer)
    logs.configure("json")
    assert client.get("/desk/").status_code == 200
    assert client.get(f"/desk/people?q={ADDRESS}").status_code == 403
    [line] = lines(capsys)
    assert (line["event"], line["level"], line["code"]) == ("request.refused", "warning", 403)
    assert (line["person"], line["route"]) == (observer.id, "/desk/people")


def test_lines_of_libraries_have_the_same_form_and_say_nothing_personal(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    logging.getLogger("sqlalchemy.pool").error("Lost %s at %s", ADDRESS, f"https://desk.example.org/track/{TOKEN}?a=b")
    logging.getLogger("celery.worker").warning("No answer of redis://:secret@queue:6379/0 with %s", TOKEN)
    try:
        raise ValueError(f'duplicate key\nDETAIL:  Key (email)=({ADDRESS}, "Erika Mustermann") already exists.')
    except ValueError:
        logging.getLogger("celery.app.trace").exception("Task failed")
    pool, worker, trace = lines(capsys)
    assert (pool["event"], pool["logger"]) == ("Lost …@… at https://desk.example.org/track/…?…", "sqlalchemy.pool")
    assert worker["event"] == "No answer of redis://…@queue:6379/0 with …"
    assert trace["exception"].endswith("ValueError: duplicate key\nDETAIL: …")
    assert "Mustermann" not in trace["exception"].rpartition("duplicate key")[2]


def test_servers_own_lines_have_the_same_form(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISON_ENV", "production")
    values = {"loglevel": "info", "errorlog": "-", "accesslog": None, "capture_output": False, "syslog": False}
    values |= {"logconfig_dict": None, "logconfig_json": None, "logconfig": None}
    ServerLogger(SimpleNamespace(**values, disable_redirect_access_to_syslog=False)).info("Booting worker: %s", 7)
    [line] = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("Booting worker: 7", "gunicorn.error", "info")


@pytest.mark.parametrize(
    ("environ", "form"),
    [
        ({}, "json"),
        ({"LIAISON_ENV": "standalone"}, "text"),
        ({"LIAISON_ENV": "production"}, "json"),
        ({"LIAISON_ENV": "production", "LIAISON_LOG": "text"}, "text"),
        ({"LIAISON_LOG": "json"}, "json"),
        ({"LIAISON_ENV": "production", "LIAISON_LOG": ""}, "json"),
    ],
)
def test_form_is_that_of_the_environment_unless_it_is_chosen(environ: dict[str, str], form: str) -> None:
    base = make_settings("sqlite:///x.db")
    needed = {f"LIAISON_{name.upper()}": getattr(base, name) for name in ("secret_key", "database_url", "redis_url")}
    strong = {"LIAISON_SECRET_KEY": "0123456789abcdef" * 4, "LIAISON_PUBLIC_URL": "https://desk.example.org"}
    strong |= {
        f"LIAISON_{name.upper()}": getattr(base, name) for name in ("institution", "institution_country", "timezone")
    }
    settings = read_settings({**needed, "LIAISON_SMTP_URL": base.smtp_url, **strong, **environ})
    assert settings.log_form == logs.form_of(environ) == form


def test_unknown_form_is_a_fault_by_its_name() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"LIAISON_LOG": "xml"})
    assert "LIAISON_LOG" in refused.value.faults


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    structlog.get_logger("webapp.broker").warning("broker.unreachable", dropped=3)
    said = capsys.readouterr().err
    assert re.search(r"^\d{4}-\S+Z .*warning.*broker\.unreachable.*webapp\.broker.*dropped.*3$", said.strip())


def _ways_of_logging(path: Path) -> Iterator[str]:
    for node in sources.nodes(path, r"\blogging\b|\bprint\b|app\.logger|get_logger\(\)"):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if "logging" in (names if isinstance(node, ast.Import) else [node.module]):
                yield f"{path.relative_to(ROOT)}:{node.lineno} imports logging"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "print" or "app.logger" in called or (called == "structlog.get_logger" and not node.args):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {called}"


def test_everything_logs_in_one_way() -> None:
    """`logs` configures it, `tasks.app` sets how much Celery tells of itself, Alembic has its own file."""
    named = {"webapp/logs.py", "tasks/app.py"}
    paths = [path for folder in ("webapp", "tasks") for path in (ROOT / folder).rglob("*.py")]
    paths = [path for path in paths if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in named]
    assert len(paths) > 200
    assert [line for path in paths for line in _ways_of_logging(path)] == []


def test_standard_error_may_be_another_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    logs.configure("json")
    with (tmp_path / "log").open("w") as other:
        monkeypatch.setattr(sys, "stderr", other)
        structlog.get_logger("webapp").info("late")
    assert json.loads((tmp_path / "log").read_text())["event"] == "late"
