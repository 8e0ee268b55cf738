"""The mail server is down for ten minutes, in each way that it can be: who hears of it when, and nothing is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.factories import NOW, acting, make_enquiry, make_person
from tests.mail.smtp import Desk, accounts, certificate, free_port, silent, smtp_server
from tests.queues import Queue, valkey
from tests.servers import Unavailable
from webapp import cli, cli_outbox
from webapp.config import Settings
from webapp.domain.messages import delivery, outbox, watch
from webapp.mail import transport
from webapp.models import Message
from webapp.vocabulary import Fault, MessageState, Role

Write = Callable[[Callable[[Session], Any]], Any]
MINUTE = timedelta(minutes=1)
LIGHT = "Emails have not left since"


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(body.decode())  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        return


@contextmanager
def webhook(answer: int = 204) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Hook)
    server.told, server.answer = [], answer
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def refusing(_folder: Path) -> Iterator[str]:
    yield f"smtp://127.0.0.1:{free_port()}"


@contextmanager
def hanging(_folder: Path) -> Iterator[str]:
    with silent() as port:
        yield f"smtp://127.0.0.1:{port}"


@contextmanager
def wrong_certificate(folder: Path) -> Iterator[str]:
    try:
        context, _file = certificate(folder, "localhost")
    except Unavailable as error:
        unavailable(str(error))
    with smtp_server(Desk(), tls_context=context) as desk:
        yield f"smtp+starttls://localhost:{desk.port}"


@contextmanager
def wrong_password(_folder: Path) -> Iterator[str]:
    with smtp_server(Desk(), **accounts("right")) as desk:
        yield f"smtp://user:secret@127.0.0.1:{desk.port}"


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


def deliver(write: Write, settings: Settings, smtp_url: str, now: datetime) -> None:
    """What the worker does with all that is due."""
    for number in write(lambda s: delivery.due(s, now=now)):
        claimed = write(lambda s, n=number: delivery.claim(s, n, now=now, settings=settings))
        try:
            transport.send(delivery.wire(claimed, settings=settings), smtp_url=smtp_url, timeout=0.3)
        except transport.DeliveryError as error:
            permanent = isinstance(error, transport.PermanentError)
            given = {"error": str(error), "permanent": permanent, "now": now, "fault": error.fault, "code": error.code}
            write(lambda s, c=claimed, g=given: delivery.record_failure(s, c, **g))
        else:
            write(lambda s, c=claimed: delivery.record_sent(s.connection(), c, now=now))


def tell(write: Write, settings: Settings, now: datetime) -> None:
    """What the watch does each minute."""
    for notice in write(lambda s: watch.due(s, now=now, settings=settings)):
        if watch.tell(notice, settings=settings):
            write(lambda s, n=notice: watch.record(s, n))


def check(app: Flask, *options: str) -> tuple[int, str]:
    with app.app_context():
        result = CliRunner().invoke(cli.check, options)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("down", "fault"),
    [
        (refusing, Fault.REFUSED),
        (hanging, Fault.TIMEOUT),
        (wrong_certificate, Fault.CERTIFICATE),
        (wrong_password, Fault.PASSWORD),
    ],
)
def test_ten_minutes_without_a_mail_server_are_seen_everywhere_and_lose_nothing(
    app: Flask,
    client: FlaskClient,
    write: Write,
    sign_in: Any,
    settings: Settings,
    queue: Queue,
    tmp_path: Path,
    down: Callable[[Path], AbstractContextManager[str]],
    fault: Fault,
) -> None:
    with down(tmp_path) as smtp_url, webhook() as hook, smtp_server(Desk()) as second:
        routes = {
            "alert_smtp_url": f"smtp://127.0.0.1:{second.port}",
            "alert_email": "operator@example.org",
            "alert_webhook_url": f"http://127.0.0.1:{hook.server_address[1]}/hook",
        }
        known = settings.model_copy(update={"redis_url": queue.url, "smtp_url": smtp_url, **routes})
        app.extensions["settings"] = known
        seen: dict[str, int | None] = dict.fromkeys(("light", "readyz", "check", "webhook", "email"))

        def look(minute: int) -> None:
            ready = client.get("/readyz")
            assert ready.status_code == 200
            facts = {
                "light": LIGHT in client.get("/desk/board").text,
                "readyz": not ready.json["delivering"],
                "check": check(app)[0] == 1,
                "webhook": bool(hook.told),
                "email": bool(second.envelopes),
            }
            for name, said in facts.items():
                if said and seen[name] is None:
                    seen[name] = minute

        with time_machine.travel(NOW, tick=False) as clock:
            sign_in(client, write(lambda s: make_person(s, role=Role.COORDINATOR)))
            write(lambda s: make_enquiry(s, known))
            for minute in range(11):
                deliver(write, known, smtp_url, NOW + minute * MINUTE)
                tell(write, known, NOW + minute * MINUTE)
                look(minute)
                clock.shift(MINUTE)
            assert seen == dict.fromkeys(seen, 6)
            assert write(delivery.standing) == delivery.Standing(NOW, fault, 0)
            assert (len(hook.told), len(second.envelopes)) == (1, 1)

            with smtp_server(Desk()) as mended:
                back = NOW + 30 * MINUTE
                clock.move_to(back)
                deliver(write, known, f"smtp://127.0.0.1:{mended.port}", back)
                tell(write, known, back)
                assert len(mended.envelopes) == 2
            assert LIGHT not in client.get("/desk/board").text
            assert client.get("/readyz").json["delivering"] is True
            assert check(app)[0] == 0
    assert set(write(lambda s: s.scalars(select(Message.state)).all())) == {MessageState.SENT}
    assert [("over" in told) for told in hook.told] == [False, True]
    told = "".join(hook.told) + "".join(str(envelope.content) for envelope in second.envelopes)
    assert f'"fault": "{fault}"' in told
    assert not any(word in told for word in ("erika", "secret", "Mustermann", "LD-"))


def test_failed_messages_are_told_once_and_again_only_when_more_fail(write: Write, settings: Settings) -> None:
    def fail(session: Session, number: int) -> None:
        for _ in range(number):
            make_enquiry(session, settings)
        for row in session.scalars(select(Message).where(Message.state == MessageState.QUEUED)):
            row.state, row.next_attempt_at = MessageState.FAILED, None

    with webhook() as hook:
        url = f"http://127.0.0.1:{hook.server_address[1]}/"
        known = settings.model_copy(update={"alert_webhook_url": url})

        def after(minutes: int) -> list[str]:
            hook.told.clear()
            tell(write, known, NOW + minutes * MINUTE)
            return [text.partition('"event": "')[2].partition('"')[0] for text in hook.told]

        assert after(0) == []
        write(lambda s: fail(s, 1))
        assert after(1) == ["delivery.failed"]
        assert after(2) == []
        write(lambda s: fail(s, 1))
        assert after(3) == []
        assert after(61) == ["delivery.failed"]
        assert after(200) == []
        write(lambda s: outbox.retry_failed(s, by=acting(now=NOW + 200 * MINUTE)))
        assert after(201) == ["delivery.failed.over"]
        assert after(202) == []


def test_route_that_does_not_work_is_taken_again_and_the_other_one_tells(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    with webhook(answer=500) as hook:
        url = f"http://127.0.0.1:{hook.server_address[1]}/"
        known = settings.model_copy(update={"alert_webhook_url": url})
        for minute, times in ((10, 1), (11, 1), (14, 1), (15, 2), (16, 2), (20, 3)):
            tell(write, known, NOW + minute * MINUTE)
            assert len(hook.told) == times, minute
        with smtp_server(Desk()) as second:
            smtp = {"alert_smtp_url": f"smtp://127.0.0.1:{second.port}", "alert_email": "operator@example.org"}
            for minute in range(30, 60):
                tell(write, known.model_copy(update=smtp), NOW + minute * MINUTE)
            assert len(second.envelopes) == 1


def test_two_watches_at_once_tell_once(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    at = NOW + 10 * MINUTE
    first = write(lambda s: watch.due(s, now=at, settings=settings))
    assert len(first) == 1
    assert write(lambda s: watch.due(s, now=at, settings=settings)) == []
    write(lambda s: watch.record(s, first[0]))
    assert write(lambda s: watch.due(s, now=at + 60 * MINUTE, settings=settings)) == []


def test_check_says_what_failed_and_sends_all_of_it_again(
    app: Flask, write: Write, settings: Settings, queue: Queue
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"redis_url": queue.url})

    def fail(session: Session) -> None:
        for _ in range(3):
            make_enquiry(session, settings)
        for row in session.scalars(select(Message)):
            row.state, row.next_attempt_at = MessageState.FAILED, None

    write(fail)
    code, said = check(app)
    assert code == 1
    assert "6 emails ended undelivered" in said
    assert "liaison outbox retry --all" in said
    with app.app_context():
        done = CliRunner().invoke(cli_outbox.outbox_retry, ["--all"])
        assert (done.exit_code, done.output.split()[0]) == (0, "6")
        again = CliRunner().invoke(cli_outbox.outbox_retry, ["1"])
        assert again.exit_code == 1
        assert "still on its way" in again.output
        assert CliRunner().invoke(cli_outbox.outbox_retry, []).exit_code == 2


@pytest.mark.parametrize("down", [refusing, wrong_certificate, wrong_password])
def test_check_of_the_mail_server_says_how_to_mend_it(
    app: Flask, settings: Settings, queue: Queue, tmp_path: Path, down: Callable[[Path], AbstractContextManager[str]]
) -> None:
    advice = {refusing: "587", wrong_certificate: "SSL_CERT_FILE", wrong_password: "%40"}
    with down(tmp_path) as smtp_url:
        app.extensions["settings"] = settings.model_copy(update={"redis_url": queue.url, "smtp_url": smtp_url})
        code, said = check(app, "--mail")
    assert code == 1
    assert "FAULT" in said
    assert advice[down] in said
    assert "secret" not in said


def test_check_of_a_mail_server_that_works_sends_only_what_is_asked_for(
    app: Flask, settings: Settings, queue: Queue
) -> None:
    with smtp_server(Desk()) as desk:
        here = {"redis_url": queue.url, "smtp_url": f"smtp://127.0.0.1:{desk.port}"}
        app.extensions["settings"] = settings.model_copy(update=here)
        code, said = check(app, "--mail")
        assert (code, desk.envelopes) == (0, [])
        assert "office+test@example.org: taken" in said
        code, said = check(app, "--send-to", "me@example.org")
        assert code == 0
        assert [envelope.rcpt_tos for envelope in desk.envelopes] == [["me@example.org"]]


@pytest.mark.parametrize(("form", "expected"), [("plain", 0), ("plus", 1)])
def test_check_tries_an_address_with_a_plus(
    app: Flask, settings: Settings, queue: Queue, form: str, expected: int
) -> None:
    with smtp_server(Desk(plus_answer="550 no such mailbox")) as desk:
        here = {"redis_url": queue.url, "smtp_url": f"smtp://127.0.0.1:{desk.port}", "reply_address": form}
        app.extensions["settings"] = settings.model_copy(update=here)
        code, said = check(app, "--mail")
    assert code == expected
    assert "550 no such mailbox" in said
    assert "LIAISON_REPLY_ADDRESS=plain" in said
