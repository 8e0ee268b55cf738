"""A kept line: many emails over one connection, which drops, refuses and grows old without an email lost or doubled."""

from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from threading import Event
from typing import Any

import pytest

from tests.mail.smtp import Desk, free_port, smtp_server
from tests.mail.test_transport import built
from tests.queues import wait_for
from webapp.mail import transport
from webapp.mail.transport import Letter, Line, PermanentError, TemporaryError, Unreachable
from webapp.vocabulary import Fault

OFFERS = [(), ("PIPELINING", "SIZE 33554432")]


@pytest.fixture(params=OFFERS, ids=["one by one", "together"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with smtp_server(Desk(offers=request.param)) as running:
        yield running


@pytest.fixture
def line(desk: Desk) -> Iterator[Line]:
    with closing(Line(f"smtp://127.0.0.1:{desk.port}", timeout=5)) as made:
        yield made


def letter(number: int = 0, **changes: Any) -> Letter:
    return built(message_id=f"<{number}@example.org>", **changes)


def taken(desk: Desk) -> list[str]:
    return [message_from_bytes(envelope.content)["Message-ID"] for envelope in desk.envelopes]  # type: ignore[arg-type]


def identifiers(*numbers: int) -> list[str]:
    return [f"<{number}@example.org>" for number in numbers]


def test_many_emails_leave_over_one_line(desk: Desk, line: Line) -> None:
    for number in range(5):
        line.send(letter(number, text=f".{number}\n..\n"))
    assert taken(desk) == identifiers(*range(5))
    assert [envelope.rcpt_tos for envelope in desk.envelopes] == [["chan.tai.man@example.org"]] * 5
    assert len(desk.lines) == 1
    assert b"\n.4\r\n..\r\n" in desk.envelopes[4].content  # type: ignore[operator]


@pytest.mark.parametrize(
    ("answers", "error", "fault"),
    [
        ({"recipient_answer": "550 no such mailbox"}, PermanentError, Fault.RECIPIENT),
        ({"recipient_answer": "450 greylisted"}, TemporaryError, Fault.RECIPIENT),
        ({"sender_answer": "550 who are you"}, TemporaryError, Fault.SENDER),
        ({"data_answer": "554 refused"}, PermanentError, Fault.CONTENT),
        ({"data_answer": "451 later"}, TemporaryError, Fault.CONTENT),
    ],
)
def test_what_is_refused_concerns_no_other_email_of_the_line(
    desk: Desk, line: Line, answers: dict[str, str], error: type[Exception], fault: Fault
) -> None:
    line.send(letter(1))
    for name, answer in answers.items():
        setattr(desk, name, answer)
    with pytest.raises(error) as caught:
        line.send(letter(2))
    assert caught.value.fault is fault  # type: ignore[attr-defined]
    for name in answers:
        setattr(desk, name, "250 OK")
    line.send(letter(3))
    assert taken(desk) == identifiers(1, 3)
    assert len(desk.lines) == 1


def test_a_line_that_dropped_while_it_rested_is_opened_anew(desk: Desk, line: Line) -> None:
    line.send(letter(1))
    desk.hang_up()
    wait_for(lambda: all(each.transport is None or each.transport.is_closing() for each in desk.lines), "it is down", 5)
    line.send(letter(2))
    assert taken(desk) == identifiers(1, 2)
    assert len(desk.lines) == 2


def test_a_server_that_ends_an_old_line_is_asked_once_more_and_only_once(desk: Desk, line: Line) -> None:
    line.send(letter(1))
    desk.sender_answer = "421 enough for one connection"
    with pytest.raises(TemporaryError) as caught:
        line.send(letter(2))
    assert (caught.value.fault, caught.value.code, len(desk.lines)) == (Fault.DROPPED, 421, 2)
    desk.sender_answer = "250 OK"
    line.send(letter(3))
    assert taken(desk) == identifiers(1, 3)


def test_an_email_that_the_server_may_have_taken_is_not_sent_again_by_the_line(desk: Desk, line: Line) -> None:
    line.send(letter(1))
    desk.drops_after_data = True
    with pytest.raises(TemporaryError) as caught:
        line.send(letter(2))
    assert not isinstance(caught.value, Unreachable)
    assert caught.value.fault is Fault.DROPPED
    assert taken(desk) == identifiers(1, 2)


def test_what_is_done_meanwhile_is_done_once_the_server_has_all_of_an_email_and_before_its_answer(
    desk: Desk, line: Line
) -> None:
    """Not where the server has not all of it: such an email may be sent over another line, or never."""
    done, may_answer = list[str](), Event()

    def answer(_count: int) -> None:
        done.append("answered" if may_answer.wait(10) else "too late")
        may_answer.clear()

    def meanwhile() -> None:
        wait_for(lambda: len(desk.envelopes) == len(done) // 2 + 1, "the server has all of it", 5)
        done.append("meanwhile")
        may_answer.set()

    desk.on_taken = answer
    line.send(letter(1), meanwhile)
    assert done == ["meanwhile", "answered"]
    desk.hang_up()
    wait_for(lambda: all(each.transport is None or each.transport.is_closing() for each in desk.lines), "it is down", 5)
    line.send(letter(2), meanwhile)
    assert done == ["meanwhile", "answered"] * 2
    desk.recipient_answer = "550 no such mailbox"
    with pytest.raises(PermanentError):
        line.send(letter(3), meanwhile)
    assert done == ["meanwhile", "answered"] * 2
    assert taken(desk) == identifiers(1, 2)


def test_no_server_is_told_from_an_email_that_failed(desk: Desk, line: Line) -> None:
    line.send(letter(1))
    gone = Line(f"smtp://127.0.0.1:{free_port()}", timeout=5)
    with pytest.raises(Unreachable) as caught:
        gone.send(letter(2))
    assert caught.value.fault is Fault.REFUSED


def test_a_line_ends_after_so_many_emails(desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LINE_MESSAGES", 2)
    for number in range(5):
        line.send(letter(number))
    assert taken(desk) == identifiers(*range(5))
    assert len(desk.lines) == 3


def test_a_line_ends_after_so_many_seconds(desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.send(letter(1))
    monkeypatch.setattr(transport, "LINE_SECONDS", -1)
    line.send(letter(2))
    assert taken(desk) == identifiers(1, 2)
    assert len(desk.lines) == 2


def test_a_line_that_rests_takes_leave(desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LINE_RESTS", 0.01)
    line.send(letter(1))
    line.rest()
    wait_for(lambda: line._server is None, "the line closed", 5)
    line.send(letter(2))
    assert len(desk.lines) == 2


def test_a_line_that_is_used_again_does_not_close(desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.send(letter(1))
    before = line._used
    line.send(letter(2))
    line._close_unless_used(before)
    line.send(letter(3))
    assert len(desk.lines) == 1
    line._close_unless_used(line._used)
    assert line._server is None
