"""The address of a page, and the domain of a site, as people type or paste them."""

import re

from webapp.tidying.characters import folded

_SCHEME = re.compile(r"^([A-Za-z]+)://")
_HOST = re.compile(r"^[\w-]+(\.[\w-]+)*\.[^\W\d_]{2,}(:\d+)?(/|$)")


def page(text: str | None) -> str:
    """Return a page's address without what is around it; one that begins with a host gets its https://."""
    plain = folded(text).replace("。", ".").strip("<>\"'“”‘’()[] ").rstrip(".,;:")
    plain = _SCHEME.sub(lambda found: found[0].lower(), plain)
    return f"https://{plain}" if _HOST.match(plain) else plain


def domain(text: str | None) -> str:
    """Return the domain in what someone copied: an email address, a page's address, or the domain itself."""
    plain = _SCHEME.sub("", page(text).lower()).rpartition("@")[2]
    return plain.partition("/")[0].partition(":")[0].removeprefix("www.").strip(".")
