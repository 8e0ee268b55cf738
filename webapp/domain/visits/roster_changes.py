"""What a partner wants otherwise in a list that was confirmed: kept as differences, taken in or refused one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.errors import NotFound
from webapp.domain.history import events
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.domain.visits import roster_entries
from webapp.domain.visits.roster_entries import OF_DELEGATE, Entry
from webapp.models import Delegate, Enquiry, RosterChange
from webapp.models.roster_data import RosterDecided
from webapp.tidying.roster.columns import OF_PASSPORT
from webapp.vocabulary import EventKind, Permission, RosterChangeKind, RosterChangeState

_WAITING = RosterChange.state == RosterChangeState.WAITING


def waiting(session: Session, enquiry_id: int) -> Sequence[RosterChange]:
    """Return what waits for the office, in the order of the list, with the delegates that it is about."""
    query = select(RosterChange).where(RosterChange.enquiry_id == enquiry_id, _WAITING)
    query = query.options(joinedload(RosterChange.delegate)).order_by(RosterChange.precedence, RosterChange.id)
    return session.scalars(query).all()


def refused(session: Session, enquiry_id: int) -> Sequence[RosterChange]:
    """Return the changes of the partner's last list that were refused."""
    query = select(RosterChange).where(
        RosterChange.enquiry_id == enquiry_id, RosterChange.state == RosterChangeState.REFUSED
    )
    return session.scalars(query.options(joinedload(RosterChange.delegate)).order_by(RosterChange.id)).all()


def ask(session: Session, enquiry: Enquiry, wanted: Sequence[Entry], *, now: datetime) -> int:
    """Keep what differs between the list of a locked enquiry and the one that is wanted; return how much that is.

    What was asked for before, and what was refused, is forgotten: the new list says all.
    """
    session.execute(delete(RosterChange).where(RosterChange.enquiry_id == enquiry.id))
    held = roster_entries.official(session, enquiry.id, passports=True)
    found = difference(held, wanted)
    for change in found:
        change.enquiry_id, change.asked_at, change.state = enquiry.id, now, RosterChangeState.WAITING
    session.add_all(found)
    session.flush()
    return len(found)


def difference(held: Sequence[Entry], wanted: Sequence[Entry]) -> list[RosterChange]:
    """Return what makes of one list the other, as rows that are in no session."""
    places = {each.delegate_id: place for place, each in enumerate(held, 1)}
    before = {each.delegate_id: each for each in held}
    kept = {each.delegate_id for each in wanted}
    found = [_change(RosterChangeKind.REMOVE, place, number) for number, place in places.items() if number not in kept]
    behind = 0
    for place, entry in enumerate(wanted, 1):
        if entry.delegate_id not in before:
            change = _change(RosterChangeKind.ADD, place, None, entry.values)
            change.after["behind"] = behind
            found.append(change)
            continue
        behind = entry.delegate_id or 0
        old = before[entry.delegate_id].values
        new = {name: value for name, value in entry.values.items() if old.get(name, "") != value}
        if new:
            found.append(_change(RosterChangeKind.CHANGE, places[entry.delegate_id], entry.delegate_id, new))
    order = [each.delegate_id for each in wanted if each.delegate_id in before]
    if order != [each.delegate_id for each in held if each.delegate_id in kept]:
        found.append(RosterChange(kind=RosterChangeKind.ORDER, precedence=0, after={"ids": order}, passport={}))
    return found


def take(session: Session, enquiry: Enquiry, change_id: int, *, by: Acting) -> None:
    """Take one of the changes of a locked enquiry in. Raises NotFound where it does not wait (any more)."""
    require(by.actor, Permission.ENQUIRY_DECIDE)
    change = _locked(session, enquiry, change_id)
    rows = list(roster_entries.rows(session, enquiry.id, passports=True))
    match change.kind:
        case RosterChangeKind.ADD:
            row = Delegate(enquiry_id=enquiry.id, passport=None, precedence=0)
            session.add(row)
            roster_entries.fill(row, {**change.after, **change.passport})
            behind = next((place for place, each in enumerate(rows, 1) if each.id == change.after.get("behind")), None)
            rows.insert(change.precedence - 1 if behind is None else behind, row)
            session.flush()
            _follow(session, change, row)
        case RosterChangeKind.REMOVE:
            gone = next(row for row in rows if row.id == change.delegate_id)
            change.delegate_id = None
            rows.remove(gone)
            session.delete(gone)
        case RosterChangeKind.CHANGE:
            row = next(row for row in rows if row.id == change.delegate_id)
            roster_entries.fill(row, {**change.after, **change.passport})
        case RosterChangeKind.ORDER:
            by_id = {row.id: row for row in rows}
            entries = [Entry({}, row.id) for row in rows]
            rows = [by_id[each.delegate_id or 0] for each in roster_entries.in_order(entries, change.after["ids"])]
    for number, row in enumerate(rows, 1):
        row.precedence = number
    _decide(session, enquiry, change, RosterChangeState.TAKEN, by)


def _follow(session: Session, change: RosterChange, row: Delegate) -> None:
    """Let those who were to follow the same delegate follow the one who was taken in before them."""
    for other in waiting(session, change.enquiry_id):
        same = other.kind is RosterChangeKind.ADD and other.after.get("behind") == change.after.get("behind")
        if same and other.precedence > change.precedence:
            other.after = {**other.after, "behind": row.id}


def refuse(session: Session, enquiry: Enquiry, change_id: int, *, by: Acting) -> None:
    """Leave the list of a locked enquiry as it is; the partner's page says so. Raises as `take`."""
    require(by.actor, Permission.ENQUIRY_DECIDE)
    _decide(session, enquiry, _locked(session, enquiry, change_id), RosterChangeState.REFUSED, by)


def _decide(session: Session, enquiry: Enquiry, change: RosterChange, state: RosterChangeState, by: Acting) -> None:
    change.state, change.decided_at = state, by.now
    # It is in the passport's own table, or nowhere.
    change.passport = {}
    taken = state is RosterChangeState.TAKEN
    facts = RosterDecided(taken=int(taken), refused=int(not taken))
    events.add(session, enquiry.id, EventKind.ROSTER_DECIDED, by.actor, facts, now=by.now)
    session.flush()


def _locked(session: Session, enquiry: Enquiry, change_id: int) -> RosterChange:
    query = select(RosterChange).where(RosterChange.id == change_id, RosterChange.enquiry_id == enquiry.id, _WAITING)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound("change")
    return found


def _change(
    kind: RosterChangeKind, place: int, delegate_id: int | None, values: Mapping[str, str] | None = None
) -> RosterChange:
    given = values or {}
    return RosterChange(
        kind=kind,
        precedence=place,
        delegate_id=delegate_id,
        after={name: given[name] for name in OF_DELEGATE if name in given},
        passport={name: given[name] for name in OF_PASSPORT if name in given},
    )
