"""The command line: what it writes is in the log of changes as its own, and it always lets someone in again."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import make_settings
from webapp.paths import PACKAGE

Liaison = Callable[..., "subprocess.CompletedProcess[str]"]
NAMES = ("env", "secret_key", "database_url", "redis_url", "smtp_url", "public_url")


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def liaison(url: str) -> Liaison:
    """Run a command, and see that it ends with a code and never with a trace."""
    settings = make_settings(url)
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in NAMES}

    def run(*words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "webapp.cli", *words],
            env=environ, capture_output=True, text=True, check=False, cwd=PACKAGE.parent,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_accounts_made_by_the_command_line_are_in_the_log(liaison: Liaison, url: str) -> None:
    add = ["users", "add", "--email", "new@example.org", "--name", "New One", "--role", "observer"]
    liaison("setup", "--email", "admin@example.org")
    liaison(*add)
    liaison(*add, code=1)
    with create_engine(url).connect() as connection:
        query = text("SELECT actor_name, subject_name, deed FROM changes WHERE subject = 'person' ORDER BY id")
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [("Command line", "Administrator", "made"), ("Command line", "New One", "made")]


def test_command_line_lists_closes_reopens_and_lets_in_again(liaison: Liaison, url: str) -> None:
    add = ["users", "add", "--name", "Ada Example", "--role", "administrator", "--email"]
    first, other = liaison(*add, "ada@example.org").stdout.strip(), "bob@example.org"
    liaison(*add, other)
    assert "only administrator" not in liaison("users", "close", other).stderr
    assert "only administrator" in liaison("users", "close", "ADA@example.org", code=1).stderr
    assert "no account that is open" in liaison("users", "reset", other, code=1).stderr
    assert "no one with the address" in liaison("users", "reset", "nobody@example.org", code=1).stderr
    liaison("users", "reopen", other)
    again = liaison("users", "reset", "ada@example.org").stdout.strip()
    assert len(again) == len(first) == 16
    assert again != first
    liaison("users", "end-sessions", other)
    rows = [line.split("\t") for line in liaison("users", "list").stdout.splitlines()]
    assert [row[1:6] for row in rows] == [
        [email, "Ada Example", "administrator", "one-time password", "0"] for email in ("ada@example.org", other)
    ]
    with create_engine(url).connect() as connection:
        (mail,) = connection.execute(text("SELECT kind, recipient_email FROM messages"))
        deeds = connection.execute(text("SELECT actor_name, deed FROM changes ORDER BY id")).all()
    assert tuple(mail) == ("staff_password_changed", "ada@example.org")
    acted = ["made", "made", "changed", "changed", "readmitted", "signed_out"]
    assert [tuple(row) for row in deeds] == [("Command line", deed) for deed in acted]


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
