"""Someone who answers for a network is away: all that is open goes to who covers, in one email to each of those."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import assignment, loading
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer, answerer_of, public_name
from webapp.domain.security.acting import Acting
from webapp.mail import messages
from webapp.mail.messages import Addressee, DatedEnquiry, Institution
from webapp.models import Enquiry, Leave, Person
from webapp.vocabulary import OPEN_STATUSES

# More than these, or what someone else holds now, follows by the job that moves one by one.
AT_ONCE = 100


def open_with(session: Session, person: Person, enquiry: Enquiry) -> int:
    """Return how many open enquiries of an enquiry's network are with a person."""
    return session.scalar(select(func.count()).select_from(Enquiry).where(_with(person, enquiry))) or 0


def _with(person: Person, enquiry: Enquiry) -> ColumnElement[bool]:
    return and_(
        Enquiry.network_id == enquiry.network_id,
        Enquiry.answerer_id == person.id,
        Enquiry.status.in_(OPEN_STATUSES),
    )


def move_all(session: Session, leave: Leave, person: Person, enquiry: Enquiry, *, by: Acting) -> None:
    """Give a locked enquiry, and what else is open in its network with a person, to who covers for them.

    One enquiry has an email of its own with all that was asked; of several each who takes some over has one list.
    """
    others = select(Enquiry.id).where(_with(person, enquiry), Enquiry.id != enquiry.id).order_by(Enquiry.id)
    numbers = session.scalars(others.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    if not numbers:
        assignment.follow(session, enquiry, by=by)
        return
    moved: dict[str, list[Enquiry]] = defaultdict(list)
    covers: dict[str, Answerer] = {}
    found = [enquiry, *(loading.locked_where(session, Enquiry.id == number) for number in numbers)]
    for each in filter(None, found):
        if assignment.follow(session, each, by=by, tells=False):
            who = answerer_of(session, each, now=by.now, settings=by.settings)
            covers[who.email] = who
            moved[who.email].append(each)
    for email, enquiries in moved.items():
        _tell(session, leave, person, covers[email], enquiries, by=by)


def _tell(
    session: Session, leave: Leave, person: Person, who: Answerer, enquiries: list[Enquiry], *, by: Acting
) -> None:
    given: dict[str, Any] = {"now": by.now, "settings": by.settings}
    links = enquiry_mails.answer_links(session, who, enquiries[: messages.LONGEST_LIST], **given)
    dates = [
        DatedEnquiry(
            enquiry_mails.details_of(each, who, settings=by.settings),
            decision=links[each.id].id if each.id in links else None,
        )
        for each in enquiries
    ]
    to = Addressee(
        who.name, who.email, by.settings.spoken(who.language), decides=bool(links), has_account=who.has_account
    )
    content = messages.liaison_moved(
        dates, Institution.from_settings(by.settings), to=to, missing=public_name(person.name), until=leave.ends_on
    )
    key = f"{content.kind}:{leave.id}:{who.email}"
    lines = [(each, links.get(each.id)) for each in enquiries]
    outbox.stage(session, content, enquiry=None, lines=lines, dedupe_key=key, **given)
