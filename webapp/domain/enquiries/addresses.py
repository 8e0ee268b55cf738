"""The address to which a partner's emails go: corrected where it was wrong from the beginning."""

from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions
from webapp.domain.errors import Conflict
from webapp.domain.links import issuing
from webapp.domain.messages import outbox
from webapp.domain.search import text as search_text
from webapp.domain.security.acting import Acting
from webapp.models import Enquiry, Message
from webapp.models.event_data import AddressCorrected
from webapp.vocabulary import TO_PARTNER, Action


def is_partners(message: Message) -> bool:
    """Return whether an email (with its enquiry) goes to the partner of one enquiry, whose address it could correct."""
    return message.enquiry is not None and message.kind in TO_PARTNER


def correct(session: Session, found: Enquiry, email: str, *, known: str, by: Acting) -> None:
    """Send the emails of a locked enquiry to another address from now on, with a line in its history.

    `known` is the address that the actor read; nothing happens where it stays. A known contact keeps its own
    address. Who reads the old one can open nothing any more: the partner has another link from now on, and what still
    waits to leave goes to the new address with it. Raises Conflict where someone else has corrected it meanwhile, and
    NotAllowed as `actions.act` does.
    """
    if found.contact_email != known:
        raise Conflict(version=found.version, changed_at=found.changed_at)
    if email == known:
        return
    facts = AddressCorrected(before=known, after=email)
    actions.act(session, found, Action.CORRECT_ADDRESS, facts=facts, by=by)
    found.contact_email, found.address_confirmed_at = email, None
    found.search_text = search_text.with_sender(found)
    search_text.store_anew(session, found)
    link = issuing.renew_tracking(session, found, now=by.now, settings=by.settings)
    outbox.readdress(session, found, before=known, link=link)
