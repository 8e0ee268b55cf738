"""The list of a visit's delegates: saved whole, or one by one; their order is their precedence and is never sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.history import events
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster_changes, roster_entries
from webapp.domain.visits.roster_entries import Entry
from webapp.models import Delegate, Enquiry, Event, Visit
from webapp.models.roster_data import RosterSaved
from webapp.tidying.roster.sheet import MOST_ROWS
from webapp.vocabulary import ActorKind, EventKind, Kind, MessageKind, Status, VisitState

# Once a partner is expected, and until they have come.
OPEN = (Status.ACCEPTED, Status.SCHEDULED)
# One line of the history is enough for what is typed delegate by delegate.
_ONE_LINE = timedelta(minutes=30)


@dataclass(frozen=True)
class Roster:
    """A list as its editor has it: `mark` says which it was, `asked` how many changes of it wait for the office."""

    entries: list[Entry]
    mark: str
    asked: int = 0

    def at(self, place: int) -> Entry:
        """Return the entry at a place, from 1. Raises NotFound."""
        if not 1 <= place <= len(self.entries):
            raise NotFound("delegate")
        return self.entries[place - 1]


def is_open(enquiry: Enquiry) -> bool:
    """Return whether delegates are named for this enquiry now."""
    return enquiry.kind is Kind.VISIT and enquiry.status in OPEN and enquiry.emptied_at is None


def asks(session: Session, enquiry: Enquiry) -> bool:
    """Return whether a partner's changes wait for the office: the visit is confirmed, and its list is known."""
    confirmed = exists().where(Visit.enquiry_id == enquiry.id, Visit.state == VisitState.CONFIRMED)
    known = exists().where(Delegate.enquiry_id == enquiry.id)
    return bool(session.scalar(select(confirmed & known)))


def of_partner(session: Session, enquiry: Enquiry, *, passports: bool = False) -> Roster:
    """Return the list as its partner wants it: with all that waits for the office."""
    entries = roster_entries.official(session, enquiry.id, passports=passports)
    waiting = roster_changes.waiting(session, enquiry.id)
    wanted = roster_entries.with_changes(entries, waiting)
    return Roster(wanted, roster_entries.mark(wanted), len(waiting))


def of_office(session: Session, enquiry: Enquiry) -> Roster:
    """Return the list that holds, without what passports say."""
    entries = roster_entries.official(session, enquiry.id)
    return Roster(entries, roster_entries.mark(entries))


def read(session: Session, enquiry: Enquiry, *, by: Acting, passports: bool = False) -> Roster:
    """Return the list of who acts: the partner's as they want it, the office's as it holds."""
    if by.actor.kind is ActorKind.PARTNER:
        return of_partner(session, enquiry, passports=passports)
    return of_office(session, enquiry)


def put(session: Session, enquiry: Enquiry, entries: Sequence[Entry], *, mark: str, by: Acting) -> int:
    """Save a whole list of a locked enquiry in the order given; return how many changes wait for the office.

    After the visit was confirmed, what a partner wants otherwise waits, in place of what they wanted before. Raises
    NotAllowed where no delegates are named now, Conflict where the list is not the one that `mark` says, Invalid where
    they are too many.
    """
    if not is_open(enquiry):
        raise NotAllowed("no delegates are named now")
    by_partner = by.actor.kind is ActorKind.PARTNER
    if read(session, enquiry, by=by).mark != mark:
        raise Conflict(version=0, changed_at=None)
    if len(entries) > MOST_ROWS:
        raise Invalid({"delegates": "many"})
    if by_partner and asks(session, enquiry):
        asked = roster_changes.ask(session, enquiry, entries, now=by.now)
        _tell(session, enquiry, RosterSaved(delegates=len(entries), asked=asked), by)
        return asked
    write(session, enquiry, entries)
    _tell(session, enquiry, RosterSaved(delegates=len(entries)), by)
    return 0


def add(session: Session, enquiry: Enquiry, values: Mapping[str, str], *, mark: str, by: Acting) -> int:
    """Add someone at the end. Raises as `put`."""
    now = read(session, enquiry, by=by, passports=True).entries
    return put(session, enquiry, [*now, Entry(roster_entries.settled(values))], mark=mark, by=by)


def edit(session: Session, enquiry: Enquiry, place: int, values: Mapping[str, str], *, mark: str, by: Acting) -> int:
    """Change the delegate at a place; columns that are not among the values stay. Raises NotFound, and as `put`."""
    held = read(session, enquiry, by=by, passports=True)
    entry = held.at(place)
    changed = replace(entry, values=roster_entries.settled({**entry.values, **values}))
    return put(session, enquiry, [*held.entries[: place - 1], changed, *held.entries[place:]], mark=mark, by=by)


def move(session: Session, enquiry: Enquiry, place: int, *, up: bool, mark: str, by: Acting) -> int:
    """Move the delegate at a place by one. Raises NotFound, and as `put`."""
    held = read(session, enquiry, by=by, passports=True)
    entry, other = held.at(place), max(1, place - 1) if up else min(len(held.entries), place + 1)
    rest = [each for number, each in enumerate(held.entries, 1) if number != place]
    return put(session, enquiry, [*rest[: other - 1], entry, *rest[other - 1 :]], mark=mark, by=by)


def remove(session: Session, enquiry: Enquiry, place: int, *, mark: str, by: Acting) -> int:
    """Take the delegate at a place off the list. Raises NotFound, and as `put`."""
    held = read(session, enquiry, by=by, passports=True)
    held.at(place)
    rest = [each for number, each in enumerate(held.entries, 1) if number != place]
    return put(session, enquiry, rest, mark=mark, by=by)


def write(session: Session, enquiry: Enquiry, entries: Sequence[Entry]) -> None:
    """Bring the rows of a locked enquiry in line with a list; who is not on it goes, with their passport."""
    known = {row.id: row for row in roster_entries.rows(session, enquiry.id, passports=True)}
    kept = set()
    for number, entry in enumerate(entries, 1):
        row = known.get(entry.delegate_id or 0)
        if row is None:
            row = Delegate(enquiry_id=enquiry.id, passport=None)
            session.add(row)
        else:
            kept.add(row.id)
        row.precedence = number
        roster_entries.fill(row, entry.values)
    for row in known.values():
        if row.id not in kept:
            session.delete(row)
    session.flush()


def _tell(session: Session, enquiry: Enquiry, facts: RosterSaved, by: Acting) -> None:
    """Note in the history that a list was saved or asked for; who answers hears what its partner did, by email."""
    query = select(Event).where(Event.enquiry_id == enquiry.id).order_by(Event.id.desc()).limit(1)
    last = session.scalars(query).one_or_none()
    if last is not None and _is_told(last, facts, by):
        return
    event = events.add(session, enquiry.id, EventKind.ROSTER, by.actor, facts, now=by.now)
    if by.actor.kind is ActorKind.PARTNER:
        session.flush()
        who = answerer_of(session, enquiry, now=by.now, settings=by.settings)
        given: dict[str, Any] = {"who": who, "event": event, "now": by.now, "settings": by.settings}
        visit = visiting.of(session, enquiry)
        enquiry_mails.send(session, enquiry, MessageKind.LIAISON_ROSTER, visit=visit, **given)


def _is_told(last: Event, facts: RosterSaved, by: Acting) -> bool:
    """Whether the last line of the history, and the email that went with it, say this too."""
    before = last.facts
    same = isinstance(before, RosterSaved) and bool(before.asked) == bool(facts.asked)
    who = (last.actor_kind, last.actor_id) == (by.actor.kind, by.actor.person_id)
    return same and who and last.at > by.now - _ONE_LINE
