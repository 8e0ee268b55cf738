"""The words after `./run`, and the port."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from webapp.standalone.__main__ import HOST, ROOT, _data_folder, _stages, arguments, environ_of_parts, listen
from webapp.standalone.folder import Folder
from webapp.standalone.supervisor import StartError


def test_arguments_have_the_documented_defaults() -> None:
    chosen = arguments([], {})
    assert (chosen.port, chosen.data, chosen.sample) == (8000, ROOT / "var", 0)


def test_arguments_are_taken_as_given() -> None:
    chosen = arguments(["--port", "0", "--data", "here", "--sample", "7"], {"LIAISON_DATA_DIR": "elsewhere"})
    assert (chosen.port, chosen.data, chosen.sample) == (0, Path("here"), 7)


def test_data_folder_of_the_environment_is_used() -> None:
    assert arguments([], {"LIAISON_DATA_DIR": "elsewhere"}).data == Path("elsewhere")


@pytest.mark.parametrize("given", [["--port", "70000"], ["--sample", "-1"], ["--unknown"], ["start"]])
def test_arguments_that_make_no_sense_are_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(given, {})


def test_port_that_is_taken_is_said_at_once() -> None:
    with closing(socket.create_server((HOST, 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} .* --port 0"):
            listen(port)


def test_parts_find_the_project_once_and_first() -> None:
    environ = environ_of_parts({"PYTHONPATH": f"/theirs:{ROOT}", "HOME": "/home"}, {"LIAISON_ENV": "standalone"})
    assert environ["PYTHONPATH"] == f"{ROOT}:/theirs"
    assert (environ["HOME"], environ["LIAISON_ENV"]) == ("/home", "standalone")


@pytest.mark.parametrize(
    ("given", "folder", "command"),
    [
        (["--data", "here", "check"], Path("here"), ["check"]),
        (["--data=here", "check"], Path("here"), ["check"]),
        (["check", "--data", "here"], None, ["check", "--data", "here"]),
        ([], None, []),
    ],
)
def test_folder_is_named_before_the_command(given: list[str], folder: Path | None, command: list[str]) -> None:
    assert _data_folder(given) == (folder, command)


@pytest.mark.parametrize("by", ["option", "environment"])
def test_command_line_before_the_first_start_makes_its_database(tmp_path: Path, by: str) -> None:
    data = tmp_path / "new"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    environ |= {"LIAISON_DATA_DIR": str(data)} if by == "environment" else {}
    options = {"option": ["--data", str(data)], "environment": []}[by]
    run = [sys.executable, "-P", str(ROOT / "webapp/standalone/start.py"), "liaison", *options, "outbox", "list"]
    for _ in range(2 if by == "option" else 1):
        done = subprocess.run(run, env=environ, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert "Traceback" not in done.stderr
    assert (data / "liaison.db").exists()


def test_everything_stops_with_time_to_spare(tmp_path: Path) -> None:
    with closing(listen(0)) as web, closing(listen(0)) as mail:
        stages = _stages(Folder(tmp_path), queue_socket=tmp_path, mail=mail, web=web, worker_ready=tmp_path)
    assert sum(max(part.grace for part in stage) for stage in stages) <= 3
