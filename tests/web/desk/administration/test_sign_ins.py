"""Sign-ins: they end for lack of use and after half a day, are listed for their owner, and can be ended one by one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_person
from webapp.domain.accounts import sessions
from webapp.models import StaffSession
from webapp.vocabulary import Role
from webapp.web import browsers

Write = Callable[[Callable[[Any], Any]], Any]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"


@pytest.fixture
def sign_in(sign_in_by_page: Any) -> Any:
    """What is looked at here begins with the page."""
    return sign_in_by_page


@pytest.fixture
def me(write: Write) -> str:
    return str(write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))


def seen(write: Write) -> datetime:
    found: datetime = write(lambda session: session.query(StaffSession).one().seen_at)
    return found


def opened(client: FlaskClient) -> int:
    return client.get("/desk/account").status_code


def test_sign_in_that_is_not_used_ends(client: FlaskClient, me: str, sign_in: Any) -> None:
    sign_in(client, me)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=119), tick=False):
        assert opened(client) == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=119 + 119), tick=False):
        assert opened(client) == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=119 + 119 + 121), tick=False):
        assert opened(client) == 303


def test_sign_in_ends_after_twelve_hours_however_much_it_is_used(client: FlaskClient, me: str, sign_in: Any) -> None:
    sign_in(client, me)
    start = datetime.now(UTC)
    answers = []
    for hour in range(1, 14):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            answers.append(opened(client))
    assert answers == [200] * 11 + [303] * 2


def test_a_sign_in_that_ends_while_its_page_is_made_ends_with_the_next(
    client: FlaskClient, me: str, write: Write, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, me)

    def ended_elsewhere(session: Session, _token: str, *, now: datetime) -> None:
        session.query(StaffSession).delete()

    monkeypatch.setattr(sessions, "note_seen", ended_elsewhere)
    with time_machine.travel(seen(write) + timedelta(minutes=4), tick=False):
        assert [client.get("/desk/").status_code for _ in range(2)] == [200, 303]


def test_use_is_written_down_every_few_minutes_only(
    client: FlaskClient, me: str, write: Write, sign_in: Any, count_queries: Any
) -> None:
    sign_in(client, me)
    first = seen(write)
    with time_machine.travel(first + timedelta(minutes=2), tick=False), count_queries() as statements:
        opened(client)
    assert not [statement for statement in statements if statement.startswith("UPDATE")]
    for path in ("/desk/", "/desk/nothing-here", "/desk/account"):
        with time_machine.travel(first + timedelta(minutes=4), tick=False), count_queries() as statements:
            client.get(path)
        if path == "/desk/":
            assert len([statement for statement in statements if statement.startswith("UPDATE")]) == 1
    assert seen(write) == first + timedelta(minutes=4)


def test_own_sign_ins_are_listed_and_ended_one_by_one(client: FlaskClient, me: str, write: Write, sign_in: Any) -> None:
    sign_in(client, me)
    others = [client.application.test_client() for _ in range(3)]
    for other, name in zip(others, (FIREFOX, CHROME, SAFARI), strict=True):
        other.environ_base["HTTP_USER_AGENT"] = name
        other.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        sign_in(other, me)
    page = client.get("/desk/account").text
    for words in ("Firefox, Windows", "Chrome, Android", "Safari, iPhone", "203.0.113.9", "This browser"):
        assert words in page
    number = write(lambda session: session.query(StaffSession).filter_by(browser="Firefox, Windows").one().id)
    assert client.post(f"/desk/account/sign-ins/{number}/end").status_code == 303
    assert [opened(other) for other in others] == [303, 200, 200]
    assert client.post("/desk/account/sign-ins/end").status_code == 303
    assert [opened(other) for other in others] == [303, 303, 303]
    page = client.get("/desk/account").text
    assert page.count("<tr data-row>") == 1
    assert "End all others" not in page


def test_nobody_ends_the_sign_ins_of_another_by_their_numbers(
    client: FlaskClient, me: str, write: Write, sign_in: Any
) -> None:
    other = client.application.test_client()
    sign_in(other, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))
    number = write(lambda session: session.query(StaffSession).one().id)
    sign_in(client, me)
    assert client.post(f"/desk/account/sign-ins/{number}/end").status_code == 303
    assert client.post("/desk/account/sign-ins/end").status_code == 303
    assert opened(other) == 200
    assert "Unknown browser" not in client.get("/desk/people").text


@pytest.mark.parametrize("role", list(Role))
def test_administrators_alone_end_the_sign_ins_of_others(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    person = write(lambda session: make_person(session, name="Chan Tai Man"))
    email, number = person.email, person.id
    other = client.application.test_client()
    sign_in(other, email)
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    answer = client.post(f"/desk/people/{number}/sign-ins/end")
    allowed = role is Role.ADMINISTRATOR
    assert answer.status_code == (303 if allowed else 403)
    assert opened(other) == (303 if allowed else 200)
    if allowed:
        assert "End all sign-ins" not in client.get(f"/desk/people/{number}").text
        assert "ended all sign-ins" in re.sub(r"<[^>]*>", "", client.get("/desk/changes").text)


def test_signing_in_again_ends_the_sign_in_of_before(client: FlaskClient, me: str, write: Write, sign_in: Any) -> None:
    sign_in(client, me)
    sign_in(client, me)
    assert write(lambda session: session.query(StaffSession).count()) == 1


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        (SAFARI, "Safari, iPhone"),
        (EDGE, "Edge, macOS"),
        ("curl/8.14.1", "curl"),
        ("x" * 5000, ""),
        ("", ""),
    ],
)
def test_browser_is_named_as_its_owner_would(user_agent: str, name: str) -> None:
    assert browsers.named(user_agent) == name
