"""The mail catcher takes real SMTP and leaves whole files behind."""

import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTPUTF8, default
from pathlib import Path

import pytest

from webapp.standalone import catcher
from webapp.standalone.catcher import Mailbox
from webapp.web.mailbox import newest


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A catcher on a socket that this process has opened, so that it is never refused."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        command = [sys.executable, catcher.__file__, "--fd", str(listener.fileno()), "--mailbox", str(tmp_path)]
        process = subprocess.Popen(command, pass_fds=[listener.fileno()])
        yield listener.getsockname()[1]
        process.terminate()
        assert process.wait(60) == 0


def letter(subject: str, to: str = "liaison@example.org") -> EmailMessage:
    message = EmailMessage(policy=SMTPUTF8)
    message["From"], message["To"], message["Subject"] = "desk@example.org", to, subject
    message["Message-ID"] = "<1@desk.example.org>"
    message.set_content("第一行\n.\n..\nlast line\n", cte="8bit")
    return message


def caught(folder: Path) -> list[EmailMessage]:
    parser = BytesParser(policy=default)
    return [parser.parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def test_catcher_keeps_a_mail_with_its_envelope(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(letter("Visit in March 訪問"), to_addrs=["liaison@example.org", "copy@example.org"])
    [mail] = caught(tmp_path)
    assert mail["Subject"] == "Visit in March 訪問"
    assert mail["Return-Path"] == "<desk@example.org>"
    assert mail.get_all("Delivered-To") == ["liaison@example.org", "copy@example.org"]
    assert mail.get_content().replace("\r\n", "\n") == "第一行\n.\n..\nlast line\n"


def test_catcher_takes_addresses_beyond_ascii(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(letter("Hello", to="佐藤@example.org"))
    [mail] = caught(tmp_path)
    assert mail["Delivered-To"] == "佐藤@example.org"


def test_catcher_keeps_mails_in_their_order(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(20):
            server.send_message(letter(f"Mail {number}"))
    assert [mail["Subject"] for mail in caught(tmp_path)] == [f"Mail {number}" for number in range(20)]
    assert not list(tmp_path.glob("*.part"))


def test_names_grow_even_within_a_microsecond_and_are_those_of_the_pages(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    names = [mailbox.store(b"Subject: x\r\n\r\n").stem for _ in range(30)]
    assert names == sorted(set(names))
    assert newest(tmp_path) == names[::-1]
