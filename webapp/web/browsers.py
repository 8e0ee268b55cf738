"""Which browser a request came from, as its owner would name it: enough to recognise it, and no more."""

import re

# The first that fits: most name others beside themselves.
_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS|e)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("WeChat", r"MicroMessenger/"),
    ("Firefox", r"(?:Firefox|FxiOS)/"),
    ("Chrome", r"(?:Chrome|Chromium|CriOS)/"),
    ("Safari", r"Safari/"),
    ("curl", r"curl/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def named(user_agent: str) -> str:
    """Return browser and system, such as "Firefox, Windows"; what is not known is left out."""
    found = (
        next((name for name, pattern in names if re.search(pattern, user_agent)), "") for names in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
