"""Going from page to page in a browser: what is pressed or chosen before a page's script has run is not heard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from playwright.sync_api import Browser, Page, expect

WITHIN = 30_000
# The page's last script says so at its end.
HEARS = (
    ":is([data-ready=door], [data-ready=desk]:not(:has(script[src*='/arrivals.js'])), "
    "[data-ready=site]:not(:has(script[src*='/desk.js'])))"
)
_marks = count(1)

# Bounds, not expectations: a loaded machine takes its time.
expect.set_options(timeout=WITHIN)


@contextmanager
def arriving(tab: Page) -> Iterator[None]:
    """Do what leads to another page; leave when that page is there whole and its script hears.

    The page that is left is marked, so that neither it nor an address that stays the same is taken for the next one.
    """
    mark = str(next(_marks))
    tab.evaluate("mark => { document.documentElement.dataset.left = mark }", mark)
    scripted = tab.evaluate("matchMedia('(scripting: enabled)').matches")
    yield
    page = tab.locator(f"html:not([data-left='{mark}'])" + (HEARS if scripted else ""))
    expect(page).to_be_attached()
    tab.wait_for_load_state("domcontentloaded")


def sign_in(tab: Page, address: str, name: str, password: str) -> None:
    """Sign in at the desk, and wait until its first page hears."""
    with arriving(tab):
        tab.goto(f"{address}/desk/sign-in")
    tab.locator("[name=email]").fill(name)
    tab.locator("[name=password]").fill(password)
    with arriving(tab):
        tab.locator("main form button").first.click()
    expect(tab).to_have_url(re.compile(r"/desk/(?!sign-in)"))


PASSWORD = "a long password for this test"


def first_sign_in(browser: Browser, address: str, lines: list[str]) -> dict[str, str]:
    """Sign in as the first administrator and change the one-time password; return what signs in again."""
    said = dict(line.split(": ", 1) for line in lines if ": " in line)
    tab = browser.new_page()
    sign_in(tab, address, said["Sign-in name"], said["One-time password"])
    expect(tab).to_have_url(re.compile(r"/desk/account"))
    tab.locator("[name=old_password]").fill(said["One-time password"])
    for field in tab.locator("[type=password]:not([name=old_password])").all():
        field.fill(PASSWORD)
    with arriving(tab):
        tab.locator("form:has([name=old_password]) button").click()
    tab.close()
    return {"email": said["Sign-in name"], "password": PASSWORD}
