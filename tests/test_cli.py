"""What the command line writes is in the log of changes, as its own."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.conftest import make_settings
from webapp.paths import PACKAGE


def test_accounts_made_by_the_command_line_are_in_the_log(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "liaison.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(f"sqlite:///{path}")
    names = ("env", "secret_key", "database_url", "redis_url", "smtp_url", "public_url")
    environ = os.environ | {f"LIAISON_{name.upper()}": str(getattr(settings, name)) for name in names}
    add = ["users", "add", "--email", "new@example.org", "--name", "New One", "--role", "observer"]
    for words, code in ((["setup", "--email", "admin@example.org"], 0), (add, 0), (add, 1)):
        done = subprocess.run(
            [sys.executable, "-m", "webapp.cli", *words],
            env=environ, capture_output=True, text=True, check=False, cwd=PACKAGE.parent,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    with create_engine(settings.database_url).connect() as connection:
        query = text("SELECT actor_name, subject_name, deed FROM changes WHERE subject = 'person' ORDER BY id")
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [("Command line", "Administrator", "made"), ("Command line", "New One", "made")]


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
