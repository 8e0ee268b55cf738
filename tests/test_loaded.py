"""Each part loads what it needs and no more: what others need would cost it memory, and time at each start."""

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.standalone.processes import eventually
from webapp.vocabulary import Job

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
# One process takes these steps: what one may not load, none before it may, so that each is asked for itself.
LOADED = {
    "import webapp": NO_SCHEDULER | {"celery", "pydantic"},
    "import tasks, celery.apps.beat": NO_SCHEDULER,
    "import tasks.app; [__import__(name) for name in tasks.app.JOBS]": NO_WORKER,
    "webapp.create_app()": NO_PART,
}


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """What is loaded after each step, and the tasks that the worker then knows."""
    steps = [f"{code}; found[{code!r}] = list(sys.modules)" for code in LOADED]
    code = "; ".join(["import json, sys; found = {}", *steps, "found['tasks'] = list(tasks.app.app.tasks)"])
    command = [sys.executable, "-c", f"{code}; print(json.dumps(found))"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return {name: set(of) for name, of in json.loads(done.stdout).items()}


def test_no_part_loads_what_only_others_need(loaded: dict[str, set[str]]) -> None:
    """Each step forbids what all after it do: were it not so, the one process could hide what one loads."""
    forbidden = list(LOADED.values())
    assert all(later <= earlier for earlier, later in pairwise(forbidden))
    assert {code: of & loaded[code] for code, of in LOADED.items()} == {code: set() for code in LOADED}


def test_every_task_is_a_job_and_every_job_a_task(loaded: dict[str, set[str]]) -> None:
    assert {name for name in loaded["tasks"] if "celery." not in name} == {job.value for job in Job}


def test_every_module_of_the_desk_is_named_by_its_package(loaded: dict[str, set[str]]) -> None:
    """A module with routes that no face names would have none."""
    paths = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "webapp" / "web" / "desk").rglob("*.py")]
    modules = {".".join(path.parts).removesuffix(".__init__") for path in paths}
    assert len(modules) > 50
    assert modules - loaded["webapp.create_app()"] == set()


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
