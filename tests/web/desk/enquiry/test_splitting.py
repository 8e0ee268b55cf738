"""Converting and splitting through their pages, and what both sides see of it afterwards."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import LANGUAGES, NOW, make_enquiry, make_network, make_person, tracking_token
from webapp.config import Settings
from webapp.domain.security.permissions import TABLE
from webapp.models import Attachment, Enquiry, Person
from webapp.vocabulary import IN_HAND, OPEN_STATUSES, Kind, Language, Permission, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]
COLLABORATION = {"types": ["agreement"], "disciplines": "Nursing <and> design"}


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    def rows(session: Any) -> str:
        found = make_enquiry(session, settings, kind=Kind.COLLABORATION, answers=COLLABORATION)
        session.add(Attachment(enquiry_id=found.id, name="plan.pdf", media_type="application/pdf", size=1, sha256="0",
                               content=b"x", added_at=NOW))  # fmt: skip
        return found.reference

    return str(build(rows))


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))


def all_of(write: Write) -> list[Enquiry]:
    return list(write(lambda session: session.scalars(select(Enquiry).order_by(Enquiry.id)).all()))


def tracked(client: FlaskClient, write: Write, settings: Settings, found: Enquiry, **given: str) -> str:
    token = write(lambda session: tracking_token(session, settings, found))
    return unescape(client.get(f"/track/{token}", query_string=given).text)


def form(page: str) -> dict[str, str]:
    """What the page of splitting would send, by its hidden fields."""
    return dict(re.findall(r'name="(form_id|version)" type="hidden" value="([^"]*)"', page)) | dict(
        re.findall(r'type="hidden" name="(form_id|version)" value="([^"]*)"', page)
    )


SECOND = {"kind": "question", "network": "", "subject": "A <second> matter", "message": "Only this"}


def convert(client: FlaskClient, reference: str, **data: str) -> Any:
    return client.post(f"/desk/enquiries/{reference}/actions/convert", data={"version": "1", **data})


def test_converted_enquiry_shows_every_answer_on_both_sides(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, reference: str
) -> None:
    assert convert(client, reference, kind="visit", text="Our visits team has it.").status_code == 303
    (found,) = all_of(write)
    assert (found.kind, found.answers) == (Kind.VISIT, COLLABORATION)
    desk = unescape(client.get(f"/desk/enquiries/{reference}").text)
    for page in (desk, tracked(client, write, settings, found)):
        assert "Answers to the first form" in page
        assert "Nursing <and> design" in page
    assert "changed the kind from “Collaboration” to “Delegation visit”" in desk
    page = tracked(client, write, settings, found)
    assert "We are now handling your request as “Delegation visit”." in page
    assert "Our visits team has it." in page
    assert "我們現以「代表團訪問」處理您的來函。" in tracked(client, write, settings, found, language="zh-hant")
    assert convert(client, reference, kind="collaboration", version="2").status_code == 303
    assert "Answers to the first form" not in client.get(f"/desk/enquiries/{reference}").text


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", [*IN_HAND, Status.ACCEPTED, Status.COMPLETED])
def test_every_page_copes_with_an_enquiry_that_has_answers_of_no_kind(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, kind: Kind, status: Status
) -> None:
    reference = write(lambda s: make_enquiry(s, settings, kind=kind, answers={}, status=status).reference)
    (found,) = all_of(write)
    assert client.get(f"/desk/enquiries/{reference}").status_code == 200
    assert reference in tracked(client, write, settings, found)


@pytest.mark.parametrize("data", [{}, {"kind": ""}, {"kind": "poem"}, {"kind": "collaboration"}])
def test_conversion_without_another_kind_keeps_the_words(
    client: FlaskClient, coordinator: None, write: Write, reference: str, data: dict[str, str]
) -> None:
    refused = convert(client, reference, text="Keep <this>", **data)
    assert refused.status_code == 400
    assert ">Keep &lt;this&gt;</textarea>" in refused.text
    assert 'id="kind-error"' in refused.text
    assert all_of(write)[0].version == 1


def test_split_page_begins_with_all_that_was_written(
    client: FlaskClient, coordinator: None, write: Write, reference: str
) -> None:
    page = client.get(f"/desk/enquiries/{reference}/split").text
    assert "We would like to agree on a three-year plan.</textarea>" in page
    assert 'value="Joint service-learning programme"' in page
    assert re.search(r'name="files" value="1" checked', page)
    assert not re.search(r'name="kind" value="\w+" checked', page)
    assert len(all_of(write)) == 1
    assert form(page)["form_id"] != form(client.get(f"/desk/enquiries/{reference}/split").text)["form_id"]


def test_split_makes_one_however_often_it_is_sent(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, reference: str
) -> None:
    path = f"/desk/enquiries/{reference}/split"
    data = {**SECOND, **form(client.get(path).text), "files": "1"}
    for _ in range(3):
        response = client.post(path, data=data)
        assert (response.status_code, response.location) == (303, f"/desk/enquiries/{reference}#related")
    one, two = all_of(write)
    assert (two.kind, two.subject, two.message) == (Kind.QUESTION, "A <second> matter", "Only this")
    assert (two.promised_on, two.submitted_at) == (one.promised_on, one.submitted_at)
    assert two.reference in client.get(f"/desk/enquiries/{reference}").text
    page = client.get(f"/desk/enquiries/{two.reference}").text
    assert f"split this off from {one.reference}." in page
    assert "plan.pdf" in page
    first, second = tracked(client, write, settings, one), tracked(client, write, settings, two)
    assert f"The second part continues as {two.reference}." in first
    assert f"This is the second part of your request {one.reference}." in second
    assert "Thank you. We have received your enquiry." not in second
    assert "Only this" in second
    assert f"這是您的來函{one.reference}的第二部分。" in tracked(client, write, settings, two, language="zh-hant")


@pytest.mark.parametrize(
    "wrong", [{"kind": ""}, {"subject": " "}, {"message": ""}, {"network": "none"}, {"files": "9"}]
)
def test_refused_split_keeps_what_was_typed(
    client: FlaskClient, coordinator: None, write: Write, reference: str, wrong: dict[str, str]
) -> None:
    path = f"/desk/enquiries/{reference}/split"
    kept = form(client.get(path).text)
    refused = client.post(path, data={**SECOND, **kept, **wrong})
    assert refused.status_code == 400
    assert form(refused.text) == kept
    assert ("Only this</textarea>" in refused.text) == ("message" not in wrong)
    assert len(all_of(write)) == 1


def test_split_of_what_others_changed_says_what_and_goes_on(
    client: FlaskClient, coordinator: None, write: Write, reference: str
) -> None:
    path = f"/desk/enquiries/{reference}/split"
    data = {**SECOND, **form(client.get(path).text)}
    note = {"version": "1", "text": "Seen <twice>"}
    client.post(f"/desk/enquiries/{reference}/actions/note", data=note)
    refused = client.post(path, data=data)
    assert refused.status_code == 409
    assert "Seen &lt;twice&gt;" in refused.text
    assert "Only this</textarea>" in refused.text
    assert client.post(path, data={**data, **form(refused.text)}).status_code == 303
    assert len(all_of(write)) == 2


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.SCHEDULED, Status.DECLINED, Status.SPAM])
def test_split_is_offered_and_done_where_the_table_says(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role, status: Status
) -> None:
    def rows(session: Any) -> tuple[Person, str]:
        person = make_person(session, role=role)
        return person, make_enquiry(session, settings, status=status, assignee=person).reference

    person, reference = write(rows)
    sign_in(client, person)
    path = f"/desk/enquiries/{reference}/split"
    may = Permission.ENQUIRY_TRIAGE in TABLE[role]
    possible = may and status in OPEN_STATUSES
    assert (f'href="{path}"' in client.get(f"/desk/enquiries/{reference}").text) == possible
    expected = 200 if possible else 409 if may else 403
    assert client.get(path).status_code == expected
    posted = client.post(path, data={**SECOND, "version": "1"}).status_code
    assert posted == (303 if possible else expected)
    assert len(all_of(write)) == (2 if possible else 1)


def test_liaison_does_not_find_what_went_to_another_network(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[Person, str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        found = make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        return liaison, found.reference, make_network(session, slug="other").slug

    liaison, reference, slug = write(rows)
    sign_in(client, liaison)
    data = {**SECOND, "network": slug, "version": "1"}
    assert client.post(f"/desk/enquiries/{reference}/split", data=data).status_code == 303
    two = all_of(write)[1]
    assert f"/desk/enquiries/{two.reference}" not in client.get(f"/desk/enquiries/{reference}").text
    assert client.get(f"/desk/enquiries/{two.reference}").status_code == 404
    assert client.get(f"/desk/enquiries/{two.reference}/split").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_desk_speak_the_readers_language(
    client: FlaskClient, write: Write, sign_in: Any, reference: str, language: Language
) -> None:
    sign_in(client, write(lambda session: make_person(session, language=language).email))
    page = client.get(f"/desk/enquiries/{reference}/split").text
    words = {
        Language.EN: "Split off a second enquiry",
        Language.ZH_HANT: "分出第二項查詢",
        Language.ZH_HANS: "分出第二项咨询",
    }
    assert words[language] in page
