"""Single sign-on in a real browser, whose own rules count: which site a form may end at, which cookies come back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.conftest import COMPILED, RecordingBroker, migrate
from tests.factories import PASSWORD, make_person, make_settings
from tests.provider import SignOnProvider
from webapp import create_app
from webapp.db import db, transaction
from webapp.models import Person, StaffSession

EMAIL = "chan@example.org"
pytestmark = pytest.mark.journey


@dataclass
class Desk:
    """A desk with one coordinator and a provider of single sign-on, each on a port of this machine."""

    address: str
    app: Flask
    provider: SignOnProvider


@contextmanager
def desk_with_provider(folder: Path) -> Iterator[Desk]:
    """Run both until the block ends."""
    server = make_server("localhost", 0, Flask("later"), threaded=True)
    address, provider = f"http://localhost:{server.server_port}", SignOnProvider.start()
    url = f"sqlite:///{folder}/liaison.db"
    migrate(url)
    given = {**provider.settings, "oidc_name": "Example ID", "public_url": address}
    app = server.app = create_app(make_settings(url, data_dir=folder, **given), broker=RecordingBroker())
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context(), transaction() as session:
        make_person(session, email=EMAIL, name="Chan Tai Man")
    provider.knows("chan", email=EMAIL, email_verified=True, name="Chan Tai Man")
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Desk(address, app, provider)
    server.shutdown()
    provider.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_with_provider(tmp_path) as running:
        yield running


def let_in(tab: Page, subject: str = "chan") -> None:
    """Sign in on the provider's own page."""
    tab.locator("input[name=sub]").fill(subject)
    tab.locator("input[name=sub]").press("Enter")


def new_context(browser: Browser, *, scripted: bool) -> BrowserContext:
    return browser.new_context(java_script_enabled=scripted, locale="en-GB", viewport={"width": 1280, "height": 900})


@pytest.mark.parametrize("scripted", [True, False])
def test_person_signs_in_and_what_was_typed_goes_over_the_provider(
    desk: Desk, browser: Browser, scripted: bool
) -> None:
    tab = new_context(browser, scripted=scripted).new_page()
    tab.goto(f"{desk.address}/desk/my-day")
    tab.get_by_role("link", name="Sign in with Example ID").click()
    let_in(tab)
    expect(tab).to_have_url(f"{desk.address}/desk/my-day")
    tab.goto(f"{desk.address}/desk/leave")
    with desk.app.app_context(), transaction() as session:
        session.query(StaffSession).delete()
    day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    tab.locator("[name=starts_on]").fill(day)
    tab.locator("form:has([name=starts_on]) button").last.click()
    tab.get_by_role("button", name="Sign in with Example ID").click()
    let_in(tab)
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab).to_have_url(re.compile("/desk/kept"))
    assert day in tab.locator("main").inner_html()
    tab.context.close()


def test_account_is_linked_on_its_page(desk: Desk, browser: Browser) -> None:
    desk.provider.knows("work", email="c.chan@example.org", email_verified=True, name="Chan, Tai Man")
    tab = new_context(browser, scripted=False).new_page()
    tab.goto(f"{desk.address}/desk/sign-in")
    tab.locator("[name=email]").fill(EMAIL)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.goto(f"{desk.address}/desk/account")
    tab.get_by_role("link", name="Link with Example ID").click()
    let_in(tab, "work")
    expect(tab.get_by_role("main")).to_contain_text("c.chan@example.org")
    tab.get_by_role("button", name="Link with my account").click()
    expect(tab.get_by_role("main")).to_contain_text("Your account is linked")
    with desk.app.app_context():
        assert db.session().query(Person).one().sign_on_subject == "work"
    tab.context.close()
