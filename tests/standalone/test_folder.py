"""The data folder: one holder, private files, settings that give way to the user's."""

import os
import stat
from pathlib import Path

import pytest

from webapp.config import unknown_names
from webapp.standalone.folder import SOCKET_PATH_LIMIT, WORKER_READY_FILE, Folder, FolderBusyError, environment


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "var")
    folder.path.mkdir()
    folder.prepare()
    return folder


def settings(folder: Folder, environ: dict[str, str]) -> dict[str, str]:
    return environment(folder, environ, address="http://127.0.0.1:8000", mail_port=2525, socket=folder.socket())


def test_hold_refuses_a_second_holder_and_names_the_first(folder: Folder) -> None:
    lock = folder.hold()
    folder.say_where(lock, "http://127.0.0.1:8123")
    with pytest.raises(FolderBusyError) as refused:
        Folder(folder.path).hold()
    assert f"process {os.getpid()} http://127.0.0.1:8123" in str(refused.value)
    os.close(lock)
    os.close(Folder(folder.path).hold())


def test_hold_makes_the_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new" / "var")
    os.close(folder.hold())
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_prepare_keeps_the_secret_key_private_and_the_same(folder: Folder) -> None:
    key = folder.secret_key.read_text()
    folder.prepare()
    assert folder.secret_key.read_text() == key
    assert len(key.strip()) >= 32
    assert stat.S_IMODE(folder.secret_key.stat().st_mode) == 0o600


def test_socket_lies_below_the_folder_where_its_path_is_short(folder: Folder) -> None:
    short = Folder(Path("/srv/var"))
    assert short.socket() == Path("/srv/var/run/queue.sock")


def test_socket_of_a_long_path_lies_in_a_short_private_folder(tmp_path: Path) -> None:
    long = Folder(tmp_path / ("long" * 30))
    elsewhere = long.socket()
    assert len(os.fsencode(elsewhere)) <= SOCKET_PATH_LIMIT
    assert stat.S_IMODE(elsewhere.parent.stat().st_mode) == 0o700
    elsewhere.parent.rmdir()


def test_environment_names_every_part_of_the_machine(folder: Folder) -> None:
    assert settings(folder, {}) == {
        "LIAISON_ENV": "standalone",
        "LIAISON_DATABASE_URL": f"sqlite:///{folder.path}/liaison.db",
        "LIAISON_REDIS_URL": f"unix://{folder.socket()}",
        "LIAISON_SMTP_URL": "smtp://127.0.0.1:2525",
        "LIAISON_PUBLIC_URL": "http://127.0.0.1:8000",
        "LIAISON_DATA_DIR": str(folder.path),
        "LIAISON_MAILBOX_DIR": str(folder.mailbox),
        "LIAISON_SECRET_KEY_FILE": str(folder.secret_key),
    }


def test_no_part_warns_of_a_name_that_it_was_given_by_us(folder: Folder) -> None:
    assert unknown_names({**settings(folder, {}), WORKER_READY_FILE: "ready"}) == {}


@pytest.mark.parametrize("name", ["LIAISON_DATABASE_URL", "LIAISON_DATABASE_URL_FILE"])
def test_environment_leaves_what_the_user_has_set(folder: Folder, name: str) -> None:
    assert "LIAISON_DATABASE_URL" not in settings(folder, {name: "theirs"})


def test_environment_shows_no_mailbox_where_mails_go_elsewhere(folder: Folder) -> None:
    assert "LIAISON_MAILBOX_DIR" not in settings(folder, {"LIAISON_SMTP_URL": "smtp://mail.example.org:25"})


def test_remembered_environment_comes_back_and_is_private(folder: Folder) -> None:
    assert folder.remembered() == {}
    folder.remember({"LIAISON_PUBLIC_URL": "http://127.0.0.1:8000/?a=b"})
    folder.remember({"LIAISON_PUBLIC_URL": "http://127.0.0.1:8001/?a=b"})
    assert folder.remembered() == {"LIAISON_PUBLIC_URL": "http://127.0.0.1:8001/?a=b"}
    assert stat.S_IMODE(folder.environment.stat().st_mode) == 0o600
