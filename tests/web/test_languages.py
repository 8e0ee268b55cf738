"""The chosen language stays: through links, errors, addresses that lead nowhere, and links that have ended."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token
from webapp.models import Link
from webapp.vocabulary import Language, LinkKind

Write = Callable[[Callable[[Session], Any]], Any]
HANT, HANS = "zh-Hant-HK", "zh-Hans-CN"


def language_of(answer: Any) -> str:
    found = re.search(r'<html lang="([^"]+)"', answer.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "code", "language"),
    [
        ("/zh-hant/no-such-page", 404, "zh-Hant"),
        ("/zh-hans/networks/no/such", 404, "zh-Hans"),
        ("/zh-hant/networks/nothing-like-it-at-all", 404, "zh-Hant"),
        ("/track/unknown?language=zh-hans", 404, "zh-Hans"),
        ("/decisions/unknown?language=zh-hant", 404, "zh-Hant"),
        ("/no-such-page?language=zh-hant", 404, "zh-Hant"),
        ("/track?language=zh-hant", 200, "zh-Hant"),
        ("/no-such-page", 404, "en"),
        ("/zh/no-such-page", 404, "en"),
    ],
)
def test_language_of_the_address_stays(client: FlaskClient, path: str, code: int, language: str) -> None:
    answer = client.get(path)
    assert answer.status_code == code
    assert language_of(answer).startswith(language)


def test_pages_of_one_address_are_found_below_a_language_too(client: FlaskClient) -> None:
    for asked, leads in {
        "/zh-hant/track": "/track?language=zh-hant",
        "/zh-hans/desk/sign-in?next=/desk/": "/desk/sign-in?next=/desk/&language=zh-hans",
        "/zh-hant/track/a%3Fb": "/track/a%3Fb?language=zh-hant",
        "/zh-hant//track": "/track?language=zh-hant",
    }.items():
        answer = client.get(asked)
        assert (answer.status_code, answer.location) == (302, leads)
    assert client.post("/zh-hant/track").status_code == 307
    assert client.put("/zh-hant/track").status_code == 404
    for nowhere in ("/zh-hant//example.org", "/zh-hant/no/such"):
        assert client.get(nowhere).status_code == 404, nowhere


@pytest.mark.parametrize("came_from", ["/zh-hant/", "/zh-hant/networks/x", "/track?language=zh-hant"])
def test_language_of_the_page_before_stays(client: FlaskClient, came_from: str) -> None:
    headers = {"Referer": f"http://localhost{came_from}"}
    for path in ("/track", "/no-such-page", "/desk/sign-in"):
        assert language_of(client.get(path, headers=headers)).startswith("zh-Hant"), path
    assert language_of(client.get("/", headers=headers)) == "en"
    elsewhere = {"Referer": f"https://elsewhere.example{came_from}"}
    assert language_of(client.get("/track", headers=elsewhere)) == "en"


def test_pages_and_errors_lead_on_in_their_language(client: FlaskClient) -> None:
    for path in ("/zh-hant/", "/zh-hant/no-such-page"):
        page = client.get(path).text
        assert 'href="/track?language=zh-hant"' in page
        assert 'href="/zh-hant/' in page
    assert 'href="/track"' in client.get("/").text


def test_refused_form_of_a_lost_link_keeps_the_language(client: FlaskClient) -> None:
    page = client.get("/track?language=zh-hans").text
    action = re.search(r'<form[^>]*method="post"[^>]*>', page)
    assert action
    answer = client.post("/track?language=zh-hans", data={})
    assert (answer.status_code, language_of(answer)[:7]) == (422, "zh-Hans")


def test_csrf_and_method_errors_keep_the_language(csrf_client: FlaskClient) -> None:
    assert language_of(csrf_client.post("/track?language=zh-hant")).startswith("zh-Hant")
    assert language_of(csrf_client.put("/zh-hans/")).startswith("zh-Hans")


def test_ended_link_speaks_the_language_of_its_holder(client: FlaskClient, write: Write, settings: Settings) -> None:
    def make(session: Session) -> str:
        person = make_person(session, role=None, language=Language.ZH_HANT)
        found = make_enquiry(session, settings, network=make_network(session, liaison=person))
        row = session.scalars(select(Link).where(Link.kind == LinkKind.DECISION)).first()
        assert row is not None
        issuing.revoke(session, found, keep=(), passed_to="Somebody", now=NOW)
        return link_token(row, secret_keys=settings.secret_keys)

    token = write(make)
    answer = client.get(f"/decisions/{token}")
    assert (answer.status_code, language_of(answer)[:7]) == (410, "zh-Hant")
    assert language_of(client.get(f"/decisions/{token}?language=en")) == "en"


def test_unknown_address_of_the_desk_speaks_its_readers_language(
    client: FlaskClient, write: Write, sign_in: Any
) -> None:
    sign_in(client, write(lambda session: make_person(session, language=Language.ZH_HANS).email))
    for path in ("/desk/no-such-page", "/desk/enquiries/LD-2222-2222"):
        answer = client.get(path)
        assert (answer.status_code, language_of(answer)[:7]) == (404, "zh-Hans")
