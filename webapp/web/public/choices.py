"""What the form's selects offer, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from webapp import labels
from webapp.domain.directory.listing import Entry
from webapp.i18n import localised
from webapp.web import edge, shown
from webapp.web.fields import Choices


def offered(words: Mapping[Any, str], *, empty: str | None = None) -> Choices:
    """Return a closed set of words with their labels; `empty` names the choice of none."""
    options = labels.options(words, gettext)
    return options if empty is None else [("", empty), *options]


def networks() -> Choices:
    """Return the directory's networks in the university's order, after the choice of none."""
    found = shown.directory().active
    return [("", gettext("Not sure")), *((network.slug, _network_label(network)) for network in found)]


def _network_label(network: Entry) -> str:
    name = localised(network.name, edge.language())
    return f"{network.acronym}: {name}" if network.acronym else name


def kinds() -> Choices:
    """Return what can be asked for."""
    return labels.options(labels.KIND_LONG, gettext)


def slack() -> Choices:
    """Return by how many days the dates of a window may move."""
    return [
        ("0", gettext("Fixed")),
        ("1", gettext("± 1 day")),
        ("2", gettext("± 2 days")),
        ("3", gettext("± 3 days")),
        ("7", gettext("± 1 week")),
    ]
