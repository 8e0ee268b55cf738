"""The words after `./run`, and the port."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from webapp.standalone.__main__ import HOST, ROOT, _begins, _data_folder, _stages, arguments, environ_of_parts, listen
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


def liaison(tmp_path: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")} | more
    run = [sys.executable, "-P", "-m", "webapp.standalone", "liaison", *words]
    return subprocess.run(run, env=environ, capture_output=True, text=True, check=False, cwd=tmp_path)


def test_faults_of_the_settings_are_all_told_before_anything_starts(tmp_path: Path) -> None:
    wrong = {"LIAISON_MAIL": "away", "LIAISON_SMTP_URL": "nowhere"}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")} | wrong
    run = [sys.executable, "-P", "-m", "webapp.standalone", "--port", "0", "--data", str(tmp_path / "var")]
    done = subprocess.run(run, env=environ, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert said[1] == "The settings cannot be used:"
    assert [line.partition(":")[0] for line in said[2:]] == list(wrong)
    assert not list((tmp_path / "var" / "log").iterdir())


def test_command_that_begins_an_installation_makes_its_database(tmp_path: Path) -> None:
    """All steps of the database are taken, so once: the folder that an option named is found by its variable too."""
    data = tmp_path / "new"
    add = ["users", "add", "--email", "new@example.org", "--name", "New One", "--role", "observer"]
    made = liaison(tmp_path, "--data", str(data), *add)
    assert (data / "liaison.db").exists()
    shown = liaison(tmp_path, "users", "list", LIAISON_DATA_DIR=str(data))
    for done in (made, shown):
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    assert "new@example.org" in shown.stdout


@pytest.mark.parametrize("words", ["outbox list", "outbox retry --all", "check", "sample 3", "users list"])
def test_any_other_command_says_that_the_folder_has_no_data_and_makes_nothing(tmp_path: Path, words: str) -> None:
    data = tmp_path / "typo"
    done = liaison(tmp_path, "--data", str(data), *words.split())
    assert done.returncode == 1
    assert f"There is no data in {data}." in done.stderr
    assert "./run liaison --data " in done.stderr
    assert not data.exists()


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("setup --sample 3", True),
        ("db upgrade", True),
        ("users add", True),
        ("networks import x.yaml", True),
        ("users", False),
        ("networks", False),
        ("outbox list", False),
        ("check", False),
    ],
)
def test_commands_that_begin_an_installation(words: str, *, begins: bool) -> None:
    assert _begins(words.split()) is begins


def test_everything_stops_with_time_to_spare(tmp_path: Path) -> None:
    with closing(listen(0)) as web, closing(listen(0)) as mail:
        stages = _stages(Folder(tmp_path), queue_socket=tmp_path, mail=mail, web=web, worker_ready=tmp_path)
    assert sum(max(part.grace for part in stage) for stage in stages) <= 3
