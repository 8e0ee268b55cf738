"""Links in emails: given out with the email, ended when the enquiry is passed on."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, attributes

from webapp.config import Settings
from webapp.domain.security.tokens import hash_token, new_link
from webapp.models import Enquiry, Link, Person, batch
from webapp.models.batch import Rows
from webapp.vocabulary import OPEN_STATUSES, LinkEnd, LinkKind, Status

LASTS = timedelta(days=30)
# After its answer, for who would like to read again what they answered.
LASTS_ANSWERED = timedelta(days=7)
# After the last email, whatever else is asked for.
LONGEST = timedelta(days=60)
# Days in a month, never fewer.
_MONTH = 31
# A link that ends sooner than this is not put into another email.
_FRESH = timedelta(days=14)
_BROWSER_LASTS = timedelta(days=3)
_COLUMNS = [column.name for column in Link.__table__.c]
_NOTHING: dict[str, Any] = {name: None for name in _COLUMNS if name != "id"}


def new(
    kind: LinkKind, enquiry_id: int, email: str, *, expires_at: datetime | None, now: datetime, settings: Settings
) -> Link:
    """Return a new link of a kind to an enquiry, for who reads an address; not added yet."""
    given = {"kind": kind, "enquiry_id": enquiry_id, "email": email, "created_at": now, "expires_at": expires_at}
    return batch.made(Link, {**_NOTHING, **new_link(settings.secret_key), **given, "passed_to": ""})


def begin(links: Sequence[Link]) -> Rows:
    """Return new links, whose ids are known, as rows to be written beside the session."""
    found = map(attributes.instance_dict, links)
    return Rows(Link, [{name: values[name] for name in _COLUMNS} for values in found])


def of_answerer(enquiry_id: int, person_id: int, email: str, *, now: datetime, settings: Settings) -> Link:
    """Return a new link by which a person answers an enquiry; not added yet."""
    made = new(LinkKind.DECISION, enquiry_id, email, expires_at=now + LASTS, now=now, settings=settings)
    made.person_id = person_id
    return made


def of_browser(enquiry_id: int, email: str, browser: str, *, now: datetime, settings: Settings) -> Link:
    """Return a new link by which the browser that sent an enquiry opens it for some days; not added yet."""
    made = new(LinkKind.BROWSER, enquiry_id, email, expires_at=now + _BROWSER_LASTS, now=now, settings=settings)
    made.browser_hash = hash_token(browser)
    return made


def track(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Link:
    """Give the partner of an enquiry, which is flushed and has no such link that opens, their link to it."""
    made = new(LinkKind.TRACKING, enquiry.id, enquiry.contact_email, expires_at=None, now=now, settings=settings)
    session.add(made)
    session.flush()
    return made


def browsers(session: Session, enquiry: Enquiry, browser: str, *, now: datetime) -> Link | None:
    """Return the link by which the browser that sent an enquiry opens it, while it does."""
    own = (Link.enquiry_id == enquiry.id, Link.kind == LinkKind.BROWSER, Link.browser_hash == hash_token(browser))
    query = select(Link).where(*own, Link.ended_at.is_(None), Link.expires_at > now).limit(1)
    return session.scalars(query).one_or_none()


def replace(session: Session, link: Link, email: str, *, now: datetime, settings: Settings) -> Link:
    """End a link, and return one for who reads an address that opens the same for as long, flushed in its place."""
    link.ended_at, link.ended_why = now, LinkEnd.REPLACED
    session.flush()
    made = new(link.kind, link.enquiry_id, email, expires_at=link.expires_at, now=now, settings=settings)
    made.person_id = link.person_id
    session.add(made)
    session.flush()
    return made


def renew_tracking(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Link:
    """End the link by which the partner opens an enquiry, and return a new one for their present address."""
    browsers = (Link.enquiry_id == enquiry.id, Link.kind == LinkKind.BROWSER, Link.ended_at.is_(None))
    session.execute(update(Link).where(*browsers).values(ended_at=now, ended_why=LinkEnd.REPLACED))
    made = replace(session, tracking(session, enquiry), enquiry.contact_email, now=now, settings=settings)
    if made.expires_at is not None:
        made.expires_at = max(made.expires_at, now + LASTS)
    session.flush()
    return made


def present_tracking(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Link:
    """Return the link by which the partner opens an enquiry: a new one in the place of one that has run out."""
    link = tracking(session, enquiry)
    if link.expires_at is None or link.expires_at > now:
        return link
    return renew_tracking(session, enquiry, now=now, settings=settings)


def time_tracking(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Let the partner's link end some months after their enquiry did, which is locked, and not while that is open."""
    ended = enquiry.status not in (*OPEN_STATUSES, Status.SUSPECT)
    expires_at = now + timedelta(days=_MONTH * settings.tracking_months) if ended else None
    session.execute(update(Link).where(Link.tracks(enquiry.id)).values(expires_at=expires_at))


def tracking(session: Session, enquiry: Enquiry) -> Link:
    """Return the link by which the partner of an enquiry opens it now; it may have run out."""
    return session.scalars(select(Link).where(Link.tracks(enquiry.id))).one()


def issue(session: Session, enquiry: Enquiry, person_id: int, *, now: datetime, settings: Settings) -> Link:
    """Return the link by which a person answers an enquiry: the one that they have, or a new one, flushed."""
    return issue_several(session, [enquiry.id], person_id, now=now, settings=settings)[enquiry.id]


def issue_several(
    session: Session, enquiry_ids: Collection[int], person_id: int, *, now: datetime, settings: Settings
) -> dict[int, Link]:
    """Return the links by which a person answers enquiries, by enquiry's id, at the cost of a query and a flush.

    What was issued for an address that they no longer have is not put into another email.
    """
    email = session.get_one(Person, person_id).email
    query = select(Link).where(Link.enquiry_id.in_(enquiry_ids), Link.kind == LinkKind.DECISION)
    query = query.where(Link.person_id == person_id, Link.email == email)
    query = query.where(Link.ended_at.is_(None), Link.expires_at > now + _FRESH)
    found = {row.enquiry_id: row for row in session.scalars(query.order_by(Link.id))}
    for number in enquiry_ids:
        if number not in found:
            found[number] = of_answerer(number, person_id, email, now=now, settings=settings)
            session.add(found[number])
    session.flush()
    return found


def answered(link: Link, *, now: datetime) -> None:
    """Let a link end soon: its question has its answer."""
    ends = now + LASTS_ANSWERED
    link.expires_at = min(link.expires_at, ends) if link.expires_at is not None else ends


def decided(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Let the links of those who answer an enquiry end soon: it has its answer."""
    ends = now + LASTS_ANSWERED
    query = update(Link).where(Link.enquiry_id == enquiry.id, Link.kind == LinkKind.DECISION, Link.expires_at > ends)
    session.execute(query.values(expires_at=ends))


def revoke(session: Session, enquiry: Enquiry, *, keep: Collection[int], passed_to: str, now: datetime) -> None:
    """End the links of everyone but some people: the enquiry was passed on to them (no one: back to the network)."""
    others = (
        Link.enquiry_id == enquiry.id,
        Link.kind == LinkKind.DECISION,
        Link.ended_at.is_(None),
        or_(Link.person_id.is_(None), Link.person_id.not_in(keep)),
    )
    ended = {"ended_at": now, "ended_why": LinkEnd.PASSED_ON, "passed_to": passed_to}
    session.execute(update(Link).where(*others).values(**ended))
