"""What the command line does is in the log of changes and in the audit log, as its own and with the server's user."""

import getpass
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import create_engine, text

from tests.conftest import make_settings
from webapp.cli import main
from webapp.commands import UNNOTED, NotedCommand, NotedGroup
from webapp.paths import PACKAGE


@dataclass(frozen=True)
class Installation:
    """A database of its own, and how its command line is run."""

    url: str
    environ: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "webapp.cli", *words],
            env=self.environ, capture_output=True, text=True, check=False, cwd=PACKAGE.parent,
        )  # fmt: skip

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with create_engine(self.url).begin() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> Installation:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(f"sqlite:///{path}")
    names = ("env", "secret_key", "database_url", "redis_url", "smtp_url", "public_url")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in names}
    return Installation(settings.database_url, environ)


ADD = ("users", "add", "--email", "new@example.org", "--name", "New One", "--role", "observer")


def test_accounts_made_by_the_command_line_are_in_the_logs(installation: Installation) -> None:
    for words, code in ((("setup", "--email", "admin@example.org"), 0), (ADD, 0), (ADD, 1)):
        done = installation.run(*words)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    rows = installation.rows("SELECT actor_name, subject_name, deed FROM changes WHERE subject = 'person' ORDER BY id")
    assert rows == [("Command line", "Administrator", "made"), ("Command line", "New One", "made")]
    query = "SELECT kind, actor_name, subject FROM audit_entries WHERE kind != 'record_changed' ORDER BY number"
    who = f"Command line ({getpass.getuser()})"
    assert installation.rows(query) == [
        ("account_changed", who, ""),
        ("command_run", who, "setup"),
        ("account_changed", who, ""),
        ("command_run", who, "users add"),
    ]


def test_verify_says_whether_the_log_holds_and_which_line_does_not(installation: Installation) -> None:
    assert installation.run(*ADD).returncode == 0
    done = installation.run("audit", "verify")
    assert (done.returncode, done.stdout.partition(" ")[0]) == (0, "2"), done.stderr
    head = done.stdout.split()[-1]
    assert installation.run("audit", "verify", "--head", head).returncode == 0
    assert installation.run("audit", "verify", "--head", "0" * 64).returncode == 1
    with create_engine(installation.url).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(text("UPDATE audit_entries SET actor_name = 'Someone Else' WHERE number = 2"))
    done = installation.run("audit", "verify")
    assert (done.returncode, done.stderr) == (1, "Line 2 is broken: it was changed.\n")


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


def test_check_says_that_the_virus_scanner_is_away(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(f"sqlite:///{path}", clamd_url=f"unix://{tmp_path}/clamd.ctl")
    names = ("env", "secret_key", "database_url", "redis_url", "smtp_url", "public_url", "clamd_url")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in names}
    command = [sys.executable, "-m", "webapp.cli", "check"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, cwd=PACKAGE.parent)
    assert done.returncode == 1
    assert "The virus scanner does not answer: files stay closed. Check LIAISON_CLAMD_URL and clamd." in done.stderr
