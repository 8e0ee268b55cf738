"""Whatever lets someone in, out, or away with something is in the audit log: who, from where, in which request."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.accounts.test_own_links import delivered, token
from tests.factories import (
    NOW,
    PASSWORD,
    make_enquiry,
    make_faculty,
    make_network,
    make_person,
    refer,
    tracking_token,
)
from tests.web.test_referrals import NOW as REFERRED_AT
from tests.web.test_referrals import link
from webapp.config import Settings
from webapp.domain.accounts import passwords
from webapp.domain.accounts.throttle import FROM_DEVICE, FROM_NETWORK
from webapp.domain.history import audit
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, AuditEntry, Enquiry, Event, Link, Message, Person, StaffSession
from webapp.vocabulary import ActorKind, AuditKind, LinkKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
K = AuditKind


@pytest.fixture
def sign_in(sign_in_by_page: Any) -> Any:
    """What is looked at here begins with the page."""
    return sign_in_by_page


@pytest.fixture
def lee(write: Write) -> Person:
    person: Person = write(
        lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Lee Siu Ming", email="lee@example.org")
    )
    return person


def log(write: Write) -> list[AuditEntry]:
    return list(write(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()))


def kinds(write: Write) -> list[AuditKind]:
    return [entry.kind for entry in log(write)]


def with_file(session: Session, settings: Settings, **more: Any) -> tuple[str, int]:
    enquiry = make_enquiry(session, settings, **more)
    file = Attachment(enquiry_id=enquiry.id, name="Plan.pdf", media_type="application/pdf", size=1, sha256="x",
                      content=b"x", added_at=NOW)  # fmt: skip
    session.add(file)
    session.flush()
    return enquiry.reference, file.id


def test_signing_in_and_out_with_address_and_request(client: FlaskClient, write: Write, lee: Person) -> None:
    told = client.post(
        "/desk/sign-in",
        data={"email": lee.email, "password": PASSWORD},
        environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
    )
    client.post("/desk/sign-out")
    client.post("/desk/sign-out")
    first, second = log(write)
    assert (first.kind, second.kind) == (K.SIGNED_IN, K.SIGNED_OUT)
    assert (first.actor_kind, first.actor_id, first.actor_name) == (ActorKind.STAFF, lee.id, "Lee Siu Ming")
    assert (first.address, first.network) == ("192.0.2.9", "192.0.2.0/24")
    assert first.request_id
    assert first.request_id == told.headers["X-Request-ID"] != second.request_id


def test_refused_sign_ins_say_for_which_account_and_keep_nothing_that_is_none(
    client: FlaskClient, write: Write, lee: Person
) -> None:
    for email in (lee.email.upper(), "my secret password"):
        client.post("/desk/sign-in", data={"email": email, "password": "wrong"})  # pragma: allowlist secret
    known, unknown = log(write)
    assert {known.kind, unknown.kind} == {K.SIGN_IN_REFUSED}
    assert (known.actor_kind, known.actor_id, known.actor_name) == (ActorKind.VISITOR, lee.id, "Lee Siu Ming")
    assert (unknown.actor_kind, unknown.actor_id, unknown.actor_name) == (ActorKind.VISITOR, None, "")
    assert "secret" not in str(vars(unknown))


def test_the_throttle_is_noted_once_an_hour(client: FlaskClient, write: Write, lee: Person) -> None:
    for _ in range(int(FROM_NETWORK.free) + 3):
        client.post("/desk/sign-in", data={"email": lee.email, "password": "wrong"})  # pragma: allowlist secret
    assert kinds(write) == [*[K.SIGN_IN_REFUSED] * int(FROM_NETWORK.free), K.SIGN_IN_THROTTLED]


def test_one_time_password_that_has_ended_is_no_silent_refusal(client: FlaskClient, write: Write, lee: Person) -> None:
    def late(session: Session) -> str:
        return passwords.set_one_time(session.get_one(Person, lee.id), now=datetime.now(UTC) - timedelta(hours=73))

    answer = client.post("/desk/sign-in", data={"email": lee.email, "password": write(late)})
    assert answer.status_code == 401
    (entry,) = log(write)
    assert (entry.kind, entry.actor_kind, entry.actor_id) == (K.ONE_TIME_ENDED, ActorKind.VISITOR, lee.id)
    assert entry.address


def test_sign_in_in_the_place_of_another_ends_that_one(
    client: FlaskClient, write: Write, lee: Person, sign_in: Any
) -> None:
    sign_in(client, lee)
    sign_in(client, lee)
    assert kinds(write) == [K.SIGNED_IN, K.SIGNED_OUT, K.SIGNED_IN]


def test_passwords_and_what_they_end(client: FlaskClient, write: Write, lee: Person, sign_in: Any, app: Any) -> None:
    sign_in(app.test_client(), lee)
    sign_in(client, lee)
    new = "four words that are new"
    for old in ("wrong", PASSWORD):
        client.post("/desk/account/password", data={"old_password": old, "new_password": new, "again": new})
    assert kinds(write)[2:] == [K.PASSWORD_REFUSED, K.PASSWORD_CHANGED, K.SESSIONS_ENDED, K.SIGNED_IN]
    assert log(write)[4].data == {"number": 2}
    assert {(entry.actor_id, bool(entry.address)) for entry in log(write)} == {(lee.id, True)}


def test_guesses_at_the_old_password_are_stopped_as_sign_ins_are(
    client: FlaskClient, write: Write, lee: Person, sign_in: Any
) -> None:
    sign_in(client, lee)
    for _ in range(int(FROM_DEVICE.free) + 2):
        client.post("/desk/account", data={"old_password": "wrong", "new_password": "four words that are new"})
    assert kinds(write)[1:] == [*[K.PASSWORD_REFUSED] * int(FROM_DEVICE.free), K.SIGN_IN_THROTTLED]


def test_own_sign_ins_that_are_ended_and_those_that_an_administrator_ends(
    client: FlaskClient, write: Write, lee: Person, sign_in: Any, app: Any
) -> None:
    chan = write(lambda session: make_person(session, name="Chan Tai Man"))
    for person in (lee, lee, lee, chan, chan):
        sign_in(app.test_client(), person)
    sign_in(client, lee)
    before = len(log(write))
    first, theirs = (write(lambda s, who=who: s.query(StaffSession.id).filter_by(person_id=who.id).first()[0])
                     for who in (lee, chan))  # fmt: skip
    for number in (first, first, theirs):
        assert client.post(f"/desk/account/sign-ins/{number}/end").status_code == 303
    for _ in range(2):
        assert client.post("/desk/account/sign-ins/end").status_code == 303
    assert client.post(f"/desk/people/{chan.id}/sign-ins/end").status_code == 303
    ended = [(entry.subject, entry.data, entry.actor_id) for entry in log(write)[before:] if "number" in entry.data]
    assert ended == [
        (lee.name, {"number": 1}, lee.id),
        (lee.name, {"number": 2}, lee.id),
        ("Chan Tai Man", {"number": 2}, lee.id),
    ]
    assert kinds(write)[before:] == [K.SESSIONS_ENDED, K.SESSIONS_ENDED, K.SESSIONS_ENDED, K.ACCOUNT_CHANGED]


def test_forgotten_password_from_the_question_to_the_new_one(
    client: FlaskClient, write: Write, lee: Person, sign_in: Any, app: Any, settings: Settings, look: Any
) -> None:
    sign_in(app.test_client(), lee)
    now = datetime.now(UTC)
    for email in (lee.email, "my secret password"):
        assert client.post("/desk/forgotten", data={"email": email}).status_code == 200
    look(now)
    (message,) = write(lambda session: session.scalars(select(Message)).all())
    path = f"/desk/set-password/{token(delivered(write, settings, message.id, at=now))}"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"new_password": "short"}).status_code == 422
    assert client.post(path, data={"new_password": "kettle orbit pelican"}).status_code == 303
    assert client.post(path, data={"new_password": "kettle orbit pelican"}).status_code == 410
    first, second, sent, changed, ended = log(write)[1:]
    assert {first.kind, second.kind} == {K.PASSWORD_LINK_ASKED}
    assert (first.actor_id, second.actor_id, first.subject, second.subject) == (None, None, "", "")
    assert first.address
    assert (sent.kind, sent.actor_kind, sent.subject) == (K.PASSWORD_LINK_SENT, ActorKind.SYSTEM, lee.name)
    assert (changed.kind, changed.actor_id, changed.subject) == (K.PASSWORD_SET_BY_LINK, lee.id, lee.name)
    assert (ended.kind, ended.data) == (K.SESSIONS_ENDED, {"number": 1})
    assert changed.address
    assert changed.request_id == ended.request_id
    assert "secret" not in str([vars(entry) for entry in log(write)])


def test_accounts_leave_and_settings(client: FlaskClient, write: Write, lee: Person, sign_in: Any, app: Any) -> None:
    sign_in(client, lee)
    new = {"name": "Chan Tai Man", "email": "chan@example.org", "role": "coordinator", "language": "en"}
    client.post("/desk/people/new", data=new)
    chan = write(lambda session: session.scalars(select(Person).where(Person.name == "Chan Tai Man")).one())
    client.post(f"/desk/people/{chan.id}", data={**new, "role": "observer", "active": "y", "version": 1})
    client.post(f"/desk/people/{chan.id}/password", data={"version": 2})
    client.post("/desk/settings/screening", data={"screening_required": "y", "version": 0})
    days = {"starts_on": "2027-03-01", "ends_on": "2027-03-02", "person": lee.id, "network": 0, "cover": 0}
    assert client.post("/desk/leave", data=days).status_code == 303
    expected = [
        K.SIGNED_IN,
        *(K.ACCOUNT_CHANGED, K.PASSWORD_LINK_SENT),
        K.ACCOUNT_CHANGED,
        *(K.PASSWORD_LINK_SENT, K.ACCOUNT_CHANGED),
        K.SETTINGS_CHANGED,
        K.LEAVE_CHANGED,
    ]
    assert kinds(write) == expected
    assert {entry.actor_id for entry in log(write)} == {lee.id}
    assert all(entry.address and entry.request_id for entry in log(write))


def test_downloads_at_the_desk(
    client: FlaskClient, write: Write, lee: Person, sign_in: Any, settings: Settings
) -> None:
    reference, file = write(lambda session: with_file(session, settings))
    sign_in(client, lee)
    address = f"/desk/enquiries/{reference}/files/{file}"
    assert client.head(address).status_code == 200
    assert client.get(address).status_code == 200
    assert client.get(f"/desk/enquiries/{reference}/files/{file + 1}").status_code == 404
    (entry,) = log(write)[1:]
    assert (entry.kind, entry.actor_id, entry.subject, entry.data) == (
        K.FILE_DOWNLOADED, lee.id, reference, {"file": file}
    )  # fmt: skip


def test_downloads_by_a_partners_link_name_no_one(client: FlaskClient, write: Write, settings: Settings) -> None:
    def make(session: Session) -> tuple[str, int]:
        _reference, file = with_file(session, settings)
        enquiry = session.get_one(Enquiry, session.get_one(Attachment, file).enquiry_id)
        return tracking_token(session, settings, enquiry), file

    token, file = write(make)
    assert client.get(f"/track/{token}/files/{file}").status_code == 200
    (entry,) = log(write)
    assert (entry.kind, entry.actor_kind, entry.actor_name) == (K.FILE_DOWNLOADED, ActorKind.PARTNER, "")
    assert "Erika" not in str(vars(entry))
    assert entry.address


def give(client: FlaskClient, path: str, *, finding: str = "can_help", **more: Any) -> Any:
    return client.post(path, data={"finding": finding, "note": ""}, **more)


@pytest.mark.parametrize("role", Role)
def test_only_those_who_only_read_are_noted_when_they_look(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role
) -> None:
    person = write(lambda session: make_person(session, role=role))

    def make(session: Session) -> str:
        network = make_network(session, liaison=session.get_one(Person, person.id))
        made = make_enquiry(session, settings, network=network, assignee=session.get_one(Person, person.id))
        return made.reference

    reference = write(make)
    sign_in(client, person)
    for _ in range(3):
        assert client.get(f"/desk/enquiries/{reference}").status_code == 200
    assert client.get("/desk/enquiries/LD-2222-2222").status_code == 404
    looked = [(entry.actor_id, entry.subject) for entry in log(write) if entry.kind is K.ENQUIRY_VIEWED]
    assert looked == ([(person.id, reference)] if role is Role.OBSERVER else [])


def test_answers_by_a_link_are_noted_once_with_where_they_came_from(
    client: FlaskClient, write: Write, settings: Settings
) -> None:
    def ask(session: Session) -> str:
        made = make_enquiry(session, settings, now=REFERRED_AT, status=Status.IN_REVIEW)
        refer(session, settings, made, now=REFERRED_AT, faculty_id=make_faculty(session, email="ng@example.org").id)
        return made.reference

    referred = write(ask)
    path = link(write, settings)
    assert client.get(path).status_code == 200
    assert give(client, path, finding="").status_code == 422
    before = kinds(write)
    assert give(client, path, environ_overrides={"REMOTE_ADDR": "2001:db8:1:2::3"}).status_code == 303
    assert give(client, path).status_code == 409
    assert kinds(write) == [*before, K.LINK_ANSWERED]
    entry = log(write)[-1]
    assert (entry.actor_kind, entry.actor_name, entry.subject) == (ActorKind.FACULTY, "", referred)
    assert (entry.address, entry.network) == ("2001:db8:1:2::3", "2001:db8:1::/48")


@pytest.mark.parametrize("kind", [LinkKind.DECISION, LinkKind.REFERRAL])
def test_answer_by_a_link_that_cannot_be_noted_is_not_given(
    client: FlaskClient, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: LinkKind
) -> None:
    def ask(session: Session) -> str:
        network = make_network(session, liaison=make_person(session, name="Prof. Chan", role=None))
        made = make_enquiry(session, settings, now=REFERRED_AT, status=Status.IN_REVIEW, network=network)
        if kind is LinkKind.REFERRAL:
            refer(session, settings, made, now=REFERRED_AT, faculty_id=make_faculty(session, email="ng@example.org").id)
        return made.reference

    def stored() -> tuple[Any, ...]:
        query = select(Enquiry.status, Enquiry.version)
        events = write(lambda s: s.query(Event).count())
        return (*write(lambda s: s.execute(query).one()), events, kinds(write))

    write(ask)
    row = write(lambda s: s.scalars(select(Link).where(Link.kind == kind)).one())
    path = f"/decisions/{link_token(row, secret_keys=settings.secret_keys)}"
    answer = {"finding": "can_help"} if kind is LinkKind.REFERRAL else {"choice": "accept", "version": str(stored()[1])}
    before = stored()
    with monkeypatch.context() as patched:
        patched.setattr(audit.audit_chain, "chained", lambda *_a, **_k: 1 / 0)  # the last thing before the commit
        with pytest.raises(ZeroDivisionError):
            client.post(path, data=answer)
    assert stored() == before
    assert client.post(path, data=answer).status_code == 303
    status, _version, events, noted = stored()
    assert events > before[2]
    assert noted == [*before[3], K.LINK_ANSWERED]
    assert status is (Status.IN_REVIEW if kind is LinkKind.REFERRAL else Status.ACCEPTED)
