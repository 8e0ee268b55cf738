"""The second step in a real browser: passkeys by Chromium's virtual authenticator, codes with and without scripts."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import COMPILED, RecordingBroker, make_settings
from tests.factories import PASSWORD, make_person
from tests.journeys.accessible import faults
from webapp import create_app
from webapp.db import db, transaction
from webapp.models import SecondFactor, StaffSession
from webapp.vocabulary import FactorKind, Language, Role

pytestmark = pytest.mark.journey
EMAIL = "ada@example.org"
INSIDE = re.compile(r"/desk/(?!sign-in|account)")
Change = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The application by a name: browsers know no passkeys for a number. Administrators need a second step."""
    made: list[Flask] = []
    server = make_server("127.0.0.1", 0, lambda environ, start: made[0](environ, start), threaded=True)  # noqa: PLW0108
    address = f"http://localhost:{server.server_port}"
    settings = make_settings(database_url, data_dir=tmp_path, public_url=address, second_step="required")
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
def change(site: tuple[str, Flask]) -> Change:
    def run(what: Callable[[Session], Any]) -> Any:
        with site[1].app_context(), transaction() as session:
            return what(session)

    run(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Ada Lee", email=EMAIL))
    return run


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def device(context: BrowserContext, tab: Page) -> tuple[CDPSession, str]:
    """A device that holds passkeys and knows its owner."""
    devtools = context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    return devtools, str(devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])


def give_password(tab: Page, address: str) -> None:
    tab.goto(f"{address}/desk/sign-in")
    tab.locator("[name=email]").fill(EMAIL)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.locator("form:has([name=password]) button.primary").click()


def add_app(tab: Page) -> tuple[str, list[str]]:
    """Add an authenticator from one's account; returns its secret and the recovery codes."""
    tab.get_by_role("link", name="Add an authenticator app").click()
    tab.locator("details:has(.key) summary").click()
    secret = str(tab.locator(".key").text_content()).replace(" ", "")
    tab.locator("[name=code]").fill(pyotp.TOTP(secret).now())
    tab.get_by_role("button", name="Add the app").click()
    expect(tab.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return secret, tab.locator(".secrets code").all_text_contents()


def add_passkey(tab: Page, name: str = "Laptop") -> None:
    tab.get_by_role("link", name="Add a passkey").click()
    tab.locator("[name=name]").fill(name)
    tab.get_by_role("button", name="Add the passkey").click()


def sign_out(tab: Page, address: str) -> None:
    """End the sign-in as its owner does."""
    tab.goto(f"{address}/desk/account")
    tab.locator("button.me").click()
    tab.locator("form[action$='/desk/sign-out'] button").click()
    expect(tab).to_have_url(re.compile("/desk/sign-in"))


def test_passkey_is_made_and_signs_in_without_a_password(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str]
) -> None:
    address, (devtools, authenticator) = site[0], device
    give_password(tab, address)
    expect(tab.get_by_text("Your role needs a second step at sign-in.")).to_be_visible()
    add_passkey(tab)
    expect(tab.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    held = devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [(each["rpId"], each["isResidentCredential"]) for each in held] == [("localhost", True)]
    sign_out(tab, address)
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url(INSIDE)
    factor = change(lambda session: session.query(SecondFactor).one())
    assert (factor.kind, factor.name, factor.used_at is not None) == (FactorKind.PASSKEY, "Laptop", True)
    # The same device makes no second one, and says so.
    tab.goto(f"{address}/desk/account")
    add_passkey(tab, "Again")
    expect(tab.get_by_role("alert")).to_have_text("This passkey is added already.")


def test_passkey_is_the_second_step_after_a_password(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str]
) -> None:
    give_password(tab, site[0])
    add_passkey(tab)
    expect(tab.locator(".secrets")).to_be_visible()
    sign_out(tab, site[0])
    give_password(tab, site[0])
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab).to_have_url(INSIDE)


def test_device_that_does_not_know_its_owner_signs_no_one_in(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str]
) -> None:
    devtools, authenticator = device
    give_password(tab, site[0])
    add_passkey(tab)
    expect(tab.locator(".secrets")).to_be_visible()
    sign_out(tab, site[0])
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert")).to_contain_text("No passkey was taken.")
    assert "/desk/sign-in" in tab.url
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url(INSIDE)


def test_removed_passkey_is_refused_with_words(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str]
) -> None:
    give_password(tab, site[0])
    add_passkey(tab)
    expect(tab.locator(".secrets")).to_be_visible()
    sign_out(tab, site[0])
    change(lambda session: session.query(SecondFactor).delete())
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_text("This passkey is not known here, or was removed.")).to_be_visible()
    tab.goto(f"{site[0]}/desk/")
    expect(tab).to_have_url(re.compile("/desk/sign-in"))


def test_act_on_accounts_is_confirmed_by_a_passkey_and_keeps_what_was_typed(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str]
) -> None:
    give_password(tab, site[0])
    add_passkey(tab)
    expect(tab.locator(".secrets")).to_be_visible()
    tab.goto(f"{site[0]}/desk/people/new")
    tab.locator("[name=name]").fill("Wong Siu Fan")
    tab.locator("[name=email]").fill("wong@example.org")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    change(lambda session: session.execute(update(StaffSession).values(asked_at=long_ago)))
    tab.locator("main form button.primary").click()
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url(re.compile("/desk/kept"))
    expect(tab.locator("main")).to_contain_text("Wong Siu Fan")


@pytest.mark.parametrize("scripted", [True, False], ids=["with_javascript", "without_javascript"])
def test_codes_sign_in(site: tuple[str, Flask], change: Change, browser: Browser, scripted: bool) -> None:
    context = browser.new_context(java_script_enabled=scripted, viewport={"width": 390, "height": 844})
    tab = context.new_page()
    give_password(tab, site[0])
    secret, codes = add_app(tab)
    assert len(codes) == 10
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Save them as a file").click()
    assert Path(saved.value.path()).read_text().split() == codes
    tab.get_by_role("link", name="I have kept them").click()
    expect(tab).to_have_url(re.compile("/desk/account"))
    change(lambda session: session.execute(update(SecondFactor).values(counter=0)))  # the next half minute
    for field, code in (("code", pyotp.TOTP(secret).now()), ("recovery_code", codes[2])):
        sign_out(tab, site[0])
        expect(tab.get_by_role("button", name="Sign in with a passkey")).to_be_visible(visible=scripted)
        give_password(tab, site[0])
        expect(tab.get_by_role("heading", name="Second step")).to_be_visible()
        if field == "recovery_code":
            tab.get_by_text("Use a recovery code").click()
        tab.locator(f"[name={field}]").fill("000000")
        tab.locator(f"form:has([name={field}]) button").click()
        expect(tab.get_by_role("alert").first).to_contain_text("This code is wrong")
        tab.locator(f"[name={field}]").fill(code)
        tab.locator(f"form:has([name={field}]) button").click()
        expect(tab).to_have_url(INSIDE)
    context.close()


@pytest.mark.parametrize("language", list(Language)[:3])
def test_pages_are_accessible_and_fit_a_phone(
    site: tuple[str, Flask], change: Change, tab: Page, device: tuple[CDPSession, str], language: Language
) -> None:
    """Each page of the second step, in each language, at 390 pixels."""

    def look(page: str) -> None:
        assert faults(tab) == [], page
        assert tab.evaluate("document.documentElement.lang") == language.writing.html, page

    spoken = f"?language={language.value}"
    give_password(tab, site[0])
    for path in ("account", "account/authenticator", "account/passkey"):
        tab.goto(f"{site[0]}/desk/{path}{spoken}")
        look(path)
    tab.locator("[name=credential]").evaluate("field => field.form.requestSubmit()")
    expect(tab.locator(".secrets")).to_be_visible()
    tab.goto(f"{site[0]}/desk/account{spoken}")
    look("account with a passkey")
    tab.locator("form[action$='/recovery-codes']").evaluate(f"form => {{ form.action += '{spoken}'; form.submit() }}")
    expect(tab.locator(".secrets")).to_be_visible()
    look("codes")
    sign_out(tab, site[0])
    give_password(tab, site[0])
    tab.goto(f"{site[0]}/desk/sign-in/second-step{spoken}")
    look("second step")
