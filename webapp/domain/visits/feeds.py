"""Private calendars of visits: made, ended, and opened by who has the address, as long as its owner may see them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.notifications import programme_mails, visit_mails
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SEE_ALL, staff
from webapp.domain.security.tokens import hash_token, new_link
from webapp.domain.visits import calendar
from webapp.mail.invitation import Entry
from webapp.models import CalendarFeed, Network, Person, SlotHost, Visit
from webapp.vocabulary import FeedScope, Language, Role, SlotAnswer

# More than this no one needs; each is an address that must be looked after.
MOST = 20


def own(session: Session, person_id: int) -> Sequence[CalendarFeed]:
    """Return the addresses of a person that open, newest first, with their networks."""
    query = select(CalendarFeed).where(CalendarFeed.owner_id == person_id, CalendarFeed.ended_at.is_(None))
    return session.scalars(query.order_by(CalendarFeed.id.desc()).options(joinedload(CalendarFeed.network))).all()


def add(session: Session, scope: FeedScope, network_id: int | None, *, by: Acting) -> CalendarFeed:
    """Make an address for the actor. Raises Invalid for what they may not see, and for more than MOST."""
    person = session.get_one(Person, by.actor.person_id)
    if not _may(session, person, scope, network_id):
        raise Invalid({"scope": "not yours"})
    if len(own(session, person.id)) >= MOST:
        raise Invalid({"scope": "many"})
    made = CalendarFeed(
        **new_link(by.settings.secret_key), owner_id=person.id, scope=scope, network_id=network_id, created_at=by.now
    )
    session.add(made)
    session.flush()
    return made


def end(session: Session, feed_id: int, *, by: Acting) -> None:
    """End an address of the actor's; it opens nothing any more. Raises NotFound for another's."""
    found = session.get(CalendarFeed, feed_id)
    if found is None or found.owner_id != by.actor.person_id:
        raise NotFound("feed")
    found.ended_at = found.ended_at or by.now


def opened(session: Session, token: str) -> CalendarFeed:
    """Return what an address opens, with owner and network. Raises NotFound, also where its owner may not any more."""
    query = select(CalendarFeed).where(CalendarFeed.token_hash == hash_token(token), CalendarFeed.ended_at.is_(None))
    found = session.scalars(
        query.options(joinedload(CalendarFeed.owner), joinedload(CalendarFeed.network))
    ).one_or_none()
    if found is None or not _may(session, found.owner, found.scope, found.network_id):
        raise NotFound("feed")
    return found


def entries(
    session: Session, feed: CalendarFeed, *, language: Language, now: datetime, settings: Settings
) -> list[Entry]:
    """Return the visits of a feed as entries of a calendar, without anyone's address.

    One's own calendar also has the slots of programmes in which one was asked to receive, until one says no.
    """
    person_id = feed.owner_id if feed.scope is FeedScope.OWN else None
    found = calendar.feed(session, person_id=person_id, network_id=feed.network_id, now=now)
    slots = calendar.slots_of(session, person_id, now=now) if person_id is not None else ()
    return [
        *(_entry(visit, language, settings) for visit in found),
        *(_slot_entry(host, language, settings) for host in slots),
    ]


def _slot_entry(host: SlotHost, language: Language, settings: Settings) -> Entry:
    slot = host.slot
    enquiry = slot.visit.enquiry
    found = programme_mails.entry_of(slot, enquiry, language, settings=settings)
    url = f"{settings.public_url}/desk/visits/{enquiry.reference}/programme/{slot.id}"
    return replace(found, url=url, organizer=("", ""), tentative=host.answer is not SlotAnswer.YES)


def _entry(visit: Visit, language: Language, settings: Settings) -> Entry:
    assert visit.starts_at is not None
    assert visit.ends_at is not None
    times = (visit.starts_at, visit.ends_at)
    found = visit_mails.entry_of(visit, visit.enquiry, language, times=times, of_partner=False, settings=settings)
    return replace(found, url=f"{settings.public_url}/desk/visits/{visit.enquiry.reference}", organizer=("", ""))


def _may(session: Session, person: Person, scope: FeedScope, network_id: int | None) -> bool:
    """Whether someone may see these visits today: authority is asked when an address is used."""
    if not person.active or person.role is None:
        return False
    actor = staff(person)
    if scope is FeedScope.OWN:
        return network_id is None
    if scope is FeedScope.OFFICE:
        return network_id is None and actor.role in SEE_ALL
    network = session.get(Network, network_id) if network_id is not None else None
    answers = network is not None and person.id in (network.liaison_id, network.deputy_id)
    return network is not None and (actor.role in SEE_ALL or (actor.role is Role.LIAISON and answers))
