"""The pictures of README.md, taken of the samples: `.venv/bin/python -m tests.pictures` takes all of them anew."""

import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.arriving import first_sign_in, sign_in
from tests.journeys.test_run import running
from tests.standalone.processes import eventually

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
CHROMIUM = {"executable_path": "/usr/bin/chromium"} if Path("/usr/bin/chromium").exists() else {}
# The partner of the next confirmed visit of the samples who reads English.
PARTNER = "juan.ejemplo@ejemplo.example.org"
_LINK = re.compile(r"https?://[^/\s]+(/track/[\w-]+)")


def main() -> None:
    """Start the service with samples, and take each picture at one size, in the light scheme."""
    with TemporaryDirectory() as folder, running(Path(folder) / "var", "--sample", "40") as started:
        mailbox = Path(folder) / "var" / "mailbox"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(args=["--no-sandbox"], **CHROMIUM)
            take(browser, started.address, started.lines, mailbox)
            browser.close()


def take(browser: Browser, address: str, lines: list[str], mailbox: Path) -> None:
    """Take the pictures of a service that runs."""
    eventually(lambda: tracking(mailbox))
    known = first_sign_in(browser, address, lines)
    tab = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
    save(tab, f"{address}/", "home")
    save(tab, address + tracking(mailbox), "track")
    sign_in(tab, address, known["email"], known["password"])
    save(tab, f"{address}/desk/my-day", "day")
    save(tab, f"{address}/desk/", "queue")


def save(tab: Page, address: str, name: str) -> None:
    """Save what is seen first of a page."""
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    taken = tab.context.new_cdp_session(tab).send("Page.captureScreenshot", {"format": "webp", "quality": 80})
    (PICTURES / f"{name}.webp").write_bytes(b64decode(taken["data"]))


def tracking(mailbox: Path) -> str:
    """Return the way to the partner's page by the latest of their emails; "" before there is one."""
    found = [_LINK.search(text) for text in texts(mailbox)]
    return next((link[1] for link in reversed(found) if link), "")


def texts(mailbox: Path) -> Iterator[str]:
    """Yield the plain texts of the emails to the partner, in the order in which they left."""
    for path in sorted(mailbox.glob("*.eml"), key=lambda each: each.stat().st_mtime):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        if PARTNER in str(message["To"]) and body is not None:
            yield body.get_content()


if __name__ == "__main__":
    main()
