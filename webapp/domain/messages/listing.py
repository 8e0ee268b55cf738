"""All emails that were written, newest first, by address and state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from webapp.domain.messages.outbox import LISTED
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Message
from webapp.vocabulary import MessageState, Permission

PAGE = 50


@dataclass(frozen=True)
class EmailPage:
    """One page of emails, as of `outbox.troubled`, and before which one the next begins (None: there is none)."""

    rows: Sequence[Row[Any]]
    before: int | None


def emails(
    session: Session,
    *,
    actor: Actor,
    address: str = "",
    state: MessageState | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> EmailPage:
    """Return the emails that the actor sees, to one address in whatever case and in one state where these are given."""
    require(actor, Permission.MESSAGE_READ)
    query = select(*LISTED).outerjoin(Message.enquiry).where(visible(actor)).order_by(Message.id.desc())
    if address:
        query = query.where(func.lower(Message.recipient_email) == address.lower())
    if state is not None:
        query = query.where(Message.state == state)
    if before is not None:
        query = query.where(Message.id < before)
    rows = session.execute(query.limit(limit + 1)).all()
    return EmailPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
