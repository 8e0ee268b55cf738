"""Every page of the desk, walked by its routes, passes axe and never scrolls sideways, with rows of each kind in it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import make_settings
from tests.factories import NOW, acting, make_enquiry, make_network, make_organisation, make_person, staff_actor
from tests.journeys.accessible import faults, faults_when, show
from webapp.config import Settings
from webapp.domain.calendar import closures
from webapp.domain.decisions import approvals, referrals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import faculties, terms
from webapp.domain.directory.faculties import FacultyFacts
from webapp.domain.enquiries import actions, loading, relations, visiting
from webapp.domain.letters import canned_replies
from webapp.domain.letters.canned_replies import ReplyWording
from webapp.domain.organisations import contacts
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.privacy import requests
from webapp.domain.triage import checklist, saved_views, tags
from webapp.domain.visits import blocked, programme, rooms, trips
from webapp.domain.visits.blocked import PeriodFacts
from webapp.domain.visits.programme import SlotPlan
from webapp.domain.visits.rooms import RoomFacts
from webapp.domain.visits.trips import Stop, TripFacts
from webapp.models import DataRequest, Message
from webapp.vocabulary import Action, Kind, Language, Letter, MessageState, Priority, Role, TermKind

pytestmark = pytest.mark.journey
# What is no page of its own: a file to save, and emails as they look in an email program, where no script may run; and
# passkeys, which browsers have for no address of numbers (`test_second_step` looks at that page).
DAY = date(2027, 3, 9)
STOP = Stop("Lisbon", "PT", DAY, DAY, "Europe/Lisbon")
FILES = {"desk.attachment", "desk.report_file", "desk.report_paper", "desk.visit_paper", "desk.visit_letter"}
NO_PAGE = {*FILES, "desk.message_html", "desk.settings_mail", "desk.add_passkey"}
OURS = acting(staff_actor(Role.ADMINISTRATOR))


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, public_url="http://127.0.0.1")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=60)


def fill(session: Session, settings: Settings) -> dict[str, Any]:
    """Make at least one row of whatever the desk shows; return what the addresses of single ones are made from."""
    by = acting(OURS.actor, settings=settings)
    admin = make_person(session, role=Role.ADMINISTRATOR, name="Lee Siu Ming", email="admin@example.org")
    network = make_network(session, slug="example", liaison=admin)
    organisation = make_organisation(session)
    contact = contacts.add(session, organisation, ContactFacts("Jan Kowalski", email="jan@example.org"), by=OURS)
    asked = {"network": network, "organisation": "範例大學", "subject": "續簽合作協議及參觀實驗室"}
    found = loading.locked(session, make_enquiry(session, settings, **asked).reference, actor=OURS.actor)
    visiting.made(session, found, now=NOW, settings=settings)
    slot = SlotPlan(NOW + timedelta(40), NOW + timedelta(40, hours=1), {"en": "Meeting"})
    other = make_enquiry(session, settings, kind=Kind.COLLABORATION, answers={"outcome": "A degree"})
    make_enquiry(session, settings, kind=Kind.QUESTION, now=NOW - timedelta(days=30))
    relations.relate(session, found.reference, other.reference, off=False, by=by)
    tags.prioritise(session, found, Priority.URGENT, by=by)
    tags.tag(session, found, "Signing", by=by)
    checklist.add(session, found, "Ask the dean", by=by)
    actions.act(session, found, Action.NOTE, text="They called on Monday.", by=by)
    actions.act(session, found, Action.REPLY, text="Thank you, we are looking into it.", by=by)
    approver = Approver("Prof. Wong Ka Yan", "wong@example.org")
    approvals.ask(session, found, [approver], in_order=False, text="May we sign?", by=by)
    closure = closures.declare(session, date(2026, 11, 24), date(2026, 11, 24), {"en": "Typhoon"}, by=by)
    faculty = faculties.add(
        session, FacultyFacts({"en": "Faculty of Samples"}, "Dr Ng Sample", "ng@example.org"), by=OURS
    )
    asking = ReferralRequest(faculty.id, "Could your laboratory receive them?", NOW.date() + timedelta(days=2))
    held = loading.locked(session, other.reference, actor=OURS.actor)
    referrals.refer(session, held, asking, by=by)
    reply = canned_replies.add(session, ReplyWording("Delegates", Language.EN, "Dear {contact_name}"), by=OURS)
    saved_views.save(session, "Visits", {"kind": "visit"}, shared=True, by=acting(staff_actor(person_id=admin.id)))
    message = session.query(Message).order_by(Message.id).first()
    assert message is not None
    message.state, message.last_error = MessageState.FAILED, "550 no such mailbox"
    requests.send_link(session, found.contact_email, language=Language.EN, by=by)
    asking_data = session.query(DataRequest).one()
    requests.ask_erasure(asking_data, now=NOW)
    return {
        "request_id": asking_data.id,
        "reference": found.reference,
        "slug": network.slug,
        "organisation_id": organisation.id,
        "contact_id": contact.id,
        "person_id": admin.id,
        "message_id": message.id,
        "reply_id": reply.id,
        "closure_id": closure.id,
        "room_id": rooms.add(session, RoomFacts({"en": "Senate Room"}, {"en": "Tower"}, 24), by=by).id,
        "period_id": blocked.add(session, PeriodFacts({"en": "Examinations"}, DAY, DAY), by=by).id,
        "trip_id": trips.add(session, TripFacts("Lisbon", DAY, DAY, people=(admin.id,), stops=(STOP,)), by=by).id,
        "faculty_id": faculty.id,
        "term_id": terms.add(session, TermKind.SCOPE, {"en": "Glaciology"}, by=by).id,
        "part": "institution",
        "place": 0,
        "slot_id": programme.add(session, found, slot, by=by).id,
        "letter": Letter.DECLINE,
        "text_language": Language.ZH_HANT,
    }


def pages(app: Flask, known: dict[str, Any]) -> list[str]:
    """The address of every page of the desk."""
    with app.test_request_context():
        return [
            app.url_map.bind("").build(rule.endpoint, {name: known[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("desk.") and "GET" in rule.methods and rule.endpoint not in NO_PAGE
        ]


@pytest.mark.parametrize(("language", "scheme", "widths"), [("en", "light", (1280, 390)), ("zh-hant", "dark", (390,))])
def test_pages_of_the_desk_pass_axe_and_never_scroll_sideways(
    app: Flask,
    address: str,
    client: FlaskClient,
    browser: Browser,
    write: Callable[[Callable[[Session], Any]], Any],
    settings: Settings,
    sign_in: Any,
    language: str,
    scheme: Any,
    widths: tuple[int, ...],
) -> None:
    """One look at each page as it comes; narrowed to a telephone it is the same document, drawn anew.

    All of them have the policy of contents that the first one came with.
    """
    known = write(lambda session: fill(session, settings))
    sign_in(client, "admin@example.org")
    context = browser.new_context(color_scheme=scheme)
    cookie = client.get_cookie("liaison")
    assert cookie is not None
    context.add_cookies([{"name": "liaison", "value": cookie.value, "url": address}])
    tab, wrong = context.new_page(), []
    tab.goto(f"{address}/desk/")
    for path in pages(app, known):
        tab.set_viewport_size({"width": widths[0], "height": 900})
        answer = client.get(f"{path}?language={language}", follow_redirects=True)
        assert answer.status_code == 200, path
        show(tab, f"{address}{answer.request.full_path}", answer.text)
        assert tab.evaluate("document.readyState") == "complete", path
        for row in tab.locator("[name=row]").all()[:1]:
            row.check()
        wrong += [(path, widths[0], fault) for fault in faults(tab)]
        for width in widths[1:]:
            wrong += [(path, width, fault) for fault in faults_when(tab, width)]
    context.close()
    assert wrong == []
