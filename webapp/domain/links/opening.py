"""Links behind `/decisions/<token>`: which kind a token is of, and what each of them opens of its enquiry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload, undefer
from sqlalchemy.orm.interfaces import ORMOption

from webapp.domain.errors import Gone, NotFound
from webapp.domain.routing.answerer import PARTIES
from webapp.domain.security.tokens import hash_token
from webapp.models import Approval, Attachment, Decision, Enquiry, Event, Referral
from webapp.models.link import Link
from webapp.vocabulary import Language

L = TypeVar("L", bound=Link)


@dataclass(frozen=True)
class _Kind:
    """One kind of link: what comes with its row, why it is over before its time (None: it is not), its language."""

    loads: tuple[ORMOption, ...]
    ended: Callable[[Any], Gone | None]
    language: Callable[[Any], Language] = lambda found: Language(found.language)


def _decision(found: Decision) -> Gone | None:
    if found.revoked_at is not None:
        return Gone(passed_to=found.passed_to)
    return None if found.person.active else Gone()


def _approval(found: Approval) -> Gone | None:
    return None if found.outcome is not None or found.is_wanted else Gone()


def _referral(found: Referral) -> Gone | None:
    if found.returned_at is not None or found.is_open:
        return None
    return Gone(why="recalled" if found.recalled_by else "decided")


_KINDS: dict[type[Any], _Kind] = {
    Decision: _Kind((joinedload(Decision.person),), _decision, lambda found: Language(found.person.language)),
    Approval: _Kind((), _approval),
    Referral: _Kind((joinedload(Referral.faculty),), _referral),
}


def opened(session: Session, token: str, *, now: datetime) -> Link:
    """Return the row of a link, of whichever kind, with its enquiry. Raises NotFound, Gone."""
    for kind in _KINDS:
        found: Link | None = _row(session, kind, token, now=now)
        if found is not None:
            return found
    raise NotFound("link")


def of_kind(session: Session, kind: type[L], token: str, *, now: datetime) -> L:
    """Return the row of a link of one kind, with its enquiry. Raises NotFound, also for one of another kind, and Gone.

    Lock the enquiry and refresh the row before anything is decided by it.
    """
    found = _row(session, kind, token, now=now)
    if found is None:
        raise NotFound("link")
    return found


def _row(session: Session, kind: type[L], token: str, *, now: datetime) -> L | None:
    query = select(kind).where(kind.token_hash == hash_token(token))
    found = session.scalars(query.options(joinedload(kind.enquiry), *_KINDS[kind].loads)).one_or_none()
    if found is None:
        return None
    gone = _KINDS[kind].ended(found) or (Gone() if found.expires_at <= now else None)
    if gone is not None:
        gone.language = _KINDS[kind].language(found)
        raise gone
    return found


def complete(session: Session, found: Link) -> None:
    """Load what the page behind a link shows of its enquiry: people, public history, files."""
    public: tuple[ORMOption, ...] = (selectinload(Enquiry.events.and_(Event.public)), selectinload(Enquiry.attachments))
    session.scalars(select(Enquiry).where(Enquiry.id == found.enquiry_id).options(*PARTIES, *public)).one()


def attachment(session: Session, token: str, attachment_id: int, *, now: datetime) -> Attachment:
    """Return a file of the enquiry that a link opens, with its content. Raises NotFound, Gone."""
    found = opened(session, token, now=now)
    query = select(Attachment).where(Attachment.enquiry_id == found.enquiry_id, Attachment.id == attachment_id)
    file = session.scalars(query.options(undefer(Attachment.content))).one_or_none()
    if file is None:
        raise NotFound("file")
    return file


def end_referrals(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """End the referrals of a locked enquiry that were not returned: it continued without them."""
    left = update(Referral).where(Referral.enquiry_id == enquiry.id, Referral.is_open)
    session.execute(left.values(ended_at=now))
