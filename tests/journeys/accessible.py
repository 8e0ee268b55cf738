"""What axe finds wrong with a page, and whether it scrolls sideways."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The rules that look at where and how things are drawn; all others read the document, which is the same at any width.
OF_LOOKS = ("color-contrast", "scrollable-region-focusable")
# Frames hold such emails and pages that are looked at elsewhere. What passes would be listed too, in twice the time.
ASKED: dict[str, Any] = {"iframes": False, "resultTypes": ["violations"]}


def faults(tab: Page, *, looks_alone: bool = False) -> list[str]:
    """Return the rules that the page breaks at the width and in the colours of the tab."""
    rules = {"runOnly": {"type": "rule", "values": list(OF_LOOKS)}} if looks_alone else {}
    found = [violation["id"] for violation in Axe().run(tab, options={**ASKED, **rules}).response["violations"]]
    if not tab.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("scrolls sideways")
    return found
