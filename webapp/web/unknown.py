"""Filters that an address names and that cannot be applied: what the page says of each, and its address without it."""

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True)
class Unknown:
    """One such filter: its name on the page, what is wrong with it, and the list's address without it."""

    label: str
    said: str
    without: str


def unknown(label: str, value: str, without: str) -> Unknown:
    """Return what is said of a value that the page does not know."""
    return Unknown(label, _("%(label)s: “%(value)s” is not known.", label=label, value=value), without)
