"""Linking one's own account with single sign-on: asked first, after a fresh sign-in, and never another's identity."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import PASSWORD, make_person, make_settings
from tests.provider import SignOnProvider, here, sign_on
from webapp.config import Settings
from webapp.models import AuditEntry, Person
from webapp.vocabulary import AuditKind, Role

Write = Callable[[Callable[[Any], Any]], Any]
LINK = "/desk/account/sign-on"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, provider: SignOnProvider) -> Settings:
    return make_settings(database_url, data_dir=tmp_path, oidc_name="Example ID", **provider.settings)


@pytest.fixture
def me(client: FlaskClient, write: Write) -> Person:
    """Someone whose address here is not the one that the provider knows, signed in by their password."""
    made: Person = write(lambda s: make_person(s, email="desk@example.org", role=Role.ADMINISTRATOR))
    client.post("/desk/sign-in", data={"email": made.email, "password": PASSWORD})
    return made


def subject(write: Write, person: Person) -> Any:
    return write(lambda s: s.get(Person, person.id).sign_on_subject)


def test_account_is_linked_after_it_was_asked_and_opens_by_it_from_then_on(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    assert "/desk/sign-on?link=1" in client.get("/desk/account").text
    assert sign_on(client, idp, "?link=1").location == LINK
    assert idp.asked[0]["prompt"] == "login"  # who is signed in there in this browser may be someone else
    page = client.get(LINK).text
    assert "Chan Tai Man" in page
    assert "chan@example.org" in page
    assert subject(write, me) is None
    assert client.post(LINK).status_code == 303
    assert subject(write, me) == "chan"
    assert "Your account is linked: you can sign in with Example ID." in client.get("/desk/account").text
    client.post("/desk/sign-out")
    assert sign_on(client, idp).location == "/desk/my-day"
    assert "desk@example.org" in client.get("/desk/account").text
    kinds = [row.kind for row in write(lambda s: s.query(AuditEntry).order_by(AuditEntry.number).all())]
    assert kinds.count(AuditKind.SIGN_ON_LINKED) == 1


def test_identity_that_was_found_is_linked_once_soon_and_by_whom_it_was_found_for(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(LINK).location == "/desk/account"
    assert subject(write, me) is None
    sign_on(client, idp, "?link=1")
    monkeypatch.setattr("webapp.web.provider._LASTS", timedelta(seconds=-1))
    client.post(LINK)
    assert subject(write, me) is None
    assert "Please start again" in client.get("/desk/account").text


def test_identity_found_for_one_person_is_not_linked_with_another(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    """Two people at one browser: who went to the provider, and who is signed in when the answer is used."""
    other = write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    sign_on(client, idp, "?link=1")
    client.post("/desk/sign-in", data={"email": other.email, "password": PASSWORD})
    client.post(LINK)
    assert (subject(write, me), subject(write, other)) == (None, None)


def test_answer_for_one_person_is_not_taken_while_another_is_signed_in(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    other = write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    address = client.get("/desk/sign-on?link=1").location
    with client.session_transaction() as cookie:
        way = cookie["sign_on"]
    client.post("/desk/sign-in", data={"email": other.email, "password": PASSWORD})
    back = here(idp.let_in(address, "chan"))
    assert client.get(back).status_code == 400  # the way ended with the sign-in
    with client.session_transaction() as cookie:
        cookie["sign_on"] = way
    assert client.get(back).status_code == 400
    client.post(LINK)
    assert (subject(write, me), subject(write, other)) == (None, None)


def test_identity_of_someone_else_is_refused(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    other = write(make_person)
    write(lambda s: vars_of(s.get(Person, other.id), idp.issuer, "chan"))
    sign_on(client, idp, "?link=1")
    client.post(LINK)
    assert "Someone else's account is linked" in client.get("/desk/account", follow_redirects=True).text.replace(
        "&#39;", "'"
    )
    assert (subject(write, me), subject(write, other)) == (None, "chan")


def vars_of(person: Person, issuer: str, subject: str | None) -> None:
    person.sign_on_issuer, person.sign_on_subject = issuer, subject


def test_account_that_is_linked_takes_no_other_identity(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    write(lambda s: vars_of(s.get(Person, me.id), idp.issuer, "before"))
    sign_on(client, idp, "?link=1")
    client.post(LINK)
    assert "End that link first." in client.get("/desk/account").text
    assert subject(write, me) == "before"


@pytest.mark.parametrize("path", [LINK, f"{LINK}/end"])
def test_link_waits_for_a_fresh_sign_in(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write, path: str
) -> None:
    client.post("/desk/sign-in", data={"email": me.email, "password": PASSWORD})
    if path == LINK:
        sign_on(client, idp, "?link=1")
    else:
        write(lambda s: vars_of(s.get(Person, me.id), idp.issuer, "chan"))
    before = subject(write, me)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        page = client.post(path)
        assert page.status_code == 401
        assert "once more" in page.text
        assert subject(write, me) == before
        client.post("/desk/sign-in", data={"email": me.email, "password": PASSWORD})
        client.post(path)
        assert subject(write, me) == ("chan" if path == LINK else None)


def test_link_ends_and_the_password_stays(client: FlaskClient, idp: SignOnProvider, me: Person, write: Write) -> None:
    sign_on(client, idp, "?link=1")
    client.post(LINK)
    client.post(f"{LINK}/end")
    assert subject(write, me) is None
    assert "The link has ended." in client.get("/desk/account").text
    client.post("/desk/sign-out")
    idp.knows("chan", email="chan@example.org", email_verified=True)
    assert sign_on(client, idp).status_code == 403


def test_link_of_who_has_no_password_does_not_end(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write
) -> None:
    sign_on(client, idp, "?link=1")
    client.post(LINK)
    write(lambda s: setattr(s.get(Person, me.id), "password_hash", None))
    client.post(f"{LINK}/end")
    assert subject(write, me) == "chan"
    assert "could not sign in any more" in client.get("/desk/account").text


@pytest.mark.parametrize("age", [5, 11, None])
def test_sign_in_by_the_provider_is_as_fresh_as_it_says_that_it_asked(
    client: FlaskClient, idp: SignOnProvider, me: Person, write: Write, age: int | None
) -> None:
    """A provider that lets someone in by a sign-in of this morning proves nothing about who is there now."""
    write(lambda s: vars_of(s.get(Person, me.id), idp.issuer, "chan"))
    other = write(make_person)
    if age is None:
        idp.change = lambda claims: claims.pop("auth_time")
    else:
        idp.change = lambda claims: claims.update(auth_time=claims["iat"] - age * 60)
    sign_on(client, idp, "?again=1&next=/desk/people")
    assert (idp.asked[0]["prompt"], idp.asked[0]["max_age"]) == ("login", "0")
    page = client.post(f"/desk/people/{other.id}/sign-ins/end")
    assert page.status_code == (303 if age == 5 else 401)
    assert ("did not ask you again" in page.text + client.get("/desk/").text) is (age != 5)
    if age != 5:
        assert "Sign in with Example ID" in page.text
        assert 'action="/desk/sign-on?next=/desk/people/' in page.text
