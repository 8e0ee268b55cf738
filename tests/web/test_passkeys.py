"""Passkeys: made by who is signed in, good in the place of a password; what only looks like one is not taken."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from tests.factories import PASSWORD, make_person
from tests.passkey import Passkey
from webapp.config import Settings
from webapp.domain.accounts import passkeys
from webapp.models import AuditEntry, Message, PasskeyChallenge, Person, SecondFactor, StaffSession
from webapp.vocabulary import AuditKind, Role

Write = Callable[[Callable[[Any], Any]], Any]
K = AuditKind
ADD, SIGN_IN, STEP = "/desk/account/passkey", "/desk/sign-in/passkey", "/desk/sign-in/second-step"


@pytest.fixture
def email(write: Write) -> str:
    return str(write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Ada Lee").email))


def post(client: FlaskClient, email: str) -> Any:
    return client.post("/desk/sign-in", data={"email": email, "password": PASSWORD})


def options(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.post(path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def add(client: FlaskClient, key: Passkey, name: str = "Laptop") -> Any:
    return client.post(ADD, data={"name": name, "credential": key.made(options(client, f"{ADD}/options"))})


def use(client: FlaskClient, key: Passkey, query: str = "") -> Any:
    asked = options(client, f"{SIGN_IN}/options{query}")
    return client.post(SIGN_IN, data={"credential": key.signed(asked)})


def is_in(client: FlaskClient) -> bool:
    return client.get("/desk/").status_code == 200


@pytest.fixture
def key(client: FlaskClient, email: str) -> Passkey:
    """A passkey of an account whose owner is signed out."""
    made = Passkey()
    post(client, email)
    shown = add(client, made)
    assert shown.status_code == 200
    assert "Your recovery codes" in shown.text
    client.post("/desk/sign-out")
    return made


def noted(write: Write) -> list[AuditKind]:
    return list(write(lambda session: session.scalars(select(AuditEntry.kind).order_by(AuditEntry.number)).all()))


def test_passkey_signs_in_without_a_password(client: FlaskClient, key: Passkey, write: Write) -> None:
    done = client.post(
        f"{SIGN_IN}?next=/desk/networks", data={"credential": key.signed(options(client, f"{SIGN_IN}/options"))}
    )
    assert (done.status_code, done.location) == (303, "/desk/networks")
    assert is_in(client)
    assert write(lambda session: session.query(StaffSession).one().second_step)
    assert noted(write)[-2:] == [K.SECOND_STEP_USED, K.SIGNED_IN]
    assert write(lambda session: session.query(SecondFactor).one().used_at) is not None


def test_passkey_is_the_second_step_after_a_password(client: FlaskClient, email: str, key: Passkey) -> None:
    answer = post(client, email)
    assert answer.location.startswith(STEP)
    assert "Use a passkey" in client.get(answer.location).text
    asked = options(client, f"{SIGN_IN}/options?waits=1")
    assert [each["id"] for each in asked["allowCredentials"]] == [bytes_to_base64url(key.id)]
    assert client.post(SIGN_IN, data={"credential": key.signed(asked)}).status_code == 303
    assert is_in(client)


def test_challenge_is_good_once(app: Flask, client: FlaskClient, key: Passkey, write: Write) -> None:
    asked = options(client, f"{SIGN_IN}/options")
    sent, cookie = key.signed(asked), client.get_cookie("__Host-liaison")
    assert cookie is not None
    assert client.post(SIGN_IN, data={"credential": sent}).status_code == 303
    assert is_in(client)
    copy = app.test_client()
    copy.set_cookie("__Host-liaison", cookie.value)
    copy.post(SIGN_IN, data={"credential": sent})
    assert not is_in(copy), "what was overheard, with the cookie of before"
    assert write(lambda session: session.query(PasskeyChallenge).count()) == 0


def test_challenge_is_that_of_the_browser(app: Flask, client: FlaskClient, key: Passkey) -> None:
    other = app.test_client()
    asked = options(other, f"{SIGN_IN}/options")
    options(client, f"{SIGN_IN}/options")
    client.post(SIGN_IN, data={"credential": key.signed(asked)})
    assert not is_in(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://desk.example.net"},
        {"origin": "http://desk.example.org"},
        {"site": "example.org"},
        {"verified": False},
        {"handle": b"person-999"},
    ],
)
def test_passkey_of_another_site_or_of_an_unknown_holder_is_refused(
    client: FlaskClient, email: str, key: Passkey, write: Write, lie: dict[str, Any]
) -> None:
    honest = dict(vars(key))
    vars(key).update(lie)
    refused = use(client, key)
    assert refused.location.startswith("/desk/sign-in")
    assert not is_in(client)
    assert noted(write)[-1] is K.SECOND_STEP_REFUSED
    vars(key).update(honest)
    post(client, email)
    assert use(client, key).status_code == 303
    assert is_in(client)
    client.post("/desk/sign-out")
    liar = Passkey(**{name: value for name, value in lie.items() if name != "handle"})
    if "handle" not in lie:
        use(client, key)
        assert add(client, liar).status_code == 422, "nor is such a one added"
        assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_other_key_of_the_same_number_is_refused(client: FlaskClient, key: Passkey) -> None:
    use(client, Passkey(id=key.id))
    assert not is_in(client)


def test_copy_that_counts_behind_is_refused(client: FlaskClient, key: Passkey) -> None:
    key.counter = 7
    use(client, key)
    assert is_in(client)
    client.post("/desk/sign-out")
    key.counter = 7
    use(client, key)
    assert not is_in(client)
    key.counter = 8
    use(client, key)
    assert is_in(client)


@pytest.mark.parametrize("change", ["removed", "closed", "no password"])
def test_passkey_that_was_removed_or_whose_account_is_closed_opens_nothing(
    client: FlaskClient, key: Passkey, write: Write, change: str
) -> None:
    def do(session: Any) -> None:
        person = session.query(Person).one()
        if change == "removed":
            session.delete(session.query(SecondFactor).one())
        elif change == "closed":
            person.active = False
        else:
            person.password_hash = None

    write(do)
    assert use(client, key).location.startswith("/desk/sign-in")
    assert not is_in(client)


def test_passkey_of_another_account_is_not_added_again(
    app: Flask, client: FlaskClient, key: Passkey, write: Write
) -> None:
    other = app.test_client()
    post(other, write(lambda session: make_person(session).email))
    assert add(other, key).location == "/desk/account"
    assert write(lambda session: session.query(SecondFactor).count()) == 1


def test_second_one_leaves_the_recovery_codes_and_owners_hear_of_both(
    client: FlaskClient, email: str, key: Passkey, write: Write
) -> None:
    use(client, key)
    assert add(client, Passkey(), "Blue key").location == "/desk/account"
    page = client.get("/desk/account").text
    assert "Blue key" in page
    assert "10 of 10 are left" in page
    told = write(lambda session: session.scalars(select(Message.kind)).all())
    assert len(told) == 2
    for number in range(8):
        add(client, Passkey(), f"Key {number}")
    full = add(client, Passkey(), "One more")
    assert full.status_code == 422
    assert "You have ten already" in full.text


def test_name_that_is_missing_is_asked_for(client: FlaskClient, email: str) -> None:
    post(client, email)
    refused = add(client, Passkey(), "")
    assert refused.status_code == 422
    assert "Give it a name." in refused.text


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "{}",
        "[]",
        "null",
        "1",
        '{"id":"a","rawId":"a","type":"public-key","response":{}}',
        "\0",
        "é" * 300,
        "{" * 5000,
    ],
)
def test_what_is_no_passkey_is_refused_and_breaks_nothing(
    client: FlaskClient, email: str, key: Passkey, typed: str
) -> None:
    options(client, f"{SIGN_IN}/options")
    assert client.post(SIGN_IN, data={"credential": typed}).location.startswith("/desk/sign-in")
    use(client, key)
    options(client, f"{ADD}/options")
    assert client.post(ADD, data={"name": "x", "credential": typed}).status_code == 422


def test_bytes_turned_over_are_refused_and_break_nothing(client: FlaskClient, email: str, key: Passkey) -> None:
    """Each part of what a browser sends, damaged in several places."""
    tried = 0
    for part in ("authenticatorData", "signature", "clientDataJSON"):
        for at in range(0, 40, 3):
            sent = json.loads(key.signed(options(client, f"{SIGN_IN}/options")))
            old = sent["response"][part]
            sent["response"][part] = old[:at] + ("A" if old[at] != "A" else "B") + old[at + 1 :]
            assert client.post(SIGN_IN, data={"credential": json.dumps(sent)}).status_code == 303
            assert not is_in(client)
            tried += 1
    post(client, email)
    use(client, key)
    for at in range(0, 160, 8):
        sent = json.loads(Passkey().made(options(client, f"{ADD}/options")))
        old = sent["response"]["attestationObject"]
        sent["response"]["attestationObject"] = old[:at] + ("A" if old[at] != "A" else "B") + old[at + 1 :]
        assert client.post(ADD, data={"name": "x", "credential": json.dumps(sent)}).status_code in (200, 303, 422)
        tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://desk.example.org", "https://desk.example.org"),
        ("https://Desk.example.org:443/liaison", "https://desk.example.org"),
        ("https://desk.example.org:8443", "https://desk.example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://desk.example.org", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_offered_where_browsers_have_them(
    app: Flask, client: FlaskClient, settings: Settings, email: str, address: str, origin: str | None
) -> None:
    given = settings.model_copy(update={"public_url": address})
    found = passkeys.site(given)
    assert (found.origin if found else None) == origin
    app.extensions["settings"] = given.model_copy(update={"trusted_hosts": ("desk.example.org",)})
    page = client.get("/desk/sign-in", base_url="https://desk.example.org").text
    assert ("Sign in with a passkey" in page) is (origin is not None)


def test_pages_may_use_passkeys_and_nothing_else(client: FlaskClient) -> None:
    powers = client.get("/").headers["Permissions-Policy"]
    allowed = [part for part in powers.split(", ") if not part.endswith("=()")]
    assert allowed == ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
