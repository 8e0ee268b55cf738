"""What the command line does is in the logs, as its own and with the server's user; it always lets someone in again."""

import getpass
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import create_engine, text

from tests import commands
from tests.conftest import make_settings
from tests.provider import SignOnProvider
from webapp.cli import main
from webapp.commands import UNNOTED, NotedCommand, NotedGroup

NAMES = ("env", "secret_key", "database_url", "redis_url", "smtp_url", "public_url")


@dataclass(frozen=True)
class Installation:
    """A database of its own, and how its command line is run."""

    url: str
    folder: Path
    environ: dict[str, str]

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command, and see that it ends with a code and never with a trace."""
        done = commands.run(words, self.environ, self.folder)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with create_engine(self.url).begin() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> Installation:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(f"sqlite:///{path}")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in NAMES}
    return Installation(settings.database_url, tmp_path, environ)


ADD = ("users", "add", "--email", "new@example.org", "--name", "New One", "--role", "observer")


def test_accounts_made_by_the_command_line_are_in_the_logs(installation: Installation) -> None:
    installation.run("setup", "--email", "admin@example.org")
    installation.run(*ADD)
    installation.run(*ADD, code=1)
    rows = installation.rows("SELECT actor_name, subject_name, deed FROM changes WHERE subject = 'person' ORDER BY id")
    assert rows == [("Command line", "Administrator", "made"), ("Command line", "New One", "made")]
    query = "SELECT kind, actor_name, subject FROM audit_entries WHERE kind != 'record_changed' ORDER BY number"
    who = f"Command line ({getpass.getuser()})"
    assert installation.rows(query) == [
        ("account_changed", who, ""),
        ("one_time_given", who, "Administrator"),
        ("command_run", who, "setup"),
        ("account_changed", who, ""),
        ("one_time_given", who, "New One"),
        ("command_run", who, "users add"),
    ]


def test_verify_says_whether_the_log_holds_and_which_line_does_not(installation: Installation) -> None:
    installation.run(*ADD)
    done = installation.run("audit", "verify")
    assert done.stdout.partition(" ")[0] == "3"
    head = done.stdout.split()[-1]
    installation.run("audit", "verify", "--head", head)
    installation.run("audit", "verify", "--head", "0" * 64, code=1)
    with create_engine(installation.url).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(text("UPDATE audit_entries SET actor_name = 'Someone Else' WHERE number = 2"))
    done = installation.run("audit", "verify", code=1)
    assert done.stderr == "Line 2 is broken: it was changed.\n"


def test_every_command_that_reads_or_writes_of_people_is_noted() -> None:
    """By construction: whatever group it is in, a command is of the class that notes it."""
    found: dict[str, click.Command] = {}

    def walk(group: click.Group, names: tuple[str, ...]) -> None:
        assert isinstance(group, NotedGroup), names
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                walk(command, (*names, name))
            else:
                found[" ".join((*names, name))] = command

    walk(main, ())
    assert len(found) >= 9
    assert {name for name, command in found.items() if not isinstance(command, NotedCommand)} == set()
    assert set(found) >= UNNOTED


def test_command_line_resets_a_second_step(installation: Installation) -> None:
    reset = ("users", "reset-second-step", "new@example.org")
    assert "no one with the address" in installation.run(*reset, code=1).stderr
    installation.run(*ADD)
    assert "has no second step" in installation.run(*reset, code=1).stderr
    for kind in ("authenticator", "passkey"):
        values = f"VALUES (1, '{kind}', 'Phone', 0, '2026-11-27 09:00:00')"
        with create_engine(installation.url).begin() as connection:
            into = "INSERT INTO second_factors (person_id, kind, name, counter, created_at)"
            connection.execute(text(f"{into} {values}"))
    installation.run(*reset)
    assert installation.rows("SELECT count(*) FROM second_factors") == [(0,)]
    assert installation.rows("SELECT kind, recipient_email FROM messages") == [("staff_second_step", "new@example.org")]
    assert installation.rows("SELECT subject FROM audit_entries WHERE kind = 'second_step_reset'") == [("New One",)]


def test_command_line_lists_closes_reopens_and_lets_in_again(installation: Installation) -> None:
    add = ["users", "add", "--name", "Ada Example", "--role", "administrator", "--email"]
    first, other = installation.run(*add, "ada@example.org").stdout.strip(), "bob@example.org"
    installation.run(*add, other, "--language", "zh-hans")
    assert installation.rows("SELECT language FROM people ORDER BY id")[-1] == ("zh-hans",)
    assert (
        "one of en, zh-hant, zh-hans" in installation.run(*add, "third@example.org", "--language", "nb", code=2).stderr
    )
    assert "only administrator" not in installation.run("users", "close", other).stderr
    assert "only administrator" in installation.run("users", "close", "ADA@example.org", code=1).stderr
    assert "no account that is open" in installation.run("users", "reset", other, code=1).stderr
    assert "no one with the address" in installation.run("users", "reset", "nobody@example.org", code=1).stderr
    installation.run("users", "reopen", other)
    again = installation.run("users", "reset", "ada@example.org").stdout.strip()
    assert len(again) == len(first) == 16
    assert again != first
    installation.run("users", "end-sessions", other)
    rows = [line.split("\t") for line in installation.run("users", "list").stdout.splitlines()]
    assert [row[1:6] for row in rows] == [
        [email, "Ada Example", "administrator", "one-time password", "0"] for email in ("ada@example.org", other)
    ]
    mails = installation.rows("SELECT kind, recipient_email FROM messages")
    assert mails == [("staff_password_changed", "ada@example.org")]
    acted = ["made", "made", "changed", "changed", "readmitted", "signed_out"]
    deeds = installation.rows("SELECT actor_name, deed FROM changes ORDER BY id")
    assert deeds == [("Command line", deed) for deed in acted]
    ran = installation.rows("SELECT subject FROM audit_entries WHERE kind = 'command_run' ORDER BY number")
    commands = ["add", "add", "close", "reopen", "reset", "end-sessions", "list"]
    assert [subject for (subject,) in ran] == [f"users {name}" for name in commands]
    given = installation.rows("SELECT subject FROM audit_entries WHERE kind = 'one_time_given'")
    assert given == [("Ada Example",)] * 3


def test_a_command_says_that_the_database_is_away_or_not_made_and_what_to_do(
    installation: Installation, tmp_path: Path
) -> None:
    """It ends with a sentence, never with a trace, and changes nothing."""

    def of(url: str) -> Installation:
        return Installation(url, tmp_path, installation.environ | {"LIAISON_DATABASE_URL": url})

    empty = f"sqlite:///{tmp_path}/empty.db"
    upgrade, look = "run `liaison db upgrade`", "Check LIAISON_DATABASE_URL"
    for url, words, advice in (
        (empty, ("users", "list"), upgrade),
        (empty, ("check",), upgrade),
        (f"sqlite:///{tmp_path}/nowhere/liaison.db", ADD, look),
        ("postgresql+psycopg://someone@/none?host=/nonexistent", ("outbox", "list"), look),
    ):
        assert advice in of(url).run(*words, code=1).stderr, (url, words)
    with create_engine(installation.url).begin() as connection:
        connection.execute(text("DROP TABLE messages"))
    assert "no such table" in commands.run(("outbox", "list"), installation.environ, tmp_path).stderr, "no other fault"
    with create_engine(installation.url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer version" in installation.run("outbox", "list", code=1).stderr


def test_check_says_whether_the_provider_of_single_sign_on_answers(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    provider = SignOnProvider.start()
    settings = make_settings(f"sqlite:///{path}", **provider.settings)
    given = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in (*NAMES, *given)}
    answers = commands.run(("check",), environ, tmp_path).stdout
    provider.stop()
    assert "ok    Single sign-on: the provider answers." in answers
    assert "FAULT Single sign-on: the provider cannot be reached" in commands.run(("check",), environ, tmp_path).stdout


def test_check_says_that_the_virus_scanner_is_away(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(f"sqlite:///{path}", clamd_url=f"unix://{tmp_path}/clamd.ctl")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in (*NAMES, "clamd_url")}
    done = commands.run(("check",), environ, tmp_path)
    assert done.returncode == 1
    assert "The virus scanner does not answer: files stay closed. Check LIAISON_CLAMD_URL and clamd." in done.stderr
