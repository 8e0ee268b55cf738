"""The browser of the journeys: one for all of them, as each start of it costs as much as a journey."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browsers import ARGUMENTS, CHROMIUM
from tests.conftest import unavailable
from tests.service_logs import pytest_runtest_makereport  # noqa: F401 - it is pytest who calls it


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; a process has one at a time."""
    if not CHROMIUM.exists():
        unavailable(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without a window."""
    running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
    yield running
    running.close()


@pytest.fixture(autouse=True)
def closed_tabs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test opened: pages that are left open go on asking the service."""
    yield
    if "browser" in request.fixturenames:
        opened: Browser = request.getfixturevalue("browser")
        for context in opened.contexts:
            context.close()
