"""What the form's selects offer, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext

from webapp import labels
from webapp.domain.directory.listing import Entry
from webapp.i18n import localised
from webapp.web import edge, shown
from webapp.web.fields import Choices


def offered(words: Mapping[Any, str], *, empty: str | None = None) -> Choices:
    """Return a closed set of words with their labels; `empty` names the choice of none."""
    # A form asks for them again and again: they are translated once for each language of an application.
    kept: dict[Any, Choices] = current_app.extensions.setdefault("offered", {})
    key = edge.language(), tuple(words.items())
    if key not in kept:
        kept[key] = labels.options(words, gettext)
    return kept[key] if empty is None else [("", empty), *kept[key]]


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
