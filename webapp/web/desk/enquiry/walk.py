"""From one enquiry to the next in the list that its reader looked at last, which their browser's cookie keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import session as cookie
from flask import url_for

from webapp.domain.search.references import read_reference

_KEPT = "list"
_SHORT = "LD-"


@dataclass(frozen=True)
class Walk:
    """The way back to the list, and the neighbours there ("" where there is none); `place` of `total` on its page."""

    back: str
    previous: str = ""
    next: str = ""
    place: int = 0
    total: int = 0


def remember(references: Sequence[str], address: str) -> None:
    """Keep a page as the list from which its reader opens enquiries; an empty one keeps nothing."""
    listed = ".".join(reference.removeprefix(_SHORT).replace("-", "") for reference in references)
    kept = {"of": listed, "at": address}
    if references and cookie.get(_KEPT) != kept:
        cookie[_KEPT] = kept


def walk(reference: str) -> Walk:
    """Return the place of an enquiry in the list that its reader looked at last."""
    kept = cookie.get(_KEPT) or {}
    listed = [read_reference(_SHORT + each) for each in kept.get("of", "").split(".")]
    if reference not in listed:
        return Walk(url_for("desk.queue"))
    at = listed.index(reference)
    around = ["", *listed, ""]
    return Walk(kept["at"], previous=around[at], next=around[at + 2], place=at + 1, total=len(listed))
