"""A reply with files and copies: the partner's page hands them out, its email names them, and no one else gets them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import replying, tracking
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Enquiry, Message
from webapp.vocabulary import MessageKind, Role
from webapp.web import browser

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
OURS = "someone@example.edu.hk"
BROWSER = "b" * 43


@pytest.fixture
def case(write: Write, settings: Settings) -> Enquiry:
    return write(lambda session: make_enquiry(session, settings, confirmed=False))  # type: ignore[no-any-return]


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> str:
    email = str(write(lambda session: make_person(session, name="Lee Siu Ming").email))
    sign_in(client, email)
    return email


def send(client: FlaskClient, case: Enquiry, *files: tuple[str, bytes], **data: Any) -> Any:
    given = {"version": "1", "text": "Here is the plan.", "attachments": [(BytesIO(b), name) for name, b in files]}
    return client.post(f"/desk/enquiries/{case.reference}/actions/reply", data={**given, **data})


def emails(write: Write) -> list[tuple[MessageKind, str, str, bool]]:
    kinds = (MessageKind.PARTNER_MESSAGE, MessageKind.STAFF_COPIED)

    def read(session: Session) -> list[tuple[MessageKind, str, str, bool]]:
        rows = session.query(Message).filter(Message.kind.in_(kinds)).order_by(Message.id)
        return [(row.kind, row.recipient_email, row.text, row.link_id is not None) for row in rows]

    return write(read)  # type: ignore[no-any-return]


def kept(write: Write) -> list[tuple[int, str]]:
    return write(lambda s: [(file.id, file.name) for file in s.query(Attachment).order_by(Attachment.id)])  # type: ignore[no-any-return]


def test_partner_finds_the_files_on_their_page_and_in_the_email(
    client: FlaskClient, app: Flask, coordinator: str, case: Enquiry, write: Write, settings: Settings
) -> None:
    assert send(client, case, ("計劃書.pdf", PDF), ("list.txt", b"Names")).status_code == 303
    (number, name), _second = kept(write)
    [(_kind, to, text, with_link)] = emails(write)
    assert (to, with_link, "計劃書.pdf\nlist.txt" in re.sub(r" +", "", text)) == ("erika@example.org", True, True)
    desk = client.get(f"/desk/enquiries/{case.reference}").text
    assert re.search(rf'class="ours".*?files/{number}".*?{name}', desk, re.S)
    assert client.get(f"/desk/enquiries/{case.reference}/files/{number}").data == PDF

    visitor, secret = app.test_client(), write(lambda s: tracking_token(s, settings, case))
    page = visitor.get(f"/track/{secret}").text
    assert (page.count(f"files/{number}"), "from you" in page) == (1, False)
    assert visitor.get(f"/track/{secret}/files/{number}").data == PDF


def test_whoever_typed_a_strangers_address_reads_neither_words_nor_files(
    client: FlaskClient, app: Flask, coordinator: str, case: Enquiry, write: Write, settings: Settings
) -> None:
    """The page opens in the browser that sent the form before anyone has confirmed the address."""
    send(client, case, ("plan.pdf", PDF))
    [(number, _name)] = kept(write)

    def own(session: Session) -> str:
        link = issuing.of_browser(case.id, case.contact_email, BROWSER, now=datetime.now(UTC), settings=settings)
        session.add(link)
        session.flush()
        return link_token(link, secret_keys=settings.secret_keys)

    secret, visitor = write(own), app.test_client()
    visitor.set_cookie(browser.COOKIE, BROWSER)
    page = visitor.get(f"/track/{secret}")
    assert (page.status_code, "Here is the plan." in page.text, "plan.pdf" in page.text) == (200, False, False)
    assert visitor.get(f"/track/{secret}/files/{number}").status_code == 404


@pytest.mark.parametrize(
    ("files", "more", "said"),
    [
        ([("plan.pdf", PDF), ("tool.exe", b"MZ")], {}, "“tool.exe” is not of a kind that we can take."),
        ([("a.pdf", PDF)] * 9, {}, "files with one message."),
        ([("plan.pdf", PDF)], {"text": ""}, "Please choose the files again: plan.pdf."),
        ([("plan.pdf", PDF)], {"version": "7"}, "Please choose the files again: plan.pdf."),
        ([], {"cc": "someone@elsewhere.example"}, "This address is not one of the university."),
        ([], {"cc": "not an address"}, "Enter email addresses with a comma between them."),
        ([], {"cc": ", ".join(f"a{n}@example.edu.hk" for n in range(6))}, "Send at most 5 copies."),
    ],
)
def test_what_is_refused_sends_nothing_and_keeps_the_words(
    client: FlaskClient,
    coordinator: str,
    case: Enquiry,
    write: Write,
    files: list[tuple[str, bytes]],
    more: dict[str, str],
    said: str,
) -> None:
    answer = send(client, case, *files, **more)
    assert answer.status_code in (400, 409)
    assert said in answer.text
    assert more.get("text", "Here is the plan.") + "</textarea>" in answer.text
    assert f'name="cc" maxlength="500" autocomplete="off" value="{more.get("cc", "")}"' in answer.text
    assert (kept(write), emails(write)) == ([], [])


def test_an_enquiry_holds_only_so_many_files(
    client: FlaskClient, coordinator: str, case: Enquiry, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying, "MOST_FILES", 1)
    assert send(client, case, ("a.pdf", PDF)).status_code == 303
    full = send(client, case, ("b.pdf", PDF + b" "), version="2")
    assert (full.status_code, "This enquiry holds as many files as it can." in full.text) == (400, True)
    assert len(kept(write)) == 1
    assert tracking.MOST_FILES > 1


def test_colleagues_get_a_copy_that_opens_nothing(
    client: FlaskClient,
    coordinator: str,
    case: Enquiry,
    write: Write,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = type(settings).is_colleague
    monkeypatch.setattr(
        type(settings), "is_colleague", lambda self, email: email.endswith("@example.edu.hk") or known(self, email)
    )
    assert send(client, case, cc=f"{OURS}；  Other@Example.edu.hk, {OURS}").status_code == 303
    partner, *copies = emails(write)
    assert partner[3]
    assert [(kind, to, link) for kind, to, _text, link in copies] == [
        (MessageKind.STAFF_COPIED, OURS, False),
        (MessageKind.STAFF_COPIED, "other@example.edu.hk", False),
    ]
    assert all("Here is the plan." in text and "/track/" not in text for _kind, _to, text, _link in copies)
    page = client.get(f"/desk/enquiries/{case.reference}").text
    assert re.search(rf'class="ours".*?Copy of a message to the partner</a>\s*{OURS}', page, re.S)


def test_an_administrator_may_copy_to_anyone(client: FlaskClient, write: Write, sign_in: Any, case: Enquiry) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))
    assert send(client, case, cc="someone@elsewhere.example").status_code == 303
    assert [to for _kind, to, _text, _link in emails(write)] == ["erika@example.org", "someone@elsewhere.example"]
