"""What `./run` executes: the whole service on one machine, or the command line on the same data."""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NoReturn

from webapp.standalone import loading, parts
from webapp.standalone.children import Children
from webapp.standalone.folder import WORKER_READY_FILE, Folder, FolderBusyError, environment, is_given
from webapp.standalone.supervisor import Part, StartError, StoppedError, Supervisor

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# The commands that make what is not there; any other is a mistake where there is no data.
_BEGINNINGS = frozenset({("setup",), ("db",), ("users", "add"), ("networks", "import")})


def say(line: str) -> None:
    """Tell the person at the terminal; standard output is kept for what programs read."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def announce(line: str) -> None:
    """Print a line of the contract on standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def arguments(given: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """Return the chosen port, data folder and number of sample enquiries."""
    parser = argparse.ArgumentParser(prog="./run", description="Run everything on one machine.", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1; 0 takes a free one (default 8000)")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(environ.get("LIAISON_DATA_DIR") or ROOT / "var"),
        help="folder of everything that is kept (default var)",
    )
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="add N realistic enquiries")
    chosen = parser.parse_args(given)
    if not 0 <= chosen.port <= 65535:
        parser.error("--port: a number from 0 to 65535")
    if chosen.sample < 0:
        parser.error("--sample: a number from 0")
    return chosen


def environ_of_parts(environ: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return a whole environment in which the parts find the project and their settings."""
    places = [str(ROOT), *filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))]
    path = os.pathsep.join(dict.fromkeys(places))
    return {**environ, **settings, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def command_line(given: Sequence[str]) -> NoReturn:
    """Become `liaison`, with the settings of the data folder where the user has not set others.

    `--data` before the command names the folder. Where it has no database yet, commands that begin one have it made,
    empty; all others would show that a folder which was mistyped holds nothing, and end.
    """
    environ = dict(os.environ)
    chosen, given = _data_folder(given)
    if environ.get("LIAISON_ENV", "standalone") == "standalone":
        folder = Folder(chosen or arguments([], environ).data)
        is_new = not is_given(os.environ, "DATABASE_URL") and not folder.database.exists()
        if is_new and given and "--help" not in given and not _begins(given):
            where = "Name another folder before the command, as in ./run liaison --data FOLDER users list"
            sys.exit(f"There is no data in {folder.path}. {where}, or start ./run there first.")
        folder.prepare()
        kept = folder.remembered()
        defaults = environment(
            folder, environ, address=f"http://{HOST}:8000", mail_port=1025, socket=folder.run / "queue.sock"
        )
        environ |= {name: kept.get(name, value) for name, value in defaults.items()}
        if is_new and "--help" not in given and _begins(given):
            _make_database(folder, environ_of_parts(environ, {}))
    command = [sys.executable, "-P", "-m", "webapp.cli", *given]
    os.execve(sys.executable, command, environ_of_parts(environ, {}))  # noqa: S606 (the user's own words)


def _begins(given: Sequence[str]) -> bool:
    """Return whether a command is one of those with which an installation begins."""
    return tuple(given[:1]) in _BEGINNINGS or tuple(given[:2]) in _BEGINNINGS


def _data_folder(given: Sequence[str]) -> tuple[Path | None, Sequence[str]]:
    """Return the folder that `--data` names before the command, if it does, and the command."""
    if given[:1] == ["--data"] and len(given) > 1:
        return Path(given[1]), given[2:]
    if given and given[0].startswith("--data="):
        return Path(given[0].partition("=")[2]), given[1:]
    return None, given


def _make_database(folder: Folder, environ: Mapping[str, str]) -> None:
    say(f"Making an empty database in {folder.path}; ./run adds the networks and the first account.")
    command = [sys.executable, "-P", "-m", "webapp.cli", "db", "upgrade"]
    made = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if made.returncode:
        say(made.stderr)
        sys.exit(f"No database could be made in {folder.path}. ./run says more.")


def listen(port: int) -> socket.socket:
    """Return the web's socket. Raises StartError when the port cannot be had."""
    try:
        return socket.create_server((HOST, port), backlog=1024)
    except OSError as error:
        hint = "choose another with --port, or --port 0 for any free one"
        raise StartError(f"Port {port} on {HOST} cannot be used ({error.strerror}): {hint}.") from error


def set_up(supervisor: Supervisor, load: Callable[[Sequence[str]], None], *, sample: int, address: str) -> None:
    """Bring database, networks and first administrator into place; tell the one-time password once.

    Meanwhile the rest of the application is loaded: what sets up is forked as soon as there is what it needs.
    """
    load(loading.SETUP)
    output = supervisor.call(parts.setup(sample), name="setup", meanwhile=lambda: load(loading.PARTS))
    account = json.loads(output.strip().splitlines()[-1])
    if account["created"]:
        announce(f"Desk: {address}/desk/sign-in")
        announce(f"Sign-in name: {account['email']}")
        announce(f"One-time password: {account['password']}")


def run(port: int, folder: Folder, sample: int) -> None:
    """Start everything, say so, keep it running until asked to end, stop everything. Raises StartError."""
    lock = folder.hold()
    folder.prepare()
    with closing(listen(port)) as web, closing(socket.create_server((HOST, 0), backlog=1024)) as mail:
        address = f"http://{HOST}:{web.getsockname()[1]}"
        folder.say_where(lock, address)
        queue_socket = folder.socket()
        settings = environment(
            folder, os.environ, address=address, mail_port=mail.getsockname()[1], socket=queue_socket
        )
        folder.remember(settings)
        worker_ready = folder.run / "worker.ready"
        environ = environ_of_parts(os.environ, {**settings, WORKER_READY_FILE: str(worker_ready)})
        children = Children(folders={queue_socket.parent, folder.run}, keep_open=(lock,))
        supervisor = Supervisor(
            _stages(folder, queue_socket=queue_socket, mail=mail, web=web, worker_ready=worker_ready),
            children=children,
            environ=environ,
            log=folder.log,
            say=say,
            cwd=ROOT,
        )
        os.close(lock)
        with supervisor.signals():
            try:
                _run(supervisor, folder, environ=environ, sample=sample, address=address)
            finally:
                supervisor.stop()
                children.close()


def _stages(
    folder: Folder, *, queue_socket: Path, mail: socket.socket, web: socket.socket, worker_ready: Path
) -> list[list[Part]]:
    """Return the parts in starting order; a queue or a mail server of the user's own replaces ours.

    What uses queue and mail server stops at once, and these after it: their graces add up.
    """
    own_queue = [] if is_given(os.environ, "REDIS_URL") else [parts.queue(folder, queue_socket)]
    own_catcher = [] if is_given(os.environ, "SMTP_URL") else [parts.catcher(folder, mail)]
    return [own_queue, own_catcher, [parts.worker(worker_ready), parts.scheduler(folder), parts.web(web)]]


def _run(supervisor: Supervisor, folder: Folder, *, environ: Mapping[str, str], sample: int, address: str) -> None:
    say(f"Starting; data and logs are in {folder.path}")
    load = partial(loading.load, log=folder.log / "loading.log", between=supervisor.raise_if_stopped)
    load(loading.SETTINGS)
    loading.read_settings(environ)
    supervisor.start(0)
    set_up(supervisor, load, sample=sample, address=address)
    supervisor.start(1)
    supervisor.wait_ready([0])
    supervisor.start(2)
    supervisor.wait_ready([0, 1, 2])
    announce(f"Ready: {address}")
    if not is_given(os.environ, "SMTP_URL"):
        say(f"Mails stay here: {address}/mailbox")
    say("Ctrl-C stops everything.")
    supervisor.watch()


def main(given: Sequence[str]) -> int:
    """Return the exit status of `./run`."""
    if given[:1] == ["liaison"]:
        command_line(given[1:])
    chosen = arguments(given, os.environ)
    try:
        run(chosen.port, Folder(chosen.data), chosen.sample)
    except StoppedError:
        return 0
    except (StartError, FolderBusyError, FileNotFoundError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
