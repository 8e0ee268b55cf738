"""What the partner asked, as rows of label and value in the page's language."""

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp import labels, questions
from webapp.models import Enquiry
from webapp.web import edge

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """Everything that was asked, without empty answers, but for the message, which is among the messages.

    `main` are the few that tell this enquiry from another.
    """

    all: Rows
    main: Rows


def facts(enquiry: Enquiry) -> Facts:
    """Return what was asked."""
    main = {question.name for question in questions.TABLE[enquiry.kind].questions if question.main}
    answers = labels.answer_fields(enquiry.kind, enquiry.answers, _, edge.language())
    sender = _sender(enquiry)
    return Facts(
        [(label, value) for _name, label, value in (*sender, *answers)],
        [(label, value) for name, label, value in (*answers, *sender) if name in main],
    )


def earlier_facts(enquiry: Enquiry) -> Rows:
    """Return what was answered before the enquiry became the kind that it is now."""
    return labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language())


def _sender(enquiry: Enquiry) -> list[tuple[str, str, str]]:
    given = {question.name: getattr(enquiry, question.name) for question in questions.SENDER}
    # In which language they are answered, where there are several.
    given["language"] = edge.environment().spoken(enquiry.language) if len(edge.languages()) > 1 else ""
    return labels.sender_fields(given, _, edge.language())
