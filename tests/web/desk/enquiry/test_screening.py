"""Screening at the desk: its form, the refusal that says what is missing, and the setting that asks for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_person
from webapp.config import Settings
from webapp.models import Enquiry
from webapp.vocabulary import Role, Status

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


@pytest.fixture
def reference(write: Write, settings: Settings) -> str:
    return str(write(lambda session: make_enquiry(session, settings).reference))


def screen(client: FlaskClient, reference: str, version: int = 1, **data: str) -> Any:
    given = {"result": "clear", "lists": "UN", "text": "", "version": version, **data}
    return client.post(f"/desk/enquiries/{reference}/actions/screen", data=given)


def status(write: Write, reference: str) -> Status:
    found: Status = write(lambda session: session.query(Enquiry.status).filter_by(reference=reference).scalar())
    return found


def test_screening_is_put_on_record_and_shown(client: FlaskClient, administrator: None, reference: str) -> None:
    assert "The parties have not been screened yet." in client.get(f"/desk/enquiries/{reference}").text
    assert screen(client, reference, result="match", text="Same <name> on the list").status_code == 303
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Match: needs review" in page
    assert "Same &lt;name&gt; on the list" in page
    assert "Wong Ka Yan</strong> screened the parties." in page
    assert "match first" in page
    assert "Suggested:" not in page
    assert 'value="cleared"' in page
    assert 'value="clear"' not in page


@pytest.mark.parametrize(
    ("given", "error"),
    [({"result": ""}, "result"), ({"result": "x"}, "result"), ({"lists": ""}, "lists"),
     ({"result": "match", "text": " "}, "text-screen"), ({"text": "x" * 10_001}, "text-screen")],
)  # fmt: skip
def test_what_is_missing_is_said_beside_its_field_and_the_rest_stays(
    client: FlaskClient, administrator: None, write: Write, reference: str, given: dict[str, str], error: str
) -> None:
    refused = screen(client, reference, **{"lists": "Own list", "text": "Own words", **given})
    assert refused.status_code == 400
    assert f'id="{error}-error"' in refused.text
    assert given.get("lists", "Own list") in refused.text
    assert given.get("text", "Own words") in refused.text
    assert write(lambda session: session.query(Enquiry.version).scalar()) == 1


def test_second_person_keeps_the_words(client: FlaskClient, administrator: None, reference: str) -> None:
    assert screen(client, reference).status_code == 303
    refused = screen(client, reference, lists="Own list", text="Own words")
    assert refused.status_code == 409
    assert "This enquiry changed" in refused.text
    assert "Own words" in refused.text
    assert 'value="Own list"' in refused.text


def test_setting_makes_accepting_wait_and_the_page_says_why(
    client: FlaskClient, administrator: None, write: Write, reference: str
) -> None:
    wanted = {"screening_required": "y", "screening_lists": "UN, EU", "version": 0}
    saved = client.post("/desk/settings/screening", data=wanted)
    assert saved.status_code == 303
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Screening is required before accepting" in page
    assert 'value="UN, EU"' in page
    accept = {"version": 1, "text": "With pleasure"}
    refused = client.post(f"/desk/enquiries/{reference}/actions/accept", data=accept)
    assert refused.status_code == 409
    assert "Screening is required first" in refused.text
    assert "With pleasure</textarea>" in refused.text
    assert status(write, reference) is Status.RECEIVED
    assert screen(client, reference).status_code == 303
    assert client.post(f"/desk/enquiries/{reference}/actions/accept", data={**accept, "version": 2}).status_code == 303
    assert status(write, reference) is Status.ACCEPTED


def test_two_administrators_lose_nothing(client: FlaskClient, administrator: None) -> None:
    assert client.post("/desk/settings/screening", data={"screening_required": "y", "version": 0}).status_code == 303
    refused = client.post("/desk/settings/screening", data={"screening_lists": "EU", "version": 0})
    assert refused.status_code == 409
    assert 'value="EU"' in refused.text
    assert "checked" in refused.text
    assert 'name="version" value="1"' in refused.text
    assert "From and to" in client.get("/desk/settings/screening").text


def test_liaison_sees_what_stands_and_has_no_form(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, administrator: None
) -> None:
    def rows(session: Any) -> tuple[str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        return make_enquiry(session, settings, assignee=liaison).reference, liaison.email

    reference, email = write(rows)
    screen(client, reference)
    client.post("/desk/sign-out")
    sign_in(client, email)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Clear: no one is on the lists" in page
    assert "actions/screen" not in page
