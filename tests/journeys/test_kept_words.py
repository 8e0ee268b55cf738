"""Words typed in a real browser, with its back/forward cache and without scripts: none is dropped in silence."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Playwright, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.browsers import ARGUMENTS, WHOLE
from tests.conftest import COMPILED, RecordingBroker, make_settings, unavailable
from tests.factories import PASSWORD, make_enquiry, make_person, tracking_token
from webapp import create_app
from webapp.db import db, transaction
from webapp.models import Draft, Enquiry, Event, Message, StaffSession
from webapp.vocabulary import Kind, Status

pytestmark = pytest.mark.journey
FIRST = "We would like to meet colleagues of the library."
OTHER = "May our nurses visit your simulation ward?"
Read = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as people have it: test browsers switch the back/forward cache off."""
    if not WHOLE.exists():
        unavailable(f"no Chromium at {WHOLE}")
    running = playwright.chromium.launch(
        executable_path=str(WHOLE), args=list(ARGUMENTS), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield running
    running.close()


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The application behind a real socket, with CSRF protection and cookies as in an installation."""
    made: list[Flask] = []
    # The address is part of the settings, so the server is there before what it serves.
    server = make_server("127.0.0.1", 0, lambda environ, start: made[0](environ, start), threaded=True)  # noqa: PLW0108
    address = f"http://127.0.0.1:{server.server_port}"
    settings = make_settings(database_url, data_dir=tmp_path, public_url=address)
    made.append(create_app(settings, broker=RecordingBroker()))
    made[0].jinja_env.bytecode_cache = COMPILED
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address, made[0]
    server.shutdown()
    thread.join()
    with made[0].app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def change(site: tuple[str, Flask]) -> Read:
    def run(what: Callable[[Session], Any]) -> Any:
        with site[1].app_context(), transaction() as session:
            return what(session)

    return run


@pytest.fixture(params=["with scripts", "without scripts"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param == "with scripts")
    yield context.new_page()
    context.close()


def fill(tab: Page, message: str) -> None:
    for name, value in {
        "contact_name": "Erika Mustermann",
        "contact_email": "erika@example.org",
        "organisation": "Example Institute of Technology",
        "subject": "A visit to the library",
        "message": message,
    }.items():
        tab.locator(f"main [name={name}]").fill(value)
    tab.locator("[name=organisation_type]").select_option("university")
    tab.locator("[name=country]").select_option("DE")
    tab.locator("[name=consent]").check()


def check(tab: Page) -> None:
    tab.locator("button.primary", has_text="Check your answers").click()


def back(tab: Page) -> None:
    """Go back one page, once Chromium has swapped in the last one: until then no page owns the history."""
    for _ in range(600):
        try:
            tab.go_back(wait_until="commit")
        except Error as error:
            if "Not attached to an active page" not in str(error):
                raise
            tab.wait_for_timeout(100)
        else:
            return
    pytest.fail("Chromium gave no page its history within a minute")


def send_first(tab: Page, address: str) -> str:
    """Send an enquiry through the form; returns its page."""
    tab.goto(f"{address}/enquiries/new?kind=question")
    fill(tab, FIRST)
    check(tab)
    tab.get_by_role("button", name="Send the enquiry").click()
    expect(tab).to_have_url(re.compile("/track/"))
    return tab.url


def test_another_question_after_back_is_kept_and_told_of(site: tuple[str, Flask], tab: Page, change: Read) -> None:
    tracking = send_first(tab, site[0])
    while "/enquiries/new" not in tab.url:
        back(tab)
    tab.locator("main [name=message]").fill(OTHER)
    check(tab)
    reference = change(lambda s: s.scalars(select(Enquiry.reference)).one())
    expect(tab.locator("main .notice").first).to_contain_text(f"Your first enquiry, {reference}, was sent.")
    expect(tab.locator("main [name=message]")).to_have_value(OTHER)
    tab.get_by_role("link", name=f"Write on the page of {reference}").click()
    expect(tab).to_have_url(f"{tracking}#message")
    back(tab)
    expect(tab.locator("main [name=message]")).to_have_value(OTHER)
    tab.locator("[name=consent]").check()
    check(tab)
    tab.get_by_role("button", name="Send the enquiry").click()
    expect(tab).to_have_url(re.compile("/track/"))
    assert tab.url != tracking
    assert sorted(change(lambda s: list(s.scalars(select(Enquiry.message))))) == sorted([FIRST, OTHER])


def test_page_from_the_back_forward_cache_loses_nothing(
    site: tuple[str, Flask], browser: Browser, change: Read
) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.add_init_script("addEventListener('pageshow', e => { document.documentElement.dataset.cached = e.persisted })")
    tracking = send_first(tab, site[0])
    tab.evaluate("history.go(-2)")
    expect(tab).to_have_url(re.compile("/enquiries/new"))
    expect(tab.locator("html[data-cached=true]")).to_be_attached()
    expect(tab.locator("main [name=message]")).to_have_value(FIRST)
    check(tab)
    expect(tab).to_have_url(tracking)
    tab.evaluate("history.back()")
    expect(tab.locator("html[data-cached=true]")).to_be_attached()
    tab.locator("main [name=message]").fill(OTHER)
    check(tab)
    expect(tab.locator("main [name=message]")).to_have_value(OTHER)
    expect(tab.locator("main .notice").first).to_contain_text("was sent.")
    kept = change(lambda s: [draft.fields["message"] for draft in s.scalars(select(Draft)) if draft.fields])
    assert kept == [[OTHER]]
    assert change(lambda s: s.scalars(select(Enquiry.message)).all()) == [FIRST]
    context.close()


def sign_in(tab: Page, email: str) -> None:
    tab.locator("[name=email]").fill(email)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()


def test_reply_after_the_sign_in_ended_comes_back_to_be_sent(site: tuple[str, Flask], tab: Page, change: Read) -> None:
    address, app = site
    settings = app.extensions["settings"]
    email = str(change(lambda s: make_person(s).email))
    reference = change(lambda s: make_enquiry(s, settings, kind=Kind.QUESTION).reference)
    tab.goto(f"{address}/desk/enquiries/{reference}")
    sign_in(tab, email)
    tab.locator("#text-reply").fill(f"Dear Erika,\n\n{OTHER}")
    change(lambda s: s.execute(delete(StaffSession)))
    tab.get_by_role("button", name="Send message").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You have been signed out")
    sign_in(tab, email)
    expect(tab.get_by_role("heading", level=1)).to_have_text("What you typed is kept: check it and send it")
    expect(tab.locator("main textarea")).to_have_value(f"Dear Erika,\n\n{OTHER}")
    assert change(lambda s: [text for text in s.scalars(select(Event.text)) if text]) == []
    expect(tab.locator("main form .notice")).to_contain_text(reference)
    tab.get_by_role("button", name="Send message").click()
    expect(tab).to_have_url(f"{address}/desk/enquiries/{reference}#latest")
    back(tab)
    expect(tab).to_have_url(re.compile(rf"^{address}/desk/enquiries/{reference}(#latest)?$"))
    expect(tab.locator("main")).to_contain_text(OTHER)
    assert change(lambda s: [text for text in s.scalars(select(Event.text)) if text]) == [f"Dear Erika,\n\n{OTHER}"]


def test_partner_whose_cookies_are_gone_sends_the_same_words(site: tuple[str, Flask], tab: Page, change: Read) -> None:
    address, app = site
    send_first(tab, address)
    settings = app.extensions["settings"]
    emailed = change(lambda s: tracking_token(s, settings, s.scalars(select(Enquiry)).one()))
    tab.goto(f"{address}/track/{emailed}")
    tab.locator("main [name=message]").fill(OTHER)
    tab.context.clear_cookies()
    tab.get_by_role("button", name="Send message").click()
    expect(tab.locator("main textarea")).to_have_value(OTHER)
    tab.get_by_role("button", name="Send message").click()
    expect(tab).to_have_url(re.compile("/track/[^/]+#message-[0-9]+"))
    assert change(lambda s: [text for text in s.scalars(select(Event.text)) if text]) == [OTHER]


def test_browser_that_fills_in_the_hidden_field_is_told_and_can_go_back(
    site: tuple[str, Flask], tab: Page, change: Read
) -> None:
    tab.goto(f"{site[0]}/enquiries/new?kind=question")
    fill(tab, FIRST)
    tab.locator("[name=leave_empty]").fill("https://www.example.org", force=True)
    check(tab)
    expect(tab.locator("main .notice").first).to_contain_text("a colleague will look at it first")
    tab.locator("main .notice").first.get_by_role("link", name="Back to the form").click()
    expect(tab.locator("main [name=message]")).to_have_value(FIRST)
    tab.locator("[name=consent]").check()
    check(tab)
    expect(tab.locator("main .notice")).to_have_count(0)
    tab.get_by_role("button", name="Send the enquiry").click()
    expect(tab).to_have_url(re.compile("/track/"))
    assert change(lambda s: s.scalars(select(Enquiry.status)).one()) is Status.RECEIVED
    assert len(change(lambda s: s.scalars(select(Message.id)).all())) == 2
