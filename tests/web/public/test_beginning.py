"""The first page begins a form without a token: from our own pages alone, and it does nothing but begin."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.forms import form_with
from webapp.models import Draft
from webapp.web import browser

Write = Callable[[Callable[[Session], Any]], Any]
BEGUN = {"step": "begin", "kind": "question", "message": "Who may join?", "contact_name": "陳大文"}
SITE = "https://desk.example.org"


def drafts(write: Write) -> int:
    return int(write(lambda session: session.scalar(select(func.count()).select_from(Draft))))


def post(client: FlaskClient, path: str = "/enquiries/new", **more: Any) -> Any:
    return client.post(path, **{"data": BEGUN, "base_url": SITE, **more})


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_form_of_the_first_page_begins_a_form_of_this_browser(csrf_client: FlaskClient, prefix: str) -> None:
    page = csrf_client.get(f"{prefix}/", base_url=SITE)
    form = form_with(page.text, "step")
    assert "Set-Cookie" not in page.headers
    assert "csrf_token" not in form
    begun = post(csrf_client, f"{prefix}/enquiries/new", data={**form, **BEGUN}, headers={"Origin": SITE})
    assert begun.location.startswith(f"{prefix}/enquiries/new?draft=")
    assert browser.COOKIE in begun.headers["Set-Cookie"]
    assert "Who may join?" in csrf_client.get(begun.location, base_url=SITE).text
    other = csrf_client.application.test_client()
    assert other.get(begun.location, base_url=SITE).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": SITE},
        {"Origin": f"{SITE}:8443"},
        {"Referer": f"{SITE}/zh-hant/"},
        {},
    ],
)
def test_our_own_pages_begin(csrf_client: FlaskClient, headers: dict[str, str]) -> None:
    assert post(csrf_client, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": SITE},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example.com"},
        {"Origin": "https://desk.example.org.evil.example.com"},
        {"Origin": "null"},
        {"Referer": "https://evil.example.com/desk.example.org"},
        {"Referer": "nonsense"},
    ],
)
def test_other_sites_begin_nothing(csrf_client: FlaskClient, write: Write, headers: dict[str, str]) -> None:
    refused = post(csrf_client, headers=headers)
    assert refused.status_code == 403
    assert browser.COOKIE not in str(refused.headers)
    assert drafts(write) == 0


@pytest.mark.parametrize(
    "more",
    [{"form_id": "A" * 43}, {"final": "yes"}, {"remove": "1"}, {"after": "A" * 43}, {"step": "kind"}, {"step": ""}],
)
def test_whatever_does_more_than_begin_needs_its_token(csrf_client: FlaskClient, write: Write, more: Any) -> None:
    assert post(csrf_client, data={**BEGUN, **more}, headers={"Origin": SITE}).status_code == 403
    file = {"attachments": (BytesIO(b"%PDF-1.4"), "a.pdf")}
    assert post(csrf_client, data={**BEGUN, **file}, headers={"Origin": SITE}).status_code == 403
    assert drafts(write) == 0


@pytest.mark.parametrize("path", ["/enquiries/check/x", "/track", "/desk/sign-in"])
def test_no_other_form_begins_anything(csrf_client: FlaskClient, path: str) -> None:
    assert post(csrf_client, path, headers={"Origin": SITE}).status_code == 403
