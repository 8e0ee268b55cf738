"""How many people may be asked about one enquiry, and by one person on one day: each link names who asked."""

from collections.abc import Collection
from datetime import UTC, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid
from webapp.domain.history.uniqueness import alone
from webapp.domain.links.opening import ANSWERING
from webapp.domain.security.acting import Acting
from webapp.domain.security.colleagues import mailbox
from webapp.models import Enquiry, Link


def expect_room(session: Session, enquiry: Enquiry, addresses: Collection[str], field: str, *, by: Acting) -> None:
    """Refuse to ask these addresses about a locked enquiry beyond the office's limits.

    Whom an enquiry has asked before counts once for it. Raises Invalid for the field: "many" for the enquiry, "today"
    for the actor. Their links must name the actor in `asked_by_id`, or they are not counted.
    """
    query = select(Link.email).where(Link.enquiry_id == enquiry.id, Link.kind.in_(ANSWERING))
    before = set(map(mailbox, session.scalars(query)))
    after = before | set(map(mailbox, addresses))
    if after != before and len(after) > by.settings.asked_per_enquiry:
        raise Invalid({field: "many"})
    if by.actor.person_id is None:
        return
    alone(session, f"asked by {by.actor.person_id}")
    since = datetime.combine(by.today, time(), by.settings.zone).astimezone(UTC)
    today = select(func.count()).where(Link.asked_by_id == by.actor.person_id, Link.created_at >= since)
    if (session.scalar(today) or 0) + len(addresses) > by.settings.asked_per_day:
        raise Invalid({field: "today"})
