"""Ten enquiries are worked through in a real browser: once by keyboard alone, once without JavaScript."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.arriving import arriving, first_sign_in, sign_in
from tests.journeys.test_run import Started, running

pytestmark = pytest.mark.journey
NUMBER = 10


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A `./run` with enough sample enquiries that more than twenty are open."""
    with running(tmp_path_factory.mktemp("triage") / "data", "--sample", "30") as started:
        yield started


@pytest.fixture(scope="module")
def known(service: Started, browser: Browser) -> dict[str, str]:
    """What signs in the first administrator, who finds that no one has anything: the sample's office had it all."""
    found = first_sign_in(browser, service.address, service.lines)
    tab = browser.new_page()
    sign_in(tab, service.address, found["email"], found["password"])
    with arriving(tab):
        tab.goto(f"{service.address}/desk/")
    tab.locator("[data-all]").check()
    tab.locator("#change").select_option("assign:")
    with arriving(tab):
        tab.locator(".bulk button:not([name])").click()
    tab.close()
    return found


@pytest.fixture
def desk(service: Started, browser: Browser, known: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Open a signed-in tab of the desk."""
    tabs: list[Page] = []

    def signed_in(**given: Any) -> Page:
        tab = browser.new_context(**given).new_page()
        tabs.append(tab)
        sign_in(tab, service.address, known["email"], known["password"])
        return tab

    yield signed_in
    for tab in tabs:
        tab.context.close()


def press(tab: Page, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


def count(tab: Page, view: str) -> int:
    """What is shown beside the queue for a view."""
    return int(tab.locator(f".views a[href$='view={view}'] data").get_attribute("value") or "-1")


def unassigned(tab: Page, address: str) -> int:
    with arriving(tab):
        tab.goto(f"{address}/desk/")
    return count(tab, "unassigned")


def test_ten_enquiries_are_triaged_by_keyboard_alone(service: Started, desk: Callable[..., Page]) -> None:
    tab = desk(viewport={"width": 1280, "height": 900})
    before = unassigned(tab, service.address)
    press(tab, "?")
    expect(tab.locator("dialog#keys")).to_be_visible()
    press(tab, "Escape")
    expect(tab.locator("dialog#keys")).to_be_hidden()
    with arriving(tab):
        press(tab, "g", "u")
    expect(tab).to_have_url(re.compile("view=unassigned"))
    for _ in range(NUMBER - 1):
        press(tab, "j", "x")
    expect(tab.locator("[data-row] :checked")).to_have_count(NUMBER - 1)
    press(tab, "j", "j", "k", "x", "?", "Escape")
    expect(tab.locator("[data-row] :checked")).to_have_count(NUMBER)
    tab.locator("#change").focus()
    tab.keyboard.type("me")
    assert tab.locator("#change").input_value().startswith("assign:")
    with arriving(tab):
        press(tab, "Tab", "Enter")
    expect(tab.locator(".flashes").first).to_contain_text(f"{NUMBER} enquiries")
    assert count(tab, "unassigned") == before - NUMBER

    with arriving(tab):
        press(tab, "g", "m")
    expect(tab).to_have_url(re.compile("view=mine"))
    expect(tab.locator("[data-row]")).to_have_count(NUMBER)
    with arriving(tab):
        press(tab, "j", "o")
    expect(tab).to_have_url(re.compile("/desk/enquiries/LD-"))
    tab.locator("details:not([open]):has(#tag) > summary").press("Enter")
    tab.locator("#tag").focus()
    tab.keyboard.type("gm?/x")  # keys mean letters within a field
    with arriving(tab):
        press(tab, "Enter")
    expect(tab.locator("button.tag")).to_contain_text("gm?/x")
    press(tab, "/")
    expect(tab.locator("#find")).to_be_focused()


def test_ten_enquiries_are_triaged_without_javascript(service: Started, desk: Callable[..., Page]) -> None:
    tab = desk(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    before = unassigned(tab, service.address)
    with arriving(tab):
        tab.goto(f"{service.address}/desk/?view=unassigned")
    for box in tab.locator("[data-row] [name=row]").all()[:NUMBER]:
        box.check()
    tab.locator("#change").select_option("prioritise:high")
    with arriving(tab):
        tab.locator(".bulk button:not([name])").click()
    expect(tab.locator(".flashes").first).to_contain_text(f"{NUMBER} enquiries")
    with arriving(tab):
        tab.locator("form:has([name=undo]) button").click()
    expect(tab.locator(".flashes").first).to_contain_text("Undone")

    for box in tab.locator("[data-row] [name=row]").all()[:NUMBER]:
        box.check()
    me = tab.locator("#change option", has_text=re.compile("^Me$")).get_attribute("value")
    tab.locator("#change").select_option(me)
    with arriving(tab):
        tab.locator(".bulk button:not([name])").click()
    assert count(tab, "unassigned") == before - NUMBER

    with arriving(tab):
        tab.goto(f"{service.address}/desk/?view=new")
    waiting = tab.locator("[data-row]").count()
    tab.locator("[data-row] [name=row]").first.check()
    tab.locator("#change").select_option("review")
    with arriving(tab):
        tab.locator(".bulk button:not([name])").click()
    expect(tab.locator("h1")).to_contain_text("Start review")
    with arriving(tab):
        tab.locator("main form .primary").click()
    expect(tab.locator("[data-row]")).to_have_count(waiting - 1)

    with arriving(tab):
        tab.locator("footer a[href$='/desk/keys']").click()
    expect(tab.locator("h1")).to_contain_text("Keyboard")


def test_card_is_dragged_to_where_one_press_leads_and_columns_stay_folded(
    service: Started, desk: Callable[..., Page]
) -> None:
    tab = desk(viewport={"width": 1280, "height": 900})
    with arriving(tab):
        tab.goto(f"{service.address}/desk/board")
    card = tab.locator("[data-column=awaiting_partner] .card").first
    href = card.locator("a").first.get_attribute("href")
    card.locator("a").first.scroll_into_view_if_needed()
    with arriving(tab):
        card.drag_to(tab.locator("[data-column=in_review] summary").first)
    expect(tab.locator(f"[data-column=in_review] .card a[href='{href}']").first).to_be_visible()
    tab.locator("[data-column=received] > summary").click()
    with arriving(tab):
        tab.reload()
    expect(tab.locator("[data-column=received] .card").first).to_be_hidden()
    expect(tab.locator("[data-column=in_review] .card").first).to_be_visible()


def test_keys_that_are_switched_off_do_nothing(service: Started, desk: Callable[..., Page]) -> None:
    tab = desk()
    with arriving(tab):
        tab.goto(f"{service.address}/desk/account")
    tab.locator("[name=shortcuts]").uncheck()
    with arriving(tab):
        tab.locator("form:has([name=shortcuts]) button").click()
    with arriving(tab):
        tab.goto(f"{service.address}/desk/")
    press(tab, "j")
    assert tab.evaluate("document.activeElement === document.body")
    press(tab, "g", "m", "?")
    expect(tab.locator("dialog[open]")).to_have_count(0)
    expect(tab).to_have_url(f"{service.address}/desk/")
    with arriving(tab):
        tab.goto(f"{service.address}/desk/account")
    tab.locator("[name=shortcuts]").check()
    with arriving(tab):
        tab.locator("form:has([name=shortcuts]) button").click()
