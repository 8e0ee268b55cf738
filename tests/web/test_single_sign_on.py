"""Signing in by a real provider of OpenID Connect: let in, led on, and every answer that is not to be believed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey

from tests.factories import PASSWORD, make_person, make_settings
from tests.provider import SECRET, SignOnProvider, here, sent_back, sign_on
from webapp import oidc
from webapp.config import Settings
from webapp.models import AuditEntry, Person, StaffSession
from webapp.vocabulary import AuditKind, Role, RoleSource

Write = Callable[[Callable[[Any], Any]], Any]
EMAIL = "chan@example.org"
ROLES = (("desk-admins", Role.ADMINISTRATOR), ("desk", Role.COORDINATOR))


@pytest.fixture
def settings(database_url: str, tmp_path: Path, provider: SignOnProvider) -> Settings:
    given = {**provider.settings, "oidc_name": "Example ID", "oidc_roles": ROLES}
    return make_settings(database_url, data_dir=tmp_path, **given)


@pytest.fixture
def person(write: Write) -> Person:
    made: Person = write(lambda session: make_person(session, email=EMAIL, name="Chan Tai Man"))
    return made


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/desk/").status_code == 200


def refused(write: Write) -> list[tuple[str, str]]:
    """Of whom the audit log says that a sign-in was refused, and why."""
    query = lambda s: s.query(AuditEntry).filter_by(kind=AuditKind.SIGN_IN_REFUSED)  # noqa: E731
    return [(row.actor_name, row.data.get("why", "")) for row in write(lambda s: query(s).all())]


def test_sign_in_page_offers_the_provider_first_and_the_password_below(
    client: FlaskClient, idp: SignOnProvider
) -> None:
    page = client.get("/desk/sign-in?next=/desk/my-day").text
    assert 'href="/desk/sign-on?next=/desk/my-day"' in page
    assert page.index("Sign in with Example ID") < page.index('name="password"')


def test_person_of_a_verified_address_is_let_in_linked_and_led_on(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    response = sign_on(client, idp, "?next=/desk/my-day")
    assert (response.status_code, response.location) == (303, "/desk/my-day")
    assert client.get("/desk/my-day").status_code == 200
    linked = write(lambda s: s.get(Person, person.id))
    assert (linked.sign_on_issuer, linked.sign_on_subject) == (idp.issuer, "chan")
    assert write(lambda s: s.query(StaffSession).one().by_provider)
    kinds = [row.kind for row in write(lambda s: s.query(AuditEntry).order_by(AuditEntry.number).all())]
    assert kinds == [AuditKind.SIGN_ON_LINKED, AuditKind.SIGNED_IN]
    asked = idp.asked[0]
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid email profile")
    assert asked["redirect_uri"] == "https://desk.example.org/desk/sign-on/return"
    assert "prompt" not in asked


def test_who_is_linked_is_known_by_the_subject_alone(client: FlaskClient, idp: SignOnProvider, person: Person) -> None:
    """An address that changed at the provider, or is not verified any more, is no matter once an account is linked."""
    sign_on(client, idp)
    client.post("/desk/sign-out")
    idp.knows("chan", email="married@example.org", email_verified=False)
    assert sign_on(client, idp).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org/desk/", "/desk/sign-on?link=1", "/", "/desk/?q=" + "x" * 5000]
)
def test_provider_leads_nowhere_but_to_the_desk(
    client: FlaskClient, idp: SignOnProvider, person: Person, target: str
) -> None:
    assert sign_on(client, idp, f"?next={target}").location == "/desk/my-day"


def test_sign_in_gives_a_new_session_and_ends_the_one_before(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    """No one who knew the browser's cookie before has what it opens afterwards."""
    other = write(make_person)
    client.post("/desk/sign-in", data={"email": other.email, "password": PASSWORD})
    planted = client.get_cookie("__Host-liaison")
    assert planted is not None
    back = sent_back(client, idp, "?again=1")
    assert client.get(back).status_code == 303
    cookie = client.get_cookie("__Host-liaison")
    assert cookie is not None
    assert cookie.value != planted.value
    assert [row.person_id for row in write(lambda s: s.query(StaffSession).all())] == [person.id]
    client.set_cookie("__Host-liaison", planted.value)
    assert not is_signed_in(client)


LIES: dict[str, Any] = {
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another audience": lambda claims: claims.update(aud="another"),
    "two audiences, for another party": lambda claims: claims.update(aud=["liaison", "another"], azp="another"),
    "two audiences, for no party": lambda claims: claims.update(aud=["liaison", "another"]),
    "another audience, for us": lambda claims: claims.update(aud="another", azp="liaison"),
    "another issuer": lambda claims: claims.update(iss="https://login.example.org"),
    "expired": lambda claims: claims.update(exp=claims["iat"] - 3600, iat=claims["iat"] - 7200),
    "no end": lambda claims: claims.pop("exp"),
    "no subject": lambda claims: claims.pop("sub"),
    "of another access token": lambda claims: claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "issued tomorrow": lambda claims: claims.update(iat=claims["iat"] + 86400),
    "userinfo of another": lambda claims: claims.update(sub="another"),
}


@pytest.mark.parametrize("lie", LIES)
def test_id_token_that_does_not_hold_lets_no_one_in(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write, lie: str
) -> None:
    idp.change = LIES[lie]
    back = sent_back(client, idp)
    response = client.get(back)
    assert response.status_code == 401, response.text
    assert "its answer could not be trusted" in response.text
    assert not is_signed_in(client)
    assert write(lambda s: s.get(Person, person.id).sign_on_subject) is None
    assert refused(write) == [("", "")]
    assert client.get(back).status_code == 400  # nor is it looked at a second time
    idp.reset()
    assert sign_on(client, idp).status_code == 303


@pytest.mark.parametrize("key", [RSAKey.generate_key(2048), OctKey.import_key(SECRET), None])
def test_id_token_signed_by_another_key_lets_no_one_in(
    client: FlaskClient, idp: SignOnProvider, person: Person, key: Any
) -> None:
    """Nor one that no key signed, also where the provider says that it would send such."""
    idp.key, idp.unsigned = key, key is None
    idp.change = lambda claims: claims.pop("at_hash")  # it would not hold for another kind of signature
    assert sign_on(client, idp).status_code == 401
    assert not is_signed_in(client)


def test_answer_with_another_state_is_refused_and_the_right_one_still_good(
    client: FlaskClient, idp: SignOnProvider, person: Person
) -> None:
    back = sent_back(client, idp)
    for wrong in (re.sub("state=[^&]*", "state=another", back), re.sub("state=[^&]*", "", back)):
        response = client.get(wrong)
        assert response.status_code == 400
        assert "began in another browser" in response.text
    assert not is_signed_in(client)
    assert client.get(back).status_code == 303


def test_answer_is_good_in_the_browser_that_was_sent_alone(
    client: FlaskClient, idp: SignOnProvider, person: Person
) -> None:
    """Nor does it sign in a browser that is on a way of its own: no one is signed in as someone else unawares."""
    back = sent_back(client, idp)
    other = client.application.test_client()
    other.get("/desk/sign-on")
    assert other.get(back).status_code == 400
    assert not is_signed_in(other)


def test_answer_is_good_once_also_with_a_copied_cookie(
    client: FlaskClient, idp: SignOnProvider, person: Person
) -> None:
    back = sent_back(client, idp)
    copied = client.get_cookie("__Host-liaison")
    assert copied is not None
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    thief = client.application.test_client()
    thief.set_cookie("__Host-liaison", copied.value)
    assert thief.get(back).status_code == 401  # the provider takes a code once
    assert not is_signed_in(thief)


def test_code_of_another_way_is_refused(client: FlaskClient, idp: SignOnProvider, person: Person) -> None:
    """A code that was got in another browser does not fit this one's verifier."""
    stolen = re.findall("code=([^&]*)", sent_back(client.application.test_client(), idp))[0]
    back = re.sub("code=[^&]*", f"code={stolen}", sent_back(client, idp))
    assert client.get(back).status_code == 401
    assert not is_signed_in(client)


def test_way_to_the_provider_ends_after_a_quarter_of_an_hour(
    client: FlaskClient, idp: SignOnProvider, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = sent_back(client, idp)
    monkeypatch.setattr("webapp.web.provider._LASTS", timedelta(seconds=-1))
    assert client.get(back).status_code == 400
    assert not is_signed_in(client)


def test_answer_of_another_issuer_is_refused(client: FlaskClient, idp: SignOnProvider, person: Person) -> None:
    back = sent_back(client, idp)
    assert client.get(f"{back}&iss=https://login.example.org").status_code == 401
    assert client.get(f"{sent_back(client, idp)}&iss={idp.issuer}").status_code == 303


def test_who_says_no_at_the_provider_reads_so(client: FlaskClient, idp: SignOnProvider, person: Person) -> None:
    response = client.get("/desk/sign-on?next=/desk/my-day")
    state = re.findall("state=([^&]*)", response.location)[0]
    page = client.get(f"/desk/sign-on/return?error=access_denied&state={state}")
    assert page.status_code == 401
    assert 'href="/desk/sign-in?next=/desk/my-day"' in page.text


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda p: setattr(p, "active", False), "closed"),
        (lambda p: (setattr(p, "role", None), setattr(p, "role_set_by", RoleSource.DESK)), "closed"),
        (
            lambda p: (setattr(p, "sign_on_issuer", "https://id.example.org"), setattr(p, "sign_on_subject", "x")),
            "other",
        ),
    ],
)
@pytest.mark.parametrize("groups", [[], ["desk-admins"]])
def test_closed_accounts_and_those_of_another_identity_are_not_opened(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write, spoil: Any, why: str, groups: list[str]
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=groups)
    write(lambda s: spoil(s.get(Person, person.id)))
    before = write(lambda s: (s.get(Person, person.id).sign_on_subject, s.get(Person, person.id).role))
    response = sign_on(client, idp)
    assert response.status_code == 403
    assert "nothing is opened to you here" in response.text
    assert not is_signed_in(client)
    assert refused(write) == [("Chan Tai Man", why)]
    assert write(lambda s: (s.get(Person, person.id).sign_on_subject, s.get(Person, person.id).role)) == before


def test_account_that_is_closed_stays_closed_to_the_identity_that_it_was_linked_with(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    sign_on(client, idp)
    write(lambda s: setattr(s.get(Person, person.id), "active", False))
    assert not is_signed_in(client)
    assert sign_on(client, idp).status_code == 403


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1, 0, []])
def test_address_that_is_not_verified_opens_nothing(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write, verified: Any
) -> None:
    given = {} if verified is None else {"email_verified": verified}
    idp.knows("chan", email=EMAIL, groups=["desk-admins"], **given)
    response = sign_on(client, idp)
    assert response.status_code == 403
    assert "link your account on your account page" in response.text
    assert refused(write) == [("", "unverified")]


def test_subject_that_changed_does_not_open_the_account_of_its_address(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    """An address that the provider gave to someone else: the account stays with the identity that it is linked with."""
    sign_on(client, idp)
    client.post("/desk/sign-out")
    idp.knows("chan-2", email=EMAIL, email_verified=True, groups=["desk"])
    response = sign_on(client, idp, subject="chan-2")
    assert response.status_code == 403
    assert "linked with another identity" in response.text
    assert write(lambda s: s.get(Person, person.id).sign_on_subject) == "chan"


def test_no_account_is_made_without_a_group_that_gives_a_role(
    client: FlaskClient, idp: SignOnProvider, write: Write
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["students"])
    assert "There is no account for you here" in sign_on(client, idp).text
    assert write(lambda s: s.query(Person).count()) == 0
    write(lambda s: make_person(s, email=EMAIL, role=None))  # named for a network, by its address alone
    assert "There is no account for you here" in sign_on(client, idp).text
    assert write(lambda s: s.query(Person).one().sign_on_subject) is None


@pytest.mark.parametrize("known", [True, False])
def test_group_that_gives_a_role_makes_an_account_without_a_password(
    client: FlaskClient, idp: SignOnProvider, write: Write, known: bool
) -> None:
    if known:
        write(lambda s: make_person(s, email=EMAIL, role=None, name="Chan Tai Man"))
    idp.knows("chan", email=EMAIL.upper(), email_verified=True, name="Chan  Tai Man", groups=["students", "desk"])
    assert sign_on(client, idp).location == "/desk/my-day"
    assert is_signed_in(client)
    made = write(lambda s: s.query(Person).one())
    assert (made.email, made.name, made.role, made.password_hash) == (EMAIL, "Chan Tai Man", Role.COORDINATOR, None)
    page = client.get("/desk/account").text
    assert "Ask for a link to set one" in page
    assert 'name="old_password"' not in page


def test_role_follows_the_groups_at_each_sign_in_and_is_noted(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    roles = []
    for groups in (["desk-admins", "desk"], ["desk"], ["desk-admins"]):
        idp.knows("chan", email=EMAIL, email_verified=True, groups=groups)
        assert sign_on(client, idp).status_code == 303
        roles.append(write(lambda s: s.get(Person, person.id).role))
        client.post("/desk/sign-out")
    assert roles == [Role.ADMINISTRATOR, Role.COORDINATOR, Role.ADMINISTRATOR]
    changed = write(lambda s: s.query(AuditEntry).filter_by(kind=AuditKind.ACCOUNT_CHANGED).all())
    assert len(changed) == 3


def test_who_has_left_all_groups_loses_the_role_and_every_sign_in(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["desk"])
    sign_on(client, idp)
    elsewhere = client.application.test_client()
    idp.knows("chan", email=EMAIL, email_verified=True, groups=[])
    response = sign_on(elsewhere, idp)
    assert response.status_code == 403
    assert "None of your groups gives you a role" in response.text
    assert write(lambda s: s.query(StaffSession).count()) == 0
    assert write(lambda s: s.get(Person, person.id).role) is None
    assert client.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 401
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["desk"])
    assert sign_on(elsewhere, idp).status_code == 303
    assert not is_signed_in(client)  # what ended does not begin again


def test_role_that_was_given_at_the_desk_needs_no_group(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["students"])
    assert sign_on(client, idp).status_code == 303
    assert write(lambda s: s.get(Person, person.id).role) is Role.COORDINATOR


@pytest.mark.parametrize("groups", [[], ["desk"]])
def test_last_administrator_stays_one_whatever_the_groups_say(
    client: FlaskClient, idp: SignOnProvider, write: Write, groups: list[str]
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["desk-admins"])
    assert sign_on(client, idp).status_code == 303
    other = write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    write(lambda s: setattr(s.get(Person, other.id), "active", False))
    client.post("/desk/sign-out")
    idp.knows("chan", email=EMAIL, email_verified=True, groups=groups)
    assert sign_on(client, idp).status_code == 303
    assert "you are the last administrator" in client.get("/desk/account").text
    assert write(lambda s: s.query(Person).filter_by(email=EMAIL).one().role) is Role.ADMINISTRATOR


def test_groups_that_are_too_many_to_be_sent_take_no_role_away(
    client: FlaskClient, idp: SignOnProvider, write: Write
) -> None:
    idp.knows("chan", email=EMAIL, email_verified=True, groups=["desk"])
    sign_on(client, idp)
    client.post("/desk/sign-out")
    idp.knows("chan", email=EMAIL, email_verified=True, _claim_names={"groups": "src1"})
    assert sign_on(client, idp).status_code == 401
    assert write(lambda s: s.query(Person).one().role) is Role.COORDINATOR


def test_one_time_password_ends_where_the_provider_lets_its_owner_in(
    client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    write(lambda s: setattr(s.get(Person, person.id), "password_expires_at", datetime.now(UTC)))
    assert sign_on(client, idp).location == "/desk/my-day"
    assert is_signed_in(client)
    assert write(lambda s: s.get(Person, person.id).password_hash) is None


@pytest.mark.parametrize("held", ["/.well-known", "/jwks", "/oauth2/token", "/userinfo"])
def test_provider_that_does_not_answer_is_not_waited_for(
    client: FlaskClient, idp: SignOnProvider, person: Person, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    client.application.extensions["single_sign_on"]._kept.clear()
    idp.change = lambda claims: claims.pop("email", None)  # so that it is asked for elsewhere
    monkeypatch.setattr(oidc, "SECONDS", 0.3)
    idp.holds = held
    response = client.get("/desk/sign-on?next=/desk/my-day")
    if response.status_code == 303:
        response = client.get(here(idp.let_in(response.location, "chan")))
    assert not idp.released.is_set()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "Example ID does not answer at the moment." in response.text
    assert "Your password here works all the same" in response.text
    assert 'href="/desk/sign-in?next=/desk/my-day"' in response.text
    idp.reset()
    monkeypatch.undo()
    assert client.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("dripped", ["/.well-known", "/oauth2/token"])
def test_provider_that_answers_in_drops_is_not_waited_for(
    client: FlaskClient, idp: SignOnProvider, person: Person, monkeypatch: pytest.MonkeyPatch, dripped: str
) -> None:
    client.application.extensions["single_sign_on"]._kept.clear()
    monkeypatch.setattr(oidc, "SECONDS", 0.4)
    idp.drips = dripped
    response = client.get("/desk/sign-on")
    if response.status_code == 303:
        response = client.get(here(idp.let_in(response.location, "chan")))
    assert response.status_code == 503


def test_words_go_over_the_provider_to_whom_they_belong(
    csrf_client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    client = csrf_client
    sign_on(client, idp)
    page = client.get("/desk/leave").text
    token = re.findall('name="csrf_token" value="([^"]*)"', page)[0]
    write(lambda s: s.query(StaffSession).delete())
    page = client.post("/desk/leave", data={"csrf_token": token, "note": "Back on Monday", "starts_on": "x"}).text
    form = re.findall(r'action="([^"]*sign-on[^"]*)">.*?</form>', page, re.S)[0]
    data = {name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf_token", "kept")}
    onwards = client.post(unescape(form), data=data)
    assert onwards.status_code == 200
    address = unescape(re.findall(r'http-equiv="refresh" content="0;url=([^"]*)"', onwards.text)[0])
    back = client.get(here(idp.let_in(address, "chan")))
    assert back.location.startswith("/desk/kept")
    assert "Back on Monday" in client.get(back.location).text


def test_words_are_not_shown_to_another(
    csrf_client: FlaskClient, idp: SignOnProvider, person: Person, write: Write
) -> None:
    write(lambda s: make_person(s, email="lee@example.org"))
    idp.knows("lee", email="lee@example.org", email_verified=True)
    client = csrf_client
    sign_on(client, idp)
    token = re.findall('name="csrf_token" value="([^"]*)"', client.get("/desk/leave").text)[0]
    write(lambda s: s.query(StaffSession).delete())
    page = client.post("/desk/leave", data={"csrf_token": token, "note": "Back on Monday"}).text
    data = {name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf_token", "kept")}
    page = client.post("/desk/sign-on", data=data).text
    address = unescape(re.findall(r'http-equiv="refresh" content="0;url=([^"]*)"', page)[0])
    assert client.get(here(idp.let_in(address, "lee"))).location == "/desk/my-day"
    assert "belongs to another account" in client.get("/desk/").text
    assert "Back on Monday" not in client.get("/desk/kept", follow_redirects=True).text


def test_signing_out_says_that_the_provider_goes_on(client: FlaskClient, idp: SignOnProvider, person: Person) -> None:
    sign_on(client, idp)
    client.post("/desk/sign-out")
    assert "You are still signed in at Example ID" in client.get("/desk/sign-in").text
    client.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD})
    client.post("/desk/sign-out")
    assert "You are still signed in" not in client.get("/desk/sign-in").text


class TestWithoutAProvider:
    """An installation that has none."""

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path) -> Settings:
        return make_settings(database_url, data_dir=tmp_path)

    def test_nothing_is_offered(self, client: FlaskClient, person: Person) -> None:
        assert "sign-on" not in client.get("/desk/sign-in").text
        for path in ("/desk/sign-on", "/desk/sign-on/return?code=1&state=1"):
            assert client.get(path).status_code == 404
        client.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD})
        assert "Single sign-on" not in client.get("/desk/account").text


class TestAway:
    """A provider that cannot be reached at all."""

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path) -> Settings:
        gone = SignOnProvider.start()
        gone.stop()
        return make_settings(database_url, data_dir=tmp_path, **gone.settings)

    def test_page_says_so(self, client: FlaskClient, person: Person) -> None:
        response = client.get("/desk/sign-on")
        assert response.status_code == 503
        assert "localhost does not answer at the moment." in response.text
