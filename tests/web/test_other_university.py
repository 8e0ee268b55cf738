"""Another university's service: its own name everywhere, and no trace of the first installation."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.access import ROWS
from tests.domain.visits.test_papers import DAY, WORDING
from tests.domain.visits.test_papers import large as papers_of_a_visit
from tests.factories import acting, make_enquiry, make_person, make_settings, staff_actor
from tests.web.test_names_unaltered import read_by_poppler
from webapp.config import Settings
from webapp.domain.directory import importing, terms
from webapp.domain.directory.source import load
from webapp.domain.papers import orders
from webapp.domain.reports import making as report_making
from webapp.domain.reports import papers as report_papers
from webapp.domain.security.permissions import staff
from webapp.domain.visits import letters_of, making
from webapp.mail.messages import Institution
from webapp.mail.render import render
from webapp.models import Delegate, Message, Passport
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Kind, Language, LetterPurpose, MessageKind, Paper, ReportBy, Role

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


def test_no_paper_letter_or_report_knows_another_university(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    chosen = settings.model_copy(update={"office_phone": "+47 555 50 100", "institution_address": "1 Fjord Road"})
    by = acting(staff_actor(Role.COORDINATOR), settings=chosen)

    def ask(session: Session) -> str:
        enquiry, visit = papers_of_a_visit(session, chosen, country="SE", language=Language.NB)
        visit.timezone = "Europe/Oslo"
        number = session.scalars(select(Delegate.id).where(Delegate.enquiry_id == enquiry.id)).first()
        assert number is not None
        passport = {"name": "KARI DAHL", "number": "N0000001", "nationality": "SE", "expiry": DAY.replace(year=2030)}
        session.add(Passport(delegate_id=number, enquiry_id=enquiry.id, **passport))
        session.flush()
        wording = replace(WORDING, purpose=LetterPurpose.SCHENGEN, language=Language.NB)
        letters_of.issue(session, enquiry, visit, wording, [number], by=by)
        orders.ask(session, enquiry.id, list(Paper), now=by.now)
        who = acting(staff(make_person(session, role=Role.ADMINISTRATOR, language=Language.NB)), settings=chosen)
        report_papers.ask(session, DAY.replace(year=2026), DAY, ReportBy.COUNTRY, by=who)
        return enquiry.reference

    reference = write(ask)

    def one(session: Session) -> tuple[str, bytes] | None:
        claimed = orders.claim(session, now=by.now)
        if claimed is None:
            return None
        made = (making if claimed.enquiry_id else report_making).make(session, claimed, settings=chosen)
        orders.record_made(session, claimed, made.content, made.basis, now=by.now)
        return claimed.name, made.content

    made = {}
    while (found := write(one)) is not None:
        made[found[0]] = read_by_poppler(found[1])
    assert len(made) == len(Paper) + 2, "each paper, a letter, the figures"
    for name, said in made.items():
        assert traces(said) == [], name
        assert "Northfjord" in said, name
    assert "Oslo" in made[Paper.PROGRAMME]
    sign_in(client, write(lambda session: make_person(session, email="office@example.org").email))
    page = client.get(f"/desk/visits/{reference}/letters").text
    assert "Schengen" in page
    assert traces(re.sub("<input[^>]*>", "", page)) == []


def test_search_for_traces_finds_one(client: FlaskClient) -> None:
    assert traces('<option value="HK">Hong Kong</option><p>Made for PolyU in Hung Hom.</p>') == ["PolyU", "Hung Hom"]
    assert "Network of Northern Fjord Universities" in client.get("/").text
