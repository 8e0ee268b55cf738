"""The data folder of an installation on one machine: who holds it, where its parts lie, its secret key."""

import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PREFIX = "LIAISON_"
WORKER_READY_FILE = "LIAISON_WORKER_READY_FILE"
# A unix socket's address has room for 108 bytes on Linux and 104 on macOS, its end included.
SOCKET_PATH_LIMIT = 100
_PATIENCE = 3.0


class FolderBusyError(Exception):
    """Another process holds the folder; the text names it."""


class Folder:
    """Paths below one data folder. `prepare` makes them, `hold` keeps every other process out."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.database = self.path / "liaison.db"
        self.mailbox = self.path / "mailbox"
        self.queue = self.path / "queue"
        self.scheduler = self.path / "scheduler"
        self.log = self.path / "log"
        self.run = self.path / "run"
        self.secret_key = self.path / "secret_key"
        self.environment = self.path / "environment"
        self._lock = self.path / "lock"

    def prepare(self) -> None:
        """Make the folders and the secret key, readable by their owner only; what exists stays as it is."""
        for folder in (self.path, self.mailbox, self.queue, self.scheduler, self.log, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.secret_key.exists():
            _write_private(self.secret_key, secrets.token_urlsafe(48) + "\n")

    def hold(self) -> int:
        """Return a descriptor that locks the folder until every copy of it is closed.

        Raises FolderBusyError. A holder that was just killed may need a moment to leave: it is waited for.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + _PATIENCE
        while not _locked(descriptor):
            holder = self._lock.read_text(encoding="utf-8").strip()
            if _is_alive(holder.partition(" ")[0]) or time.monotonic() > deadline:
                os.close(descriptor)
                raise FolderBusyError(f"Already running on {self.path} (process {holder or 'unknown'}).")
            time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor

    def say_where(self, descriptor: int, address: str) -> None:
        """Write the address beside the holder's number, for those who are refused."""
        os.pwrite(descriptor, f"{os.getpid()} {address}\n".encode(), 0)

    def socket(self) -> Path:
        """Return where the queue's socket goes: below the folder, or in a new private one if that is too long."""
        below = self.run / "queue.sock"
        if len(os.fsencode(below)) <= SOCKET_PATH_LIMIT:
            return below
        return Path(tempfile.mkdtemp(prefix="liaison-")) / "queue.sock"

    def remember(self, environment: Mapping[str, str]) -> None:
        """Keep the environment of the parts, for `./run liaison`."""
        lines = "".join(f"{name}={value}\n" for name, value in environment.items())
        self.environment.unlink(missing_ok=True)
        _write_private(self.environment, lines)

    def remembered(self) -> dict[str, str]:
        """Return what `remember` kept; empty before the first start."""
        try:
            lines = self.environment.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in lines if "=" in line)


def is_given(environ: Mapping[str, str], name: str) -> bool:
    """Return whether the user has set LIAISON_<name>, directly or by file."""
    return PREFIX + name in environ or f"{PREFIX}{name}_FILE" in environ


def environment(
    folder: Folder, environ: Mapping[str, str], *, address: str, mail_port: int, socket: Path
) -> dict[str, str]:
    """Return the settings of the parts that the user has not set: whatever is in `environ` wins."""
    values = {
        "ENV": "standalone",
        "DATABASE_URL": f"sqlite:///{folder.database}",
        "REDIS_URL": f"unix://{socket}",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "PUBLIC_URL": address,
        "DATA_DIR": str(folder.path),
    }
    if not is_given(environ, "SMTP_URL"):
        values["MAILBOX_DIR"] = str(folder.mailbox)
    settings = {PREFIX + name: value for name, value in values.items() if not is_given(environ, name)}
    if not is_given(environ, "SECRET_KEY"):
        settings[f"{PREFIX}SECRET_KEY_FILE"] = str(folder.secret_key)
    return settings


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
