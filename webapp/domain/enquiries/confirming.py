"""Whether a partner's address is theirs: anyone may have typed it until someone acts by the link that went there."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.enquiries import held
from webapp.domain.history import events
from webapp.domain.organisations import recognition
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Enquiry
from webapp.models.event_data import OrganisationLinked
from webapp.vocabulary import EventKind


def confirm(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Take the address of a locked enquiry as its partner's, and link the records that it is known to belong to.

    Once is enough. What a person linked meanwhile stays; one that is held is linked when it is found to be genuine.
    """
    if enquiry.address_confirmed_at is not None:
        return
    enquiry.address_confirmed_at = now
    if enquiry.organisation_id is not None or held.is_held(enquiry):
        return
    known = recognition.recognise(session, enquiry)
    if known is not None:
        facts = OrganisationLinked(organisation=known.name)
        events.add(session, enquiry.id, EventKind.LINKED, SYSTEM, facts, now=now)
