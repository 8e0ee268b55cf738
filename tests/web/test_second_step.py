"""The second step at sign-in: after the password, hard to guess, never got round, and required in production."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import PASSWORD, acting, make_person
from webapp.config import Settings
from webapp.domain.accounts import administration, own_links, recovery_codes, throttle, waiting
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.domain.security.tokens import link_token
from webapp.models import (
    AccountLink,
    AuditEntry,
    Message,
    Person,
    RecoveryCode,
    SecondFactor,
    StaffSession,
    WaitingSignIn,
)
from webapp.vocabulary import AuditKind, Role

Write = Callable[[Callable[[Any], Any]], Any]
K = AuditKind
STEP = "/desk/sign-in/second-step"
APP = "/desk/account/authenticator"
START = datetime(2026, 11, 27, 9, 0, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def email(write: Write) -> str:
    return str(write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Ada Lee").email))


def post(client: FlaskClient, email: str, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(f"/desk/sign-in{query}", data={"email": email, "password": password})


def enrol(client: FlaskClient, clock: Any) -> tuple[str, list[str]]:
    """Add an authenticator as its owner does; returns its secret and the recovery codes, at a time of new codes."""
    page = client.get(APP).text
    key = unescape(re.findall(r'<code class="key" translate="no">([^<]*)', page)[0]).replace(" ", "")
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page)[0]
    shown = client.post(APP, data={"name": "Phone", "code": code_of(key), "sealed": sealed})
    assert shown.status_code == 200, shown.text
    clock.shift(120)
    return key, re.findall(r"<code>([0-9a-z-]{14})</code>", shown.text)


def code_of(secret: str, *, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=later)


@pytest.fixture
def enrolled(client: FlaskClient, email: str, clock: Any) -> tuple[str, list[str]]:
    """An account with an authenticator; its owner is signed out. Its secret, and its recovery codes."""
    assert post(client, email).status_code == 303
    secret, codes = enrol(client, clock)
    client.post("/desk/sign-out")
    return secret, codes


def is_in(client: FlaskClient) -> bool:
    return client.get("/desk/").status_code == 200


def noted(write: Write) -> list[AuditKind]:
    return list(write(lambda session: session.scalars(select(AuditEntry.kind).order_by(AuditEntry.number)).all()))


def mails(write: Write) -> list[str]:
    return list(write(lambda session: session.scalars(select(Message.subject).order_by(Message.id)).all()))


def test_right_password_is_no_sign_in_and_the_code_makes_it_one(
    client: FlaskClient, email: str, enrolled: Any, write: Write
) -> None:
    answer = post(client, email, query="?next=/desk/networks")
    assert answer.location == f"{STEP}?next=/desk/networks"
    assert not is_in(client)
    assert write(lambda session: session.scalar(select(func.count(StaffSession.id)))) == 0
    assert "Code of your authenticator app" in client.get(answer.location).text
    done = client.post(answer.location, data={"code": code_of(enrolled[0])})
    assert (done.status_code, done.location) == (303, "/desk/networks")
    assert is_in(client)
    assert write(lambda session: session.query(StaffSession).one().second_step)
    assert noted(write)[-3:] == [K.SECOND_STEP_ASKED, K.SECOND_STEP_USED, K.SIGNED_IN]


def test_codes_of_half_a_minute_around_and_as_people_type_them_are_taken(
    client: FlaskClient, email: str, enrolled: Any, clock: Any
) -> None:
    for later, form in ((-1, "{}"), (1, "{0:.3} {1}"), (0, "　{}")):
        clock.shift(300)
        code = code_of(enrolled[0], later=later)
        typed = form.format(code, code[3:]) if "{1}" in form else form.format(code)
        post(client, email)
        assert client.post(STEP, data={"code": typed}).status_code == 303
        assert is_in(client)
        client.post("/desk/sign-out")
    post(client, email)
    assert client.post(STEP, data={"code": code_of(enrolled[0], later=-3)}).status_code == 401


def test_code_is_good_once(app: Flask, client: FlaskClient, email: str, enrolled: Any) -> None:
    code = code_of(enrolled[0])
    post(client, email)
    assert client.post(STEP, data={"code": code}).status_code == 303
    watcher = app.test_client()
    post(watcher, email)
    again = watcher.post(STEP, data={"code": code})
    assert again.status_code == 401
    assert "was used before" in again.text
    assert not is_in(watcher)
    assert watcher.post(STEP, data={"code": code_of(enrolled[0], later=-1)}).status_code == 401, "nor an older one"


def test_code_that_added_the_app_signs_no_one_in(client: FlaskClient, email: str, clock: Any) -> None:
    post(client, email)
    secret, _codes = enrol(client, clock)
    clock.shift(-120)
    client.post("/desk/sign-out")
    post(client, email)
    assert client.post(STEP, data={"code": code_of(secret)}).status_code == 401


def test_after_five_tries_the_password_is_asked_for_again_and_the_owner_hears_of_it(
    client: FlaskClient, email: str, enrolled: Any, write: Write
) -> None:
    post(client, email)
    for _ in range(waiting.TRIES - 1):
        assert client.post(STEP, data={"code": "000000"}).status_code == 401
    last = client.post(STEP, data={"code": "000000"})
    assert last.location.startswith("/desk/sign-in?")
    assert client.post(STEP, data={"code": code_of(enrolled[0])}).location.startswith("/desk/sign-in?")
    assert not is_in(client)
    assert noted(write).count(K.SECOND_STEP_REFUSED) == waiting.TRIES
    assert mails(write)[-1] == "Someone may know your password"


def lift_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the throttle stop no one, so that what stops them is the second step itself."""
    for name in ("FROM_NETWORK", "FROM_STRANGERS", "FROM_DEVICE", "PER_ADDRESS", "PER_NETWORK"):
        monkeypatch.setattr(throttle, name, replace(getattr(throttle, name), free=1000))


def test_tries_of_a_waiting_sign_in_are_few_however_its_cookie_is_copied(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    lift_throttle(monkeypatch)
    post(client, email)
    cookie = client.get_cookie("__Host-liaison")
    assert cookie is not None
    answers = []
    for _ in range(waiting.TRIES + 3):
        copy = app.test_client()
        copy.set_cookie("__Host-liaison", cookie.value)
        answers.append(copy.post(STEP, data={"code": "123456"}).status_code)
    assert answers.count(401) == waiting.TRIES - 1
    assert write(lambda session: session.query(WaitingSignIn).one().tries) == waiting.TRIES


def test_wrong_codes_slow_the_next_sign_in_down(client: FlaskClient, email: str, enrolled: Any) -> None:
    post(client, email)
    for _ in range(waiting.TRIES):
        client.post(STEP, data={"code": "000000"})
    assert post(client, email).status_code == 429


def test_waiting_sign_in_ends_after_ten_minutes_and_in_another_browser_is_none(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, clock: Any, write: Write
) -> None:
    post(client, email)
    assert app.test_client().post(STEP, data={"code": code_of(enrolled[0])}).location.startswith("/desk/sign-in?")
    clock.shift(601)
    late = client.post(STEP, data={"code": code_of(enrolled[0])})
    assert late.location.startswith("/desk/sign-in?")
    assert "from the beginning" in client.get(late.location).text
    write(lambda session: waiting.purge(session, now=datetime.now(UTC)))
    assert write(lambda session: session.query(WaitingSignIn).count()) == 0


def test_new_password_ends_what_waits_and_does_not_get_round_the_second_step(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, clock: Any, write: Write
) -> None:
    post(client, email)
    owner = app.test_client()
    post(owner, email)
    owner.post(STEP, data={"code": code_of(enrolled[0])})
    new = {
        "old_password": PASSWORD,
        "new_password": "quiet marble river lantern",
        "again": "quiet marble river lantern",
    }
    assert owner.post("/desk/account/password", data=new).status_code == 303
    assert is_in(owner)
    assert write(lambda session: session.query(StaffSession).one().second_step), "it stays a sign-in with both"
    clock.shift(60)
    assert client.post(STEP, data={"code": code_of(enrolled[0])}).location.startswith("/desk/sign-in?")
    assert post(client, email, new["new_password"]).location.startswith(STEP)
    assert not is_in(client)


def test_passwords_given_anew_by_others_do_not_get_round_it(
    client: FlaskClient, email: str, enrolled: Any, settings: Settings, write: Write
) -> None:
    """By the command line, and by the link in an email."""
    by = acting(COMMAND_LINE, now=datetime.now(UTC), settings=settings)

    def rescue(session: Any) -> str:
        return administration.rescue(session, session.query(Person).one(), by=by)

    def link(session: Any) -> str:
        own_links.send_reset(session, session.query(Person).one(), by=by)
        session.flush()
        return link_token(session.query(AccountLink).one(), secret_keys=settings.secret_keys)

    assert post(client, email, write(rescue)).location.startswith(STEP)
    assert not is_in(client)
    new = {"new_password": "quiet marble river lantern", "again": "quiet marble river lantern"}
    assert client.post(f"/desk/set-password/{write(link)}", data=new).location == "/desk/sign-in"
    assert post(client, email, new["new_password"]).location.startswith(STEP)
    assert not is_in(client)


def test_codes_sent_at_the_same_time_are_looked_at_no_more_than_five_times(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    lift_throttle(monkeypatch)
    post(client, email)
    cookie = client.get_cookie("__Host-liaison")
    assert cookie is not None

    def guess(number: int) -> int:
        copy = app.test_client()
        copy.set_cookie("__Host-liaison", cookie.value)
        return copy.post(STEP, data={"code": f"{number:06}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(32)))
    refused = write(lambda session: session.query(AuditEntry).filter_by(kind=K.SECOND_STEP_REFUSED).count())
    assert 1 <= refused <= waiting.TRIES
    assert set(answers) <= {401, 303, 429}


def test_recovery_code_works_once_and_its_owner_hears_of_it(
    client: FlaskClient, email: str, enrolled: Any, clock: Any, write: Write
) -> None:
    _secret, codes = enrolled
    assert len(set(codes)) == recovery_codes.NUMBER
    post(client, email)
    typed = codes[3].upper().replace("-", " ")
    assert client.post(STEP, data={"recovery_code": typed}).status_code == 303
    assert is_in(client)
    assert "9 of 10 are left" in client.get("/desk/account").text
    assert mails(write)[-1] == "A recovery code was used"
    client.post("/desk/sign-out")
    post(client, email)
    again = client.post(STEP, data={"recovery_code": typed})
    assert again.status_code == 401
    assert not is_in(client)
    assert client.post(STEP, data={"recovery_code": codes[4]}).status_code == 303


def test_no_secret_is_stored_as_it_is(client: FlaskClient, enrolled: Any, write: Write) -> None:
    secret, codes = enrolled
    factor = write(lambda session: session.query(SecondFactor).one())
    rows = write(lambda session: session.query(RecoveryCode).all())
    assert secret not in str(factor.secret)
    for row in rows:
        assert row.code_hash.startswith("$argon2id$")
        assert not any(code.replace("-", "")[4:] in row.code_hash for code in codes)


def test_secret_of_another_account_opens_nothing(client: FlaskClient, email: str, enrolled: Any, write: Write) -> None:
    """Someone who can write to the database puts their own secret in the place of another's."""

    def steal(session: Any) -> str:
        victim = make_person(session, role=Role.ADMINISTRATOR)
        own = session.query(SecondFactor).one()
        session.add(
            SecondFactor(
                person_id=victim.id, kind=own.kind, name="x", secret=own.secret, counter=0, created_at=own.created_at
            )
        )
        return str(victim.email)

    post(client, write(steal))
    assert client.post(STEP, data={"code": code_of(enrolled[0])}).status_code == 401


def test_secret_is_read_after_the_secret_key_was_replaced_and_sealed_anew(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, settings: Settings, clock: Any, write: Write
) -> None:
    new = "another key for tests only, thirty-two characters"
    both = settings.model_copy(update={"secret_key": new, "secret_key_fallbacks": (settings.secret_key,)})
    for keys in (both, settings.model_copy(update={"secret_key": new})):
        app.extensions["settings"] = keys
        post(client, email)
        assert client.post(STEP, data={"code": code_of(enrolled[0])}).status_code == 303
        client.post("/desk/sign-out")
        clock.shift(120)
    app.extensions["settings"] = settings
    post(client, email)
    assert client.post(STEP, data={"code": code_of(enrolled[0])}).status_code == 401


def test_first_second_step_ends_the_sign_ins_that_had_none(
    app: Flask, client: FlaskClient, email: str, clock: Any, write: Write
) -> None:
    elsewhere = app.test_client()
    post(elsewhere, email)
    post(client, email)
    enrol(client, clock)
    assert is_in(client)
    assert not is_in(elsewhere)
    assert mails(write) == ["A second step was added to your account"]
    assert noted(write)[-2:] == [K.SESSIONS_ENDED, K.SECOND_STEP_ADDED]


def test_app_is_added_only_by_a_right_code_of_the_secret_that_was_shown(
    client: FlaskClient, email: str, clock: Any, write: Write
) -> None:
    post(client, email)
    page = client.get(APP).text
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page)[0]
    key = unescape(re.findall(r'<code class="key" translate="no">([^<]*)', page)[0])
    for data in ({"code": "000000"}, {"code": ""}, {"code": code_of(key.replace(" ", "")), "name": ""}):
        refused = client.post(APP, data={"name": "Phone", "sealed": sealed, **data})
        assert refused.status_code == 422
        assert key in refused.text, "the picture stays the one that was scanned"
    tampered = client.post(APP, data={"name": "Phone", "sealed": sealed[:-4] + "AAAA", "code": code_of("A" * 32)})
    assert tampered.status_code == 422
    assert write(lambda session: session.query(SecondFactor).count()) == 0


def test_offered_secret_of_another_person_is_not_taken(
    app: Flask, client: FlaskClient, email: str, write: Write
) -> None:
    post(client, email)
    page = client.get(APP).text
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page)[0]
    key = unescape(re.findall(r'<code class="key" translate="no">([^<]*)', page)[0]).replace(" ", "")
    victim = app.test_client()
    post(victim, write(lambda session: make_person(session).email))
    assert victim.post(APP, data={"name": "Phone", "sealed": sealed, "code": code_of(key)}).status_code == 422


def test_form_of_an_app_that_is_sent_twice_adds_one(client: FlaskClient, email: str, clock: Any, write: Write) -> None:
    post(client, email)
    page = client.get(APP).text
    sealed = re.findall(r'name="sealed" value="([^"]*)"', page)[0]
    key = unescape(re.findall(r'<code class="key" translate="no">([^<]*)', page)[0]).replace(" ", "")
    data = {"name": "Phone", "sealed": sealed, "code": code_of(key)}
    assert client.post(APP, data=data).status_code == 200
    assert client.post(APP, data=data).status_code == 303
    assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_acts_on_the_second_step_ask_for_the_password_again(
    client: FlaskClient, email: str, clock: Any, write: Write
) -> None:
    post(client, email)
    enrol(client, clock)
    clock.shift(600)
    factor_id = write(lambda session: session.query(SecondFactor).one().id)
    assert client.get(APP).status_code == 401
    for path in (APP, f"/desk/account/second-step/{factor_id}/remove", "/desk/account/recovery-codes"):
        assert client.post(path).status_code == 401
    assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_removing_the_last_one_ends_the_codes_and_the_password_alone_signs_in(
    client: FlaskClient, email: str, clock: Any, write: Write
) -> None:
    post(client, email)
    enrol(client, clock)
    factor_id = write(lambda session: session.query(SecondFactor).one().id)
    assert client.post(f"/desk/account/second-step/{factor_id}/remove").status_code == 303
    assert write(lambda session: session.query(RecoveryCode).count()) == 0
    assert mails(write)[-1] == "A second step was removed from your account"
    client.post("/desk/sign-out")
    assert post(client, email).location == "/desk/my-day"


def test_no_one_removes_what_is_anothers(app: Flask, client: FlaskClient, enrolled: Any, write: Write) -> None:
    other = app.test_client()
    post(other, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))
    factor_id = write(lambda session: session.query(SecondFactor).one().id)
    assert other.post(f"/desk/account/second-step/{factor_id}/remove").status_code == 404
    assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_new_recovery_codes_end_those_of_before(client: FlaskClient, email: str, clock: Any, write: Write) -> None:
    post(client, email)
    _secret, old = enrol(client, clock)
    shown = client.post("/desk/account/recovery-codes")
    new = re.findall(r"<code>([0-9a-z-]{14})</code>", shown.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    client.post("/desk/sign-out")
    post(client, email)
    assert client.post(STEP, data={"recovery_code": old[0]}).status_code == 401
    assert client.post(STEP, data={"recovery_code": new[0]}).status_code == 303


def test_administrator_resets_the_second_step_of_another(
    app: Flask, client: FlaskClient, email: str, enrolled: Any, write: Write
) -> None:
    boss = app.test_client()
    post(boss, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Boss").email))
    found = write(lambda session: session.query(Person).filter_by(email=email).one())
    assert "Authenticator app" in boss.get(f"/desk/people/{found.id}").text
    stale = boss.post(f"/desk/people/{found.id}/second-step/reset", data={"version": found.version + 1})
    assert stale.status_code == 409
    done = boss.post(f"/desk/people/{found.id}/second-step/reset", data={"version": found.version})
    assert done.status_code == 303
    assert write(lambda session: (session.query(SecondFactor).count(), session.query(RecoveryCode).count())) == (0, 0)
    assert mails(write)[-1] == "The second step of your account was reset"
    assert K.SECOND_STEP_RESET in noted(write)
    assert post(client, email).location == "/desk/my-day"
    again = boss.post(f"/desk/people/{found.id}/second-step/reset", data={"version": found.version + 1})
    assert "no second step that could be reset" in boss.get(again.location).text


def test_no_administrator_resets_their_own(client: FlaskClient, email: str, clock: Any, write: Write) -> None:
    post(client, email)
    enrol(client, clock)
    own = write(lambda session: session.query(Person).one())
    client.post(f"/desk/people/{own.id}/second-step/reset", data={"version": own.version})
    assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_words_that_wait_go_over_the_second_step_too(
    csrf_client: FlaskClient, email: str, clock: Any, write: Write
) -> None:
    def value(page: str, name: str = "csrf_token") -> str:
        return unescape(re.findall(f'name="{name}" value="([^"]*)"', page)[0])

    def send(path: str, page: str, **data: str) -> Any:
        return csrf_client.post(path, data={**data, "csrf_token": value(page)})

    send("/desk/sign-in", csrf_client.get("/desk/sign-in").text, email=email, password=PASSWORD)
    page = csrf_client.get(APP).text
    key = unescape(re.findall(r'<code class="key" translate="no">([^<]*)', page)[0]).replace(" ", "")
    send(APP, page, name="Phone", code=code_of(key), sealed=value(page, "sealed"))
    form = csrf_client.get("/desk/people/new").text
    clock.shift(660)
    new = {"name": "Wong Siu Fan", "email": "wong@example.org", "language": "en", "role": "host"}
    asked = send("/desk/people/new", form, **new).text
    waits = send("/desk/sign-in", asked, email=email, password=PASSWORD, kept=value(asked, "kept"))
    assert waits.location.startswith(STEP)
    done = send(waits.location, csrf_client.get(waits.location).text, code=code_of(key))
    assert done.location.startswith("/desk/kept")
    assert "Wong Siu Fan" in csrf_client.get(done.location).text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR])
def test_in_production_those_who_need_one_reach_only_their_account_without_it(
    app: Flask, client: FlaskClient, settings: Settings, write: Write, clock: Any, role: Role
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"env": "production"})
    assert post(client, write(lambda session: make_person(session, role=role).email)).location == "/desk/account"
    opened, tried = set(), 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk."):
            continue
        path = rule.build(dict.fromkeys(rule.arguments, 999), append_unknown=False)
        assert path is not None
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer, tried = client.open(path[1], method=method), tried + 1
            if (answer.status_code, answer.location) != (303, "/desk/account") and answer.status_code != 403:
                opened.add(rule.endpoint)
    account = {"account", "change_password", "change_password_there", "change_language"}
    account |= {"add_authenticator", "add_passkey", "passkey_options"}
    assert opened <= {f"desk.{name}" for name in account}
    assert tried > 100
    assert "Your role needs a second step" in client.get("/desk/account").text
    enrol(client, clock)
    assert is_in(client)
    factor_id = write(lambda session: session.query(SecondFactor).one().id)
    client.post(f"/desk/account/second-step/{factor_id}/remove")
    assert write(lambda session: session.query(SecondFactor).count()) == 1, "the last one stays"


@pytest.mark.parametrize(
    ("env", "chosen", "role", "open_at_once"),
    [
        ("production", None, Role.LIAISON, True),
        ("production", None, Role.OBSERVER, True),
        ("production", "offered", Role.ADMINISTRATOR, True),
        ("standalone", None, Role.ADMINISTRATOR, True),
        ("development", "required", Role.ADMINISTRATOR, False),
    ],
)
def test_who_needs_one_and_where(
    app: Flask,
    client: FlaskClient,
    settings: Settings,
    write: Write,
    env: str,
    chosen: Any,
    role: Role,
    open_at_once: bool,
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"env": env, "second_step": chosen})
    post(client, write(lambda session: make_person(session, role=role).email))
    assert is_in(client) is open_at_once


def test_password_of_ones_own_comes_before_the_second_step(
    app: Flask, client: FlaskClient, settings: Settings, email: str, write: Write, clock: Any
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"env": "production"})
    until = datetime.now(UTC) + timedelta(hours=1)
    write(lambda session: setattr(session.query(Person).one(), "password_expires_at", until))
    post(client, email)
    assert client.get(APP).location == "/desk/account"
    assert "one-time password" in client.get("/desk/account").text


def test_hostile_codes_are_refused_and_break_nothing(client: FlaskClient, email: str, enrolled: Any) -> None:
    for typed in ("", "\0", "１２３４５６７８９０" * 400, "' OR 1=1 --", "\ud83d", "💥" * 10, "-" * 40):
        for field in ("code", "recovery_code"):
            answer = client.post(STEP, data={field: typed.encode("utf-8", "surrogatepass")})
            assert answer.status_code in (303, 401, 422, 429)
            post(client, email)
