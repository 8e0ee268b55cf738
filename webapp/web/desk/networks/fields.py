"""The fields of a network's entry that have words in each language, and the parts and order of its form."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Field, TextAreaField

from webapp import labels
from webapp.domain.directory.facts import field_of, fields_of
from webapp.i18n import N_
from webapp.web import edge, fields
from webapp.web.languages import in_each

# How long a fact's text may be, and whether it is a paragraph rather than a line.
_LENGTHS: dict[str, tuple[int, bool]] = {
    "name": (200, False),
    "summary": (400, True),
    "description": (3000, True),
    "role": (500, True),
    "role_note": (1000, True),
    "founded_by": (300, False),
    "administered_by": (300, False),
    "size": (300, False),
    "countries": (300, False),
}
_ASKS = {
    "name": _l("Enter the name in English."),
    "summary": _l("Enter the summary in English."),
    "description": _l("Enter the description in English."),
}
# The form in parts, each with the columns that it edits: the order of the page, and of what is said of faults.
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("names", N_("What it is called"), ("name", "acronym", "former_names")),
    ("texts", N_("What it is and does"), ("summary", "description", "activities")),
    ("part", N_("The university in it"), ("group", "role", "role_note")),
    (
        "figures",
        N_("Facts and figures"),
        ("founded", "founded_by", "administered_by", "supported_by", "size", "countries"),
    ),
    ("filters", N_("Where it is found"), ("scope", "regions", "similar", "position", "active")),
    ("source", N_("Where the facts come from"), ("website", "source_url", "as_of", "cautions")),
)
# Each field’s place on the page.
PLACE = {
    name: place
    for place, name in enumerate(
        ("slug", *(name for _id, _title, facts in PARTS for fact in facts for name in fields_of(fact)))
    )
}


def _paragraph(label: Any, *, required: Any, limit: int, **given: Any) -> TextAreaField:
    """Return a field of one paragraph: its line breaks are those of the window, and become spaces."""
    checks = [fields.Plain(limit, lines=True), fields.Required(required) if required else fields.Optional()]
    return TextAreaField(label, checks, filters=[fields.tidy_line], **given)


def _texts(fact: str) -> dict[str, Field]:
    """Return the fields of a fact with words."""
    limit, paragraph = _LENGTHS[fact]
    make: Callable[..., Field] = _paragraph if paragraph else fields.line
    return in_each(partial(field_of, fact), make, labels.NETWORK_FACT[fact], required=_ASKS.get(fact), limit=limit)


def _hint() -> str:
    if len(edge.languages()) == 1:
        return _("One a line.")
    return _(
        "One a line, as many lines in each language. “-” alone repeats the English line. "
        "Leave a language empty where all would."
    )


def worded() -> dict[str, Field]:
    """Return the fields of all facts with words, in every language, by name."""
    activities = in_each(
        partial(field_of, "activities"),
        fields.text,
        labels.NETWORK_FACT["activities"],
        description=LazyString(_hint),
    )
    return {name: field for fact in _LENGTHS for name, field in _texts(fact).items()} | activities
