"""What every page behind a link in an email shows of its enquiry: the answers, and the words that went both ways."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from webapp import labels
from webapp.models import Enquiry
from webapp.models.event_data import File
from webapp.vocabulary import ActorKind
from webapp.web import edge, former


def asked(enquiry: Enquiry) -> dict[str, Any]:
    """Return what the templates need of an enquiry (with its public events) beside the row itself."""
    return {
        "enquiry": enquiry,
        "answers": labels.answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        "earlier": labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        "country": labels.country_name(enquiry.country, edge.language()),
        "thread": _thread(enquiry),
    }


def _thread(enquiry: Enquiry) -> list[tuple[str, datetime, str, bool, Sequence[File]]]:
    """Return the words that went both ways: who, when, what, whether they are ours, and their files."""
    first: tuple[str, datetime, str, bool, Sequence[File]] = (
        enquiry.contact_name, enquiry.submitted_at, enquiry.message, False, ()
    )  # fmt: skip
    rest = [
        (
            former.colleague(event.actor_name) or enquiry.contact_name,
            event.at,
            event.text,
            event.actor_kind is not ActorKind.PARTNER,
            event.files,
        )
        for event in enquiry.events
        if event.text
    ]
    return [first, *rest]
