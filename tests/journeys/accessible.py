"""What axe finds wrong with a page, and whether it scrolls sideways."""

import re
from itertools import count
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Frames hold such emails and pages that are looked at elsewhere. What passes would be listed too, in twice the time.
ASKED: dict[str, Any] = {"iframes": False, "resultTypes": ["violations"]}
# These look at where things are; all others only at how each thing is made and drawn. The second is off by default.
_PLACES = ["scrollable-region-focusable", "target-size"]
OF_PLACE: dict[str, Any] = {**ASKED, "runOnly": {"type": "rule", "values": _PLACES}}
_MODULE = re.compile(r'(<script type="module" src="[^"?]*)')
_numbers = count(1)
_SCRIPT = Axe().axe_script
_BROKEN = "found => found.violations.map(each => each.id)"
# How each element is drawn. Contrast alone took half of the time of a look, and is not asked twice of the same thing.
_DRAWN = """new Map([...document.body.querySelectorAll("*")].map(each => {
    const { color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity, position } = getComputedStyle(each)
    const drawn = [color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity, position]
    return [each, `${each.checkVisibility()} ${drawn}`]
}))"""
_CHANGED = f"""options => {{
    const include = [...{_DRAWN}].filter(([each, drawn]) => globalThis.drawn.get(each) !== drawn).map(([each]) => each)
    return include.length ? axe.run({{ include }}, options).then({_BROKEN}) : []
}}"""


def _sideways(tab: Page) -> list[str]:
    return [] if tab.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["scrolls sideways"]


def show(tab: Page, address: str, page: str) -> None:
    """Write a page into a tab that has one of the same site open, as if it had been opened at its address.

    To load axe anew, and to run it cold, took half of the time of a look. A script runs once for each address.
    """
    tab.evaluate("address => history.replaceState(null, '', address)", address)
    tab.set_content(_MODULE.sub(rf"\1?again={next(_numbers)}&", page))


def faults(tab: Page) -> list[str]:
    """Return the rules that the page breaks at the width and in the colours of the tab."""
    if not tab.evaluate("'axe' in globalThis"):
        tab.evaluate(_SCRIPT)
    found: list[str] = tab.evaluate(f"options => axe.run(options).then({_BROKEN})", ASKED)
    return found + _sideways(tab)


def faults_when(tab: Page, width: int) -> list[str]:
    """Return the rules that the page breaks at another width, of what is drawn otherwise there or was hidden.

    `faults` has looked at it as it is now.
    """
    tab.evaluate(f"() => {{ globalThis.drawn = {_DRAWN} }}")
    tab.set_viewport_size({"width": width, "height": 900})
    found: list[str] = tab.evaluate(f"options => axe.run(options).then({_BROKEN})", OF_PLACE)
    return found + tab.evaluate(_CHANGED, ASKED) + _sideways(tab)
