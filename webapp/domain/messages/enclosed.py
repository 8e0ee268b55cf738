"""The private links in a message: whose they are, and the secrets that take the places of their marks."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.security import codes
from webapp.domain.security.tokens import link_token
from webapp.mail.messages import (
    ACCOUNT_TOKEN_SLOT,
    CODE_SLOT,
    DECISION_TOKEN_SLOT,
    OWN_DATA_TOKEN_SLOT,
    SAVED_FORM_TOKEN_SLOT,
    TRACKING_TOKEN_SLOT,
    decision_mark,
)
from webapp.models import AccountLink, DataRequest, Enquiry, Link, Message, MessageLine, Person, SavedForm
from webapp.vocabulary import LinkEnd, LinkKind, MessageKind

_TO_OWNER = frozenset({MessageKind.STAFF_INVITED, MessageKind.STAFF_RESET})


def take_present_link(session: Session, message: Message) -> None:
    """Put the partner's present link in the place of one that was replaced since the message was written."""
    if message.link is not None and message.link.kind is LinkKind.TRACKING and message.link.ended_at is not None:
        present = session.scalars(select(Link).where(Link.tracks(message.link.enquiry_id))).one_or_none()
        message.link = present or message.link


def lines_of(session: Session, numbers: Sequence[int]) -> dict[int, list[MessageLine]]:
    """Return the enquiries that messages about several tell of, each with its link, by the message's number."""
    if not numbers:
        return {}
    query = select(MessageLine).where(MessageLine.message_id.in_(numbers)).order_by(MessageLine.id)
    loads = (joinedload(MessageLine.enquiry).load_only(Enquiry.reference), joinedload(MessageLine.link))
    found: dict[int, list[MessageLine]] = defaultdict(list)
    for line in session.scalars(query.options(*loads)):
        found[line.message_id].append(line)
    return found


def are_readers(message: Message, lines: Sequence[MessageLine]) -> bool:
    """Return whether all links in a message and in its list may go to its reader."""
    links = [message.link, *(line.link for line in lines)]
    return all(_is_readers(link, message) for link in links if link is not None)


def _is_readers(link: Link, message: Message) -> bool:
    """Return whether a link may go to a message's reader: it belongs to their address, and no other took its place."""
    return link.email.lower() == message.recipient_email.lower() and link.ended_why is not LinkEnd.REPLACED


def secrets_of(
    session: Session, message: Message, lines: Sequence[MessageLine], *, settings: Settings
) -> dict[str, str]:
    """Return the secrets of a message by their marks. Ask `are_readers` before anything leaves with them."""
    links = _links(message, settings) | _links_of(lines, settings)
    of_persons = _account_link(session, message, settings) | _own_data(session, message, settings)
    of_persons |= _saved_form(session, message, settings)
    return links | of_persons | _code(message, settings)


def _links(message: Message, settings: Settings) -> dict[str, str]:
    """Return the secrets that take the places of marks in a message's text.

    Each kind of link has its mark, and takes the place of no other: someone who writes a mark into an enquiry must not
    put a link into messages to others.
    """
    if message.link is None:
        return {}
    mark = TRACKING_TOKEN_SLOT if message.link.kind is LinkKind.TRACKING else DECISION_TOKEN_SLOT
    return {mark: link_token(message.link, secret_keys=settings.secret_keys)}


def _links_of(lines: Sequence[MessageLine], settings: Settings) -> dict[str, str]:
    """Return the secrets of the links in a list."""
    own = [line.link for line in lines if line.link is not None]
    return {decision_mark(found.id): link_token(found, secret_keys=settings.secret_keys) for found in own}


def _account_link(session: Session, message: Message, settings: Settings) -> dict[str, str]:
    """Return the secret by which the owner of an account sets a password; it goes to the owner's own address alone."""
    if message.kind not in _TO_OWNER:
        return {}
    query = select(AccountLink).join(AccountLink.person).where(AccountLink.message_id == message.id)
    found = session.scalars(query.where(Person.email == message.recipient_email.lower())).one_or_none()
    return {ACCOUNT_TOKEN_SLOT: link_token(found, secret_keys=settings.secret_keys)} if found else {}


def _own_data(session: Session, message: Message, settings: Settings) -> dict[str, str]:
    """Return the secret by which someone opens their own data; it goes to the address that it opens alone."""
    if message.kind is not MessageKind.PERSON_OWN_DATA:
        return {}
    found = session.scalars(select(DataRequest).where(DataRequest.message_id == message.id)).one_or_none()
    if found is None or found.email != message.recipient_email:
        return {}
    return {OWN_DATA_TOKEN_SLOT: link_token(found, secret_keys=settings.secret_keys)}


def _saved_form(session: Session, message: Message, settings: Settings) -> dict[str, str]:
    """Return the secret by which someone continues their form; it goes to the address that it was asked for alone."""
    if message.kind is not MessageKind.PERSON_SAVED_FORM:
        return {}
    found = session.scalars(select(SavedForm).where(SavedForm.message_id == message.id)).one_or_none()
    if found is None or found.email != message.recipient_email:
        return {}
    return {SAVED_FORM_TOKEN_SLOT: link_token(found, secret_keys=settings.secret_keys)}


def _code(message: Message, settings: Settings) -> dict[str, str]:
    """Return the code by which someone sends a form; it goes to the address that it was asked for alone."""
    if message.kind is not MessageKind.PERSON_CODE:
        return {}
    own = codes.is_for(message.dedupe_key, message.recipient_email, secret_key=settings.secret_key)
    return {CODE_SLOT: codes.code_of(message.dedupe_key, secret_key=settings.secret_key)} if own else {}
