"""What the partner asked, as rows of label and value in the page's language."""

from flask_babel import gettext as _

from webapp import labels
from webapp.models import Enquiry
from webapp.vocabulary import Kind
from webapp.web import edge

# What one looks for first, by the form's field names.
_MAIN = {
    Kind.VISIT: ("windows", "group_size", "leader_name"),
    Kind.COLLABORATION: ("types", "disciplines", "timeline"),
    Kind.QUESTION: (),
}
Rows = list[tuple[str, str]]


def main_facts(enquiry: Enquiry) -> Rows:
    """Return the few answers that tell this enquiry from another."""
    answers = labels.answer_fields(enquiry.kind, enquiry.answers, _, edge.language())
    rows = [(label, value) for field, label, value in answers if field in _MAIN[enquiry.kind]]
    return [*rows, (_("Organisation"), enquiry.organisation), (_("Replies in"), _replies_in(enquiry))]


def facts(enquiry: Enquiry) -> Rows:
    """Return everything that was asked, without empty answers; the message is among the messages."""
    rows = [
        (_("Your name"), enquiry.contact_name),
        (_("Position"), enquiry.contact_position),
        (_("Organisation"), enquiry.organisation),
        (_("Type of organisation"), _(labels.ORGANISATION_TYPE[enquiry.organisation_type])),
        (_("Country or region"), labels.country_name(enquiry.country, edge.language())),
        (_("On behalf of"), enquiry.on_behalf_of),
        (_("Email"), enquiry.contact_email),
        (_("Phone"), enquiry.phone),
        (_("Replies in"), _replies_in(enquiry)),
        (_("Existing ties or agreement"), enquiry.existing_link),
        *labels.answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
    ]
    return [(label, value) for label, value in rows if value]


def earlier_facts(enquiry: Enquiry) -> Rows:
    """Return what was answered before the enquiry became the kind that it is now."""
    return labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language())


def _replies_in(enquiry: Enquiry) -> str:
    """Return in which language they are answered, where there are several."""
    return edge.environment().spoken(enquiry.language).writing.name if len(edge.languages()) > 1 else ""
