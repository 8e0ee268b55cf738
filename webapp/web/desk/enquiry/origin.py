"""Which record an enquiry comes from, as its page shows it: linked, or suggested with the reason for each."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.domain.organisations import recognition
from webapp.domain.organisations.recognition import Reason
from webapp.domain.security.permissions import Actor
from webapp.i18n import N_
from webapp.models import Contact, Enquiry, Organisation
from webapp.vocabulary import Permission

_REASONS: dict[Reason, str] = {
    Reason.CONTACT: N_("the contact is known there"),
    Reason.DOMAIN: N_("same email domain"),
    Reason.NAME: N_("same name"),
    Reason.SIMILAR: N_("similar name"),
}


@dataclass(frozen=True)
class Origin:
    """The linked record (None: none yet), its contact, and records that may be meant, each with why."""

    organisation: Organisation | None
    contact: Contact | None
    suggestions: list[tuple[Organisation, str]]


def origin(session: Session, enquiry: Enquiry, *, actor: Actor) -> Origin | None:
    """Return where an enquiry (with its known organisation and contact) comes from; None for who reads no records."""
    if not actor.can(Permission.ORGANISATION_READ):
        return None
    found = [] if enquiry.known_organisation else recognition.suggestions(session, enquiry)
    words = [(each.organisation, _(", ").join(_(_REASONS[reason]) for reason in each.reasons)) for each in found]
    return Origin(enquiry.known_organisation, enquiry.known_contact, words)
