"""One enquiry in a browser: what is seen without scrolling, and what a script spares."""

import re
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import make_settings
from tests.factories import PASSWORD, make_enquiry, make_person
from tests.journeys.accessible import faults
from tests.journeys.arriving import arriving
from webapp.config import Settings
from webapp.models import Enquiry

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
SEEN = "e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.height > 0 }"


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


@pytest.fixture
def enquiry(address: str, write: Any, settings: Settings) -> Enquiry:
    def make(session: Session) -> Enquiry:
        for name in ("lee", "ho"):
            make_person(session, name=f"{name.title()} Siu Ming", email=f"{name}@example.org")
        return make_enquiry(session, settings)

    return write(make)  # type: ignore[no-any-return]


def signed_in(browser: Browser, address: str, who: str = "lee", **more: Any) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **more)
    tab = context.new_page()
    tab.goto(f"{address}/desk/sign-in")
    tab.locator("[name=email]").fill(f"{who}@example.org")
    tab.locator("[name=password]").fill(PASSWORD)
    with arriving(tab):
        tab.locator("form button.primary").click()
    return tab


def opened(tab: Page, address: str, enquiry: Enquiry) -> None:
    tab.goto(f"{address}/desk/enquiries/{enquiry.reference}")
    expect(tab.locator("html[data-enquiry=ready]")).to_have_count(1)


def test_what_leads_is_seen_at_once_and_stays(browser: Browser, address: str, enquiry: Enquiry) -> None:
    tab = signed_in(browser, address, bypass_csp=True)
    opened(tab, address, enquiry)
    for part in (".case-head", ".case-asked", "#latest", "summary.primary"):
        assert tab.locator(part).evaluate(SEEN), part
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    for part in ("h1", ".case-bar .ref", "#assignee", "summary.primary"):
        assert tab.locator(part).first.evaluate(SEEN), part
    assert faults(tab) == []
    tab.locator("#assignee").click()
    tab.locator(".actions > details > summary").first.click()
    assert faults(tab) == []
    # A letter has room: it is wider than the column that the decisions have while they are closed.
    assert tab.locator("#text-accept").bounding_box()["width"] > 480  # type: ignore[index]
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.evaluate("scrollTo(0, 900)")
    assert tab.locator(".case-bar").evaluate(SEEN)
    tab.locator(".fold").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    assert faults(tab) == []
    tab.context.close()


def test_a_script_spares_reloads_and_keeps_the_place(browser: Browser, address: str, enquiry: Enquiry) -> None:
    tab = signed_in(browser, address)
    opened(tab, address, enquiry)
    tab.evaluate("document.body.dataset.same = 'page'")
    tab.locator("#text-decline").evaluate("e => e.closest('details').open = true")
    tab.locator("#text-decline").fill("In person.")
    tab.locator("form[action$='/decline'] [formaction]").click()
    expect(tab.locator("#text-decline")).to_have_value(re.compile(r"Thank you (.|\n)+In person\."))
    assert tab.locator("body[data-same=page]").count() == 1

    marks, cookie = tab.locator("[data-fold=marks]"), tab.context.cookies
    marks.locator("summary").click()
    marks.locator("[name=tag]").fill("Signing")
    before = tab.evaluate("scrollY")
    with arriving(tab):
        marks.get_by_role("button", name="Add tag").click()
    expect(tab.locator(".case-notices .notice")).to_be_visible()
    assert marks.get_attribute("open") is not None
    assert marks.locator(".tags").evaluate(SEEN)
    assert before > 0
    assert [each["value"] for each in cookie() if each["name"].startswith("liaison-open-")] == ["facts.marks"]
    with arriving(tab):
        tab.locator(".case-notices button", has_text="Undo").click()
    expect(marks.locator(".tags")).to_have_count(0)
    tab.evaluate("scrollTo(0, 400)")
    with arriving(tab):
        tab.locator(".case-hands").get_by_role("button", name="Assign to me").click()
    expect(tab.locator("html[data-enquiry=ready]")).to_have_count(1)
    assert abs(tab.evaluate("scrollY") - 400) < 80
    assert tab.locator(".case-notices .notice").evaluate(SEEN)
    tab.context.close()
