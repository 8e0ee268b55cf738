"""What the form's selects offer, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext

from webapp import labels
from webapp.domain.directory.listing import Directory, Entry
from webapp.i18n import N_, localised
from webapp.vocabulary import Language
from webapp.web import edge, shown
from webapp.web.offered import Choices, Offered


def offered(words: Mapping[Any, str], *, empty: str | None = None) -> Choices:
    """Return a closed set of words with their labels; `empty` names the choice of none."""
    # A form asks for them again and again: they are translated once for each language of an application.
    kept: dict[Any, Choices] = current_app.extensions.setdefault("offered", {})
    key = edge.language(), tuple(words.items()), empty
    if key not in kept:
        none = [] if empty is None else [("", gettext(empty))]
        kept[key] = Offered([*none, *labels.options(words, gettext)])
    return kept[key]


def networks() -> Choices:
    """Return the directory's networks in the university's order, after the choice of none."""
    directory, language = shown.directory(), edge.language()
    kept: dict[Language, tuple[Directory, Choices]] = current_app.extensions.setdefault("offered_networks", {})
    if language not in kept or kept[language][0] is not directory:
        named = ((each.slug, _network_label(each, language)) for each in directory.active)
        kept[language] = directory, Offered([("", gettext("Not sure")), *named])
    return kept[language][1]


def _network_label(network: Entry, language: Language) -> str:
    name = localised(network.name, language)
    return f"{network.acronym}: {name}" if network.acronym else name


def kinds() -> Choices:
    """Return what can be asked for."""
    return offered(labels.KIND_LONG)


_SLACK = {"0": N_("Fixed"), "1": N_("± 1 day"), "2": N_("± 2 days"), "3": N_("± 3 days"), "7": N_("± 1 week")}


def slack() -> Choices:
    """Return by how many days the dates of a window may move."""
    return offered(_SLACK)


_YES_NO = {"yes": N_("Yes"), "no": N_("No")}


def yes_no() -> Choices:
    """Return whether something is needed."""
    return offered(_YES_NO)
