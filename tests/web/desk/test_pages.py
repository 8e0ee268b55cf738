"""Each page of the desk, for each role, with the rows that it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import LANGUAGES, make_enquiry, make_network, make_organisation, make_person
from webapp.config import Settings
from webapp.domain.security.permissions import TABLE
from webapp.models import Enquiry, Message
from webapp.vocabulary import Language, MessageKind, MessageState, Permission, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]
PAGES = {
    "/desk/": Permission.ENQUIRY_READ,
    "/desk/messages/": Permission.MESSAGE_READ,
    "/desk/messages/again": Permission.MESSAGE_RESEND,
    "/desk/calendar": Permission.ENQUIRY_READ,
    "/desk/calendar?year=2027": Permission.ENQUIRY_READ,
    "/desk/calendar/day?on=2026-12-24": Permission.CALENDAR_EDIT,
    "/desk/calendar/closures/new": Permission.CALENDAR_EDIT,
    "/desk/calendar/closures/new?first=2026-11-25&because=typhoon": Permission.CALENDAR_EDIT,
    "/desk/networks": Permission.NETWORK_READ,
    "/desk/networks/example": Permission.NETWORK_READ,
    "/desk/networks?show=check": Permission.NETWORK_READ,
    "/desk/networks?show=hidden": Permission.NETWORK_READ,
    "/desk/networks/example/edit": Permission.NETWORK_EDIT,
    "/desk/networks/new": Permission.NETWORK_EDIT,
    "/desk/organisations": Permission.ORGANISATION_READ,
    "/desk/organisations/1": Permission.ORGANISATION_READ,
    "/desk/organisations/new": Permission.ORGANISATION_EDIT,
    "/desk/organisations/1/edit": Permission.ORGANISATION_EDIT,
    "/desk/organisations/1/contacts/new": Permission.ORGANISATION_EDIT,
    "/desk/changes": Permission.CHANGE_READ,
    "/desk/settings": Permission.SETTINGS_EDIT,
    "/desk/settings/institution": Permission.SETTINGS_EDIT,
    "/desk/settings/institution/page": Permission.SETTINGS_EDIT,
    "/desk/settings/institution/mail": Permission.SETTINGS_EDIT,
    "/desk/settings/promises": Permission.SETTINGS_EDIT,
    "/desk/settings/levels": Permission.SETTINGS_EDIT,
    "/desk/settings/screening": Permission.SETTINGS_EDIT,
    "/desk/letters": Permission.ENQUIRY_REPLY,
    "/desk/letters/accept/en": Permission.ENQUIRY_REPLY,
    "/desk/people": Permission.PERSON_MANAGE,
    "/desk/people/new": Permission.PERSON_MANAGE,
    "/desk/people/1": Permission.PERSON_MANAGE,
    "/desk/account": Permission.ENQUIRY_READ,
}


@pytest.mark.both_databases
@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_those_who_hold_their_permission(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    def rows(session: Any) -> str:
        make_network(session, slug="example", cautions=["Mind the year."])
        make_organisation(session)
        return make_person(session, role=role).email

    sign_in(client, write(rows))
    for path, needed in PAGES.items():
        response = client.get(path)
        assert response.status_code == (200 if needed in TABLE[role] else 403), path
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_speaks_the_language_of_its_reader(
    client: FlaskClient, write: Write, sign_in: Any, language: Language
) -> None:
    sign_in(client, write(lambda session: make_person(session, language=language).email))
    tag = {"en": "en", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans"}[language]
    assert f'<html lang="{tag}">' in client.get("/desk/").text
    assert '<html lang="zh-Hans">' in client.get("/desk/?language=zh-hans").text


def test_strangers_are_sent_to_sign_in_and_come_back(client: FlaskClient) -> None:
    response = client.get("/desk/?view=mine")
    assert response.status_code == 303
    assert response.location == "/desk/sign-in?next=/desk/?view%3Dmine"
    assert client.get("/desk/", headers={"Accept": "application/json"}).status_code == 401


def test_what_is_not_there_is_not_found(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))
    for path in (
        "/desk/enquiries/LD-2222-2222",
        "/desk/enquiries/LD%00",
        "/desk/enquiries/LD-2222-2222/files/1",
        "/desk/messages/1",
        "/desk/messages/99999999999999999999",
        "/desk/messages/1/html",
        "/desk/networks/none",
        "/desk/networks/none/edit",
        "/desk/networks/a%00b",
        "/desk/people/999",
        "/desk/calendar/closures/999",
        "/desk/organisations/999",
        "/desk/organisations/999/edit",
        "/desk/organisations/999/merge?other=998",
        "/desk/organisations/contacts/999",
    ):
        assert client.get(path).status_code == 404, path


def test_mail_is_shown_without_script_and_without_the_secret(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    email = write(lambda session: make_person(session).email)
    write(lambda session: make_enquiry(session, settings))
    sign_in(client, email)
    page = client.get("/desk/messages/2")
    assert page.status_code == 200
    assert 'sandbox title="' in page.text
    html = client.get("/desk/messages/2/html")
    assert html.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "tracking-token-goes-here" in page.text + html.text


def test_undelivered_mail_is_sent_again_to_a_corrected_address(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, broker: Any
) -> None:
    def fail(session: Any) -> int:
        make_enquiry(session, settings)
        found = session.query(Message).first()
        found.state, found.next_attempt_at, found.last_error = MessageState.FAILED, None, "550 no such user"
        return int(found.id)

    number = write(fail)
    sign_in(client, write(lambda session: make_person(session).email))
    assert "550 no such user" in client.get("/desk/messages/").text
    wrong = client.post(f"/desk/messages/{number}/retry", data={"email": "no address"})
    assert wrong.status_code == 400
    assert "no address" in wrong.text
    broker.jobs.clear()
    data = {"email": "right@example.org", "back": "/desk/messages/"}
    response = client.post(f"/desk/messages/{number}/retry", data=data)
    assert (response.status_code, response.location) == (303, "/desk/messages/")
    assert [row for _job, row in broker.jobs] == [number]
    state, address = write(
        lambda session: (session.get(Message, number).state, session.get(Message, number).recipient_email)
    )
    assert (state, address) == (MessageState.QUEUED, "right@example.org")
    assert client.post(f"/desk/messages/{number}/retry", data=data).status_code == 409


def failed_mail(session: Any, settings: Settings, *, to_partner: bool) -> tuple[int, str]:
    found = make_enquiry(session, settings)
    kinds = Message.kind == MessageKind.PARTNER_RECEIPT if to_partner else Message.kind == MessageKind.LIAISON_RECEIVED
    mail = session.query(Message).filter(kinds).one()
    mail.state, mail.next_attempt_at = MessageState.FAILED, None
    return int(mail.id), found.reference


@pytest.mark.parametrize(("to_partner", "address"), [(True, "right@example.org"), (False, "erika@example.org")])
def test_partners_mail_to_another_address_corrects_it_for_later_ones(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, to_partner: bool, address: str
) -> None:
    number, reference = write(lambda session: failed_mail(session, settings, to_partner=to_partner))
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    said = "all emails about this enquiry go there from now on"
    assert (said in client.get(f"/desk/messages/{number}").text) == to_partner
    data = {"email": "right@example.org", "known": "erika@example.org"}
    assert client.post(f"/desk/messages/{number}/retry", data=data).status_code == 303
    found, mail = write(lambda session: (session.query(Enquiry).one(), session.get(Message, number)))
    assert (found.contact_email, mail.recipient_email) == (address, "right@example.org")
    assert found.version == (2 if to_partner else 1)
    line = "</strong> corrected the partner’s address from erika@example.org to right@example.org."
    assert (line in client.get(f"/desk/enquiries/{reference}").text) == to_partner


def test_an_answerers_link_is_not_sent_to_an_address_that_is_typed(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> int:
        make_enquiry(session, settings, network=make_network(session, liaison=make_person(session, role=None)))
        mail = session.query(Message).filter(Message.kind == MessageKind.LIAISON_RECEIVED).one()
        mail.state, mail.next_attempt_at = MessageState.FAILED, None
        return int(mail.id)

    number = write(rows)
    sign_in(client, write(lambda session: make_person(session).email))
    assert "goes only to the address on record" in client.get(f"/desk/messages/{number}").text
    answer = client.post(f"/desk/messages/{number}/retry", data={"email": "mine@example.org"})
    assert answer.status_code == 400
    assert "correct that under “People” first" in answer.text
    assert 'value="mine@example.org"' in answer.text
    assert write(lambda session: session.get(Message, number).state) is MessageState.FAILED


def test_mail_to_an_old_address_goes_to_the_corrected_one_and_changes_nothing_else(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> int:
        number, _reference = failed_mail(session, settings, to_partner=True)
        session.query(Enquiry).one().contact_email = "right@example.org"
        return number

    number = write(rows)
    sign_in(client, write(lambda session: make_person(session).email))
    assert 'value="right@example.org"' in client.get(f"/desk/messages/{number}").text
    data = {"email": "right@example.org", "known": "right@example.org"}
    assert client.post(f"/desk/messages/{number}/retry", data=data).status_code == 303
    found, mail = write(lambda session: (session.query(Enquiry).one(), session.get(Message, number)))
    assert (found.contact_email, found.version, mail.recipient_email) == ("right@example.org", 1, "right@example.org")


def test_two_corrections_do_not_overwrite_each_other(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> int:
        number, _reference = failed_mail(session, settings, to_partner=True)
        session.query(Enquiry).one().contact_email = "theirs@example.org"
        return number

    number = write(rows)
    sign_in(client, write(lambda session: make_person(session).email))
    data = {"email": "mine@example.org", "known": "erika@example.org"}
    refused = client.post(f"/desk/messages/{number}/retry", data=data)
    assert refused.status_code == 409
    assert 'value="mine@example.org"' in refused.text
    assert 'name="known" value="theirs@example.org"' in refused.text
    found, mail = write(lambda session: (session.query(Enquiry).one(), session.get(Message, number)))
    assert (found.contact_email, mail.state) == ("theirs@example.org", MessageState.FAILED)


def test_observers_do_not_send_mails_again(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> None:
    write(lambda session: make_enquiry(session, settings, status=Status.IN_REVIEW))
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    assert client.post("/desk/messages/1/retry", data={"email": "a@example.org"}).status_code == 403


def test_network_gets_who_answers(client: FlaskClient, write: Write, sign_in: Any) -> None:
    def rows(session: Any) -> tuple[str, int]:
        make_network(session, slug="example")
        liaison = make_person(session, role=None, name="Chan Tai Man")
        return make_person(session, role=Role.ADMINISTRATOR).email, liaison.id

    email, liaison = write(rows)
    sign_in(client, email)
    same = {"liaison": liaison, "deputy": liaison, "escalation": 0, "version": 1}
    refused = client.post("/desk/networks/example/people", data=same)
    assert refused.status_code == 400
    assert "someone else" in refused.text
    assert client.post("/desk/networks/example/people", data={**same, "liaison": 99, "deputy": 0}).status_code == 400
    assert client.post("/desk/networks/example/people", data={**same, "deputy": 0}).status_code == 303
    assert "Chan Tai Man" in client.get("/desk/networks").text
