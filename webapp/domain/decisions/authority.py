"""The door to links by which someone answers: whether they may is asked when the link is used."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import Gone
from webapp.domain.links import opening
from webapp.domain.links.opening import BY_LINK, Opened
from webapp.domain.routing.answerer import may_answer_now
from webapp.domain.security.colleagues import mailbox
from webapp.models import Approval, Enquiry, Person
from webapp.vocabulary import IN_HAND, LinkKind


def opened(
    session: Session, token: str, *kinds: LinkKind, now: datetime, settings: Settings, shown: bool = False
) -> Opened:
    """Return the link of a token, of one of some kinds (by default, all by which someone answers).

    Raises as `opening.opened`, and Gone for one whose holder is no longer among those who may answer the enquiry, or
    is asked to approve what they answer by now. Ask again under the enquiry's lock before anything is decided by it.
    """
    found = opening.opened(session, token, *(kinds or BY_LINK), now=now, shown=shown)
    if not _holds(session, found, now=now, settings=settings):
        raise Gone(language=found.language)
    return found


def _holds(session: Session, found: Opened, *, now: datetime, settings: Settings) -> bool:
    if found.kind is LinkKind.DECISION:
        return found.link.person_id in may_answer_now(session, found.enquiry, now=now, settings=settings)
    if isinstance(found.question, Approval) and found.question.is_open:
        own = parties(session, found.enquiry, found.link.asked_by_id, now=now, settings=settings)
        return mailbox(found.question.email) not in own
    return True


def is_open(found: Opened) -> bool:
    """Return whether what a link asks is still to be answered; afterwards it shows the answer and nothing else."""
    if isinstance(found.question, Approval):
        return found.question.is_wanted(found.enquiry)
    return found.question.is_open if found.question is not None else found.enquiry.status in IN_HAND


def parties(
    session: Session, enquiry: Enquiry, asker_id: int | None, *, now: datetime, settings: Settings
) -> frozenset[str]:
    """Return the mailboxes of those who ask about an enquiry or may answer it, who approve nothing of it themselves.

    Costs two queries; the enquiry needs what PARTIES loads.
    """
    numbers = {*may_answer_now(session, enquiry, now=now, settings=settings), enquiry.answerer_id, asker_id} - {None}
    emails = session.scalars(select(Person.email).where(Person.id.in_(numbers))).all()
    shared = (settings.office_email, enquiry.network.mailbox if enquiry.network else None)
    return frozenset(mailbox(email) for email in (*emails, *filter(None, shared)))
