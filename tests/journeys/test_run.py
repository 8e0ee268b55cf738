"""`./run` as people use it: what it says, what it starts, how it ends, and that nothing stays behind."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests import service_logs
from tests.standalone.processes import eventually

pytestmark = pytest.mark.journey
RUN = Path(__file__).parents[2] / "run"
PARTS = (
    *("gunicorn webapp:create_app()", "celery --app tasks worker", "celery --app tasks beat"),
    "webapp.standalone.catcher",
)


@dataclass
class Started:
    """A `./run` and what it has said on standard output."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.lines[-1].removeprefix("Ready: ")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(60)
        return time.monotonic() - began


@contextmanager
def running(data: Path, *more: str) -> Iterator[Started]:
    command = [str(RUN), "--port", "0", "--data", str(data), *more]
    errors = data.with_name("errors.txt").open("a+")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=data.parent)
    started = Started(process)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            started.lines.append(line.rstrip("\n"))
            if line.startswith("Ready: "):
                break
        else:
            errors.seek(0)
            pytest.fail(f"never ready: {started.lines} {errors.read()} {service_logs.ends([data])}")
        with service_logs.shown(data):
            yield started
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        errors.close()
        eventually(lambda: not processes_of(data))


def processes_of(data: Path) -> list[str]:
    """Return the commands of the processes that name this data folder in their command line or environment."""
    listing = subprocess.run(["ps", "axeww", "-o", "stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line for line in listing.splitlines() if str(data) in line and not line.startswith("Z")]
    return [row for row in rows if "ps axeww" not in row and "pytest" not in row.split("LIAISON_")[0]]


def get(address: str) -> str:
    with urlopen(address, timeout=60) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def is_ready(address: str) -> bool:
    """Ask whether database, queue and outbox are as they should be; old samples are late until they are sent."""
    try:
        return '"delivering":true' in get(f"{address}/readyz").replace(" ", "")
    except HTTPError:
        return False


def test_run_starts_ends_is_killed_and_starts_again_on_the_same_data(tmp_path: Path) -> None:
    """One installation from its first start to its last: each start takes seconds, so all that is asked of one is."""
    data = tmp_path / "var"
    with running(data, "--sample", "2") as first:
        desk, name, password, ready = first.lines
        assert re.fullmatch(r"Ready: http://127\.0\.0\.1:\d+", ready)
        assert desk == f"Desk: {first.address}/desk/sign-in"
        assert name == "Sign-in name: admin@example.org"
        assert len(password.removeprefix("One-time password: ")) >= 12
        assert "ok" in get(f"{first.address}/healthz")
        eventually(lambda: list((data / "mailbox").glob("*.eml")))
        eventually(lambda: is_ready(first.address))
        assert "/mailbox/" in get(f"{first.address}/mailbox")
        # Each part is seen by the command that would start it alone; web and worker are three processes.
        shown = "\n".join(processes_of(data))
        assert [shown.count(each) for each in PARTS] == [3, 3, 1, 1]

        second = subprocess.run(
            [str(RUN), "--port", "0", "--data", str(data)], capture_output=True, text=True, check=False
        )
        assert second.returncode == 1
        assert f"Already running on {data} (process {first.process.pid} {first.address})" in second.stderr

        assert first.stop() < 5
        assert first.process.returncode == 0
        assert not processes_of(data)
        written = [path.read_text() for path in (data / "log").glob("*.log")]
        assert not any("settings.unknown_name" in each for each in written), "a part was given a name that it warns of"
    kept = {path.name for path in (data / "mailbox").glob("*.eml")}
    with running(data) as again:
        assert again.lines == [f"Ready: {again.address}"]
        assert kept <= {path.name for path in (data / "mailbox").glob("*.eml")}
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LIAISON_DATA_DIR": str(data)}
        checked = subprocess.run(
            [str(RUN), "liaison", "check"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stderr
        again.process.kill()
        again.process.wait()
        eventually(lambda: not processes_of(data))
    with running(data) as last:
        assert "ok" in get(f"{last.address}/healthz")
        assert last.stop(signal.SIGINT) < 5
        assert not processes_of(data)
