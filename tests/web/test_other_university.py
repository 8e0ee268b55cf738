"""Another university's service: its own name everywhere, and no trace of the first installation."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.access import ROWS
from tests.factories import acting, make_enquiry, make_person, make_settings
from webapp.config import Settings
from webapp.domain.directory import importing, terms
from webapp.domain.directory.source import load
from webapp.mail.messages import Institution
from webapp.mail.render import render
from webapp.models import Message
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Kind, Language, MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "networks.yaml"
TRACE = re.compile(r"PolyU|Polytechnic|Hong[ _+-]?Kong|Hung Hom|Kowloon|理大|香港|理工|Asia/", re.IGNORECASE)
# What lists all countries and languages of the world.
LISTS = re.compile(r"<option[^>]*>[^<]*|<datalist.*?</datalist>", re.DOTALL)
PAGES = ("/", "/privacy", "/accessibility", "/directory.json", "/directory.rss", "/sitemap.xml", "/robots.txt")
PAGES += ("/networks/northern-fjords", "/enquiries/new", "/track", "/my-data", "/brand.css", "/icon.svg")
PAGES += ("/desk/sign-in", "/nowhere")
PAGES += tuple(f"/enquiries/new?kind={kind}&network=northern-fjords" for kind in Kind)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """An installation of a plainly fictional university in Norway."""
    return make_settings(
        database_url,
        institution="Example University of Northfjord",
        institution_country="NO",
        timezone="Europe/Oslo",
        languages="en,nb",
    )


@pytest.fixture(autouse=True)
def directory(write: Write) -> None:
    write(lambda session: importing.import_networks(session, load(EXAMPLE), by=acting()))
    write(terms.begin)


def traces(text: str) -> list[str]:
    return TRACE.findall(LISTS.sub("", text))


def desk_pages(app: Flask) -> Iterator[str]:
    """Every page of the desk that needs no number of its own."""
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    for row in ROWS:
        for name in row.get.split():
            if not rules[f"desk.{name}"].arguments:
                yield rules[f"desk.{name}"].rule
    yield from ("/desk/settings/institution", "/desk/settings/week", "/desk/networks/northern-fjords")


def test_no_page_feed_or_email_knows_another_university(
    app: Flask, client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    enquiry = write(lambda session: make_enquiry(session, settings, kind=Kind.VISIT))
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))
    own = (*(f"/nb{page}" for page in PAGES[:3]), f"/desk/enquiries/{enquiry.reference}", *desk_pages(app))
    seen = 0
    for address in (*PAGES, *own):
        answer = client.get(address)
        assert answer.status_code in (200, 302, 303, 404), address
        assert traces(answer.text) == [], address
        seen += "Northfjord" in answer.text
    assert seen > 15
    house = Institution.from_settings(settings)
    for kind in MessageKind:
        for language in (Language.EN, Language.NB):
            mail = render(SAMPLES[kind](language, house), house)
            assert traces(mail.subject + mail.text + mail.html) == [], kind
    for message in write(lambda session: session.query(Message).all()):
        assert traces(message.subject + message.text + message.html) == []
        assert "Northfjord" in message.text


def test_search_for_traces_finds_one(client: FlaskClient) -> None:
    assert traces('<option value="HK">Hong Kong</option><p>Made for PolyU in Hung Hom.</p>') == ["PolyU", "Hung Hom"]
    assert "Network of Northern Fjord Universities" in client.get("/").text
