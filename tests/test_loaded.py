"""Each part loads what it needs and no more: what others need would cost it memory, and time at each start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.standalone.processes import eventually

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LIAISON_ENV": "test",
    "LIAISON_SECRET_KEY": "x",
    "LIAISON_DATABASE_URL": "sqlite:///unused.db",
    "LIAISON_REDIS_URL": "unix:///nonexistent.sock",
    "LIAISON_SMTP_URL": "smtp://127.0.0.1:9",
}
# Alembic is for commands; all others wait for the first who signs in by them, or chooses a password.
# Of holidays, those of one country are loaded; all would be 250 modules.
NO_PART = {
    *("holidays.countries.norway", "alembic", "flask_migrate", "authlib", "joserfc", "requests", "webauthn", "zxcvbn"),
}
NO_WORKER = NO_PART | {"webapp.web", "webapp.composition", "wtforms", "flask_wtf", "flask_limiter"}
NO_SCHEDULER = NO_WORKER | {"webapp.db", "webapp.domain", "sqlalchemy", "flask", "tasks.service"}
LOADED = {
    "import webapp": NO_SCHEDULER | {"celery", "pydantic"},
    "import tasks, celery.apps.beat": NO_SCHEDULER,
    "import tasks.app; [__import__(name) for name in tasks.app.JOBS]": NO_WORKER,
    "import webapp; webapp.create_app()": NO_PART,
}


@pytest.mark.parametrize("code", LOADED)
def test_no_part_loads_what_only_others_need(code: str) -> None:
    command = [sys.executable, "-c", f"{code}; import json, sys; print(json.dumps(list(sys.modules)))"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert LOADED[code] & set(json.loads(done.stdout)) == set()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a process asks to end with its parent")
def test_worker_loads_what_its_processes_would_load_each() -> None:
    """Celery has each process of a worker read C, to end with its parent: 10 MB for each that does so by itself."""
    forks = "import os; child = os.fork(); os.wait() if child else (set_pdeathsig(9), print(len(sys.modules) - before))"
    code = "import sys; from billiard.util import set_pdeathsig; from tasks.app import LoadJobs; LoadJobs(object())"
    command = [sys.executable, "-c", f"{code}; before = len(sys.modules); {forks}"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_with_a_scanner_files_are_both_checked_and_let_go() -> None:
    """The schedule has a line for each, and no line takes the place of another."""
    code = "import json, tasks.app; print(json.dumps([e['task'] for e in tasks.app.app.conf.beat_schedule.values()]))"
    lines = {
        url: subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT | more, capture_output=True, text=True, check=True
        ).stdout
        for url, more in {"": {}, "scanner": {"LIAISON_CLAMD_URL": "tcp://127.0.0.1:9"}}.items()
    }
    without, both = (set(json.loads(line)) for line in lines.values())
    assert both - without == {"files.sweep"}
    assert without - both == set()


@pytest.mark.parametrize("command", [["celery", "--app", "tasks"], ["tasks"]])
def test_scheduler_runs_by_either_command_without_the_service(command: list[str], tmp_path: Path) -> None:
    number = tmp_path / "beat.pid"
    files = ["--schedule", str(tmp_path / "schedule"), "--pidfile", str(number)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "beat", *files], cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.DEVNULL
    )
    try:
        assert eventually(lambda: number.exists() and number.read_text().strip()) == str(process.pid)
        if (maps := Path(f"/proc/{process.pid}/maps")).exists():
            assert "sqlalchemy" not in maps.read_text()
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(60)
