"""A link is asked for: the request is a row before the page answers, and nothing is looked up."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.errors import TooMany
from webapp.domain.history import audit
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import per
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import UNKNOWN_ORIGIN, Actor, Origin
from webapp.models import LinkRequest
from webapp.tidying import emails
from webapp.vocabulary import ActorKind, AuditKind, Job, Language, LinkWanted

LONGEST_ADDRESS = 320
# More is asked for one mailbox only to fill our tables.
ASKED = per(timedelta(hours=1), "links asked for a mailbox", 20)
# What the audit log keeps of a request, without its address: that may be a secret typed into the wrong field.
_NOTED = {LinkWanted.PASSWORD: AuditKind.PASSWORD_LINK_ASKED}


def ask(
    session: Session,
    wanted: LinkWanted,
    email: str,
    *,
    language: Language,
    now: datetime,
    reference: str = "",
    origin: Origin = UNKNOWN_ORIGIN,
) -> None:
    """Keep that a link is wanted for an address, and ask the worker to look whether anyone has it.

    Looks nothing up: it runs the same statements for every address, known or not. What is asked too often is let go of;
    the caller answers the same, and links that left are good all the while.
    """
    try:
        buckets.take(session, [ASKED.of(f"{wanted} {emails.mailbox(email)}")], now=now)
    except TooMany:
        return
    request = LinkRequest(
        wanted=wanted,
        email=emails.known_as(email)[:LONGEST_ADDRESS],
        reference=read_reference(reference),
        language=language,
        at=now,
    )
    session.add(request)
    session.flush()
    if wanted in _NOTED:
        audit.note(session, _NOTED[wanted], Actor(ActorKind.VISITOR, "", origin=origin), now=now)
    enqueue_after_commit(session, Job.LINKS_ANSWER, request.id)
