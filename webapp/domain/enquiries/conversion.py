"""One kind of enquiry becomes another, and keeps every answer that it ever had."""

from typing import Any

from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.models import Enquiry, Event
from webapp.models.event_data import Converted
from webapp.vocabulary import Action, Kind


def convert(
    session: Session, found: Enquiry, kind: Kind, *, by: Acting, version: int | None = None, text: str = ""
) -> Event:
    """Convert a locked enquiry to another kind, and tell its partner.

    Answers are not touched: the kind decides which of them count (`questions.asked`), the others stay in sight as those
    to the first form, and converting back finds all as it was. Kinds and purposes stay apart, though some words are
    the same: a partner who wants exchange has not said that a visit is for it. Promise and clock run on. Raises
    Invalid for the kind that it has, and what `actions.act` raises.
    """
    actions.check(found, Action.CONVERT, actor=by.actor, version=version)
    if kind is found.kind:
        raise Invalid({"kind": "same"})
    facts = Converted(before=found.kind, after=kind)
    found.kind = kind
    return actions.act(session, found, Action.CONVERT, version=version, facts=facts, by=by, text=text)


def carried(found: Enquiry, kind: Kind) -> dict[str, Any]:
    """Return those answers of an enquiry that a kind asks too."""
    keys = questions.asked(kind)
    return {key: value for key, value in found.answers.items() if key in keys}
