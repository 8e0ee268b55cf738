"""The desk's view of enquiries: the queue and its counts, one enquiry, and what staff do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, defer, joinedload, selectinload, undefer

from webapp.config import Settings
from webapp.domain.enquiries import actions, assignment
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import PARTIES
from webapp.domain.search import text as search_text
from webapp.domain.security.permissions import TABLE, Actor, require, visible
from webapp.models import Attachment, Contact, Enquiry, Event, Message, Organisation, Person, Referral, enquiry_tags
from webapp.vocabulary import OPEN_STATUSES, Action, Kind, Permission, Priority, Role, Status

PAGE = 25
# Counts stop here and are shown as "99+": a count must not grow with the table.
COUNT_LIMIT = 100
_NEWEST = (Enquiry.submitted_at, Enquiry.id)
_DUE = (Enquiry.priority, Enquiry.due_on, Enquiry.id)


@dataclass(frozen=True)
class Filters:
    """What the queue shows. Empty fields do not filter; `assignee` is a person's id, or 0 for no one."""

    statuses: tuple[Status, ...] = OPEN_STATUSES
    kind: Kind | None = None
    network_id: int | None = None
    assignee: int | None = None
    # With somebody: given to them, or theirs to answer today; `with_office` adds what is with nobody.
    with_person: int | None = None
    with_office: bool = False
    due_before: date | None = None
    organisation_id: int | None = None
    priority: Priority | None = None
    tag_id: int | None = None
    # Only those whose partner wrote last, and waits.
    partner_wrote: bool = False
    # Only those that a faculty has not returned yet.
    with_faculty: bool = False
    text: str = ""
    newest_first: bool = False
    # A filter was asked for that cannot be applied: nothing fits, rather than everything.
    nothing: bool = False


@dataclass(frozen=True)
class Position:
    """Where a page ends: the sort value and id of its last row, as text that goes into an address.

    The value is a time, or the place of a priority and a date: `2.2026-11-30`.
    """

    value: str
    id: int


@dataclass(frozen=True)
class Page:
    """One page of the queue, and where the next one starts (None: there is none)."""

    rows: Sequence[Enquiry]
    next: Position | None


def queue(
    session: Session, filters: Filters, *, actor: Actor, after: Position | None = None, limit: int = PAGE
) -> Page:
    """Return the enquiries that the actor sees, newest first, or by priority and then first due, in pages by keyset.

    Network, assignee and tags come with each row. Raises Invalid for a position that is none.
    """
    require(actor, Permission.ENQUIRY_READ)
    keys = _NEWEST if filters.newest_first else _DUE
    order = [key.desc() for key in keys] if filters.newest_first else keys
    query = select(Enquiry).where(visible(actor), *_conditions(filters)).order_by(*order).limit(limit + 1)
    if after is not None:
        values = (*_sort_values(after, newest_first=filters.newest_first), after.id)
        there = tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
        query = query.where(tuple_(*keys) < there if filters.newest_first else tuple_(*keys) > there)
    loads = (joinedload(Enquiry.network), joinedload(Enquiry.assignee), selectinload(Enquiry.tags))
    rows = session.scalars(query.options(*loads)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    place = f"{list(Priority).index(last.priority)}.{last.due_on.isoformat()}"
    return Page(rows[:limit], Position(last.submitted_at.isoformat() if filters.newest_first else place, last.id))


def _sort_values(after: Position, *, newest_first: bool) -> tuple[datetime] | tuple[Priority, date]:
    try:
        if newest_first:
            value = datetime.fromisoformat(after.value)
            return (value if value.tzinfo else value.replace(tzinfo=UTC),)
        place, _, day = after.value.partition(".")
        return list(Priority)[int(place)], date.fromisoformat(day)
    except (ValueError, IndexError) as error:
        raise Invalid({"after": "unknown position"}) from error


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    if filters.nothing:
        return [false()]
    conditions: list[ColumnElement[bool]] = [Enquiry.status.in_(filters.statuses)]
    if filters.kind is not None:
        conditions.append(Enquiry.kind == filters.kind)
    if filters.network_id is not None:
        conditions.append(Enquiry.network_id == filters.network_id)
    conditions += _whose(filters)
    if filters.due_before is not None:
        conditions.append(Enquiry.due_on < filters.due_before)
    if filters.organisation_id is not None:
        conditions.append(Enquiry.organisation_id == filters.organisation_id)
    if filters.priority is not None:
        conditions.append(Enquiry.priority == filters.priority)
    if filters.tag_id is not None:
        tagged = select(enquiry_tags.c.enquiry_id).where(enquiry_tags.c.tag_id == filters.tag_id)
        conditions.append(Enquiry.id.in_(tagged))
    if filters.partner_wrote:
        conditions.append(Enquiry.partner_wrote_at.is_not(None))
    if filters.with_faculty:
        conditions.append(Enquiry.id.in_(select(Referral.enquiry_id).where(Referral.is_open)))
    if filters.text.strip():
        conditions.append(search_text.meets(filters.text))
    return conditions


def _whose(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.assignee is not None:
        conditions.append(Enquiry.assignee_id == filters.assignee if filters.assignee else _no_ones())
    if filters.with_person is not None:
        whose = [Enquiry.assignee_id == filters.with_person, Enquiry.answerer_id == filters.with_person]
        if filters.with_office:
            whose.append(and_(_no_ones(), Enquiry.answerer_id.is_(None)))
        conditions.append(or_(*whose))
    return conditions


def _no_ones() -> ColumnElement[bool]:
    """Given to no one, or to somebody whose account is closed: routing passes them over too."""
    closed = select(Person.id).where(Person.active.is_(False))
    return or_(Enquiry.assignee_id.is_(None), Enquiry.assignee_id.in_(closed))


def counts(session: Session, views: dict[str, Filters], *, actor: Actor) -> dict[str, int]:
    """Return how many enquiries each view holds, up to COUNT_LIMIT, in one query whose cost has a bound."""
    require(actor, Permission.ENQUIRY_READ)
    columns = [
        select(func.count())
        .select_from(select(Enquiry.id).where(visible(actor), *_conditions(filters)).limit(COUNT_LIMIT).subquery())
        .scalar_subquery()
        .label(name)
        for name, filters in views.items()
    ]
    return dict(session.execute(select(*columns)).one()._mapping) if columns else {}


def enquiry(session: Session, reference: str, *, actor: Actor) -> Enquiry:
    """Return one enquiry with its people, history and files. Raises NotFound where the actor does not see it."""
    require(actor, Permission.ENQUIRY_READ)
    query = select(Enquiry).where(Enquiry.reference == reference, visible(actor))
    known = (
        joinedload(Enquiry.known_organisation).selectinload(Organisation.networks),
        joinedload(Enquiry.known_contact).joinedload(Contact.organisation),
    )
    loads = (
        *PARTIES,
        *known,
        selectinload(Enquiry.tags),
        selectinload(Enquiry.events),
        selectinload(Enquiry.attachments),
    )
    found = session.scalars(query.options(*loads)).one_or_none()
    if found is None:
        raise NotFound("enquiry")
    return found


def locked(session: Session, reference: str, *, actor: Actor) -> Enquiry:
    """Return one enquiry, held for this transaction, to act on. Raises NotFound where the actor does not see it."""
    require(actor, Permission.ENQUIRY_READ)
    found = answerer.locked(session, Enquiry.reference == reference, visible(actor))
    if found is None:
        raise NotFound("enquiry")
    session.refresh(found, ["tags"])
    return found


def locked_several(session: Session, references: Sequence[str], *, actor: Actor) -> Sequence[Enquiry]:
    """Return those of these enquiries that the actor sees, held for this transaction, locked in one order for all."""
    require(actor, Permission.ENQUIRY_READ)
    held = select(Enquiry.id).where(Enquiry.reference.in_(references), visible(actor)).order_by(Enquiry.id)
    numbers = session.scalars(held.with_for_update()).all()
    query = select(Enquiry).where(Enquiry.id.in_(numbers)).order_by(Enquiry.id)
    loads = (*PARTIES, selectinload(Enquiry.tags))
    return session.scalars(query.options(*loads).execution_options(populate_existing=True)).all()


def several(session: Session, references: Sequence[str], *, actor: Actor) -> Sequence[Enquiry]:
    """Return those of these enquiries that the actor sees, first come first."""
    require(actor, Permission.ENQUIRY_READ)
    query = select(Enquiry).where(Enquiry.reference.in_(references), visible(actor))
    return session.scalars(query.order_by(Enquiry.id)).all()


def changed_by(session: Session, reference: str, *, actor: Actor) -> str:
    """Return the name of who changed an enquiry last, or "" where the actor does not see it."""
    require(actor, Permission.ENQUIRY_READ)
    query = select(Event.actor_name).join(Enquiry).where(Enquiry.reference == reference, visible(actor))
    return session.scalar(query.where(Event.action.is_not(None)).order_by(Event.id.desc()).limit(1)) or ""


def changes_since(found: Enquiry, version: int) -> list[Event]:
    """Return what was done to an enquiry (with its events) since a version: what a second person has to know."""
    missed = found.version - version
    return [event for event in found.events if actions.raised_version(event)][-missed:] if missed > 0 else []


def messages(session: Session, found: Enquiry, *, actor: Actor) -> Sequence[Message]:
    """Return the enquiry's mails, newest first, without their texts."""
    if not actor.can(Permission.MESSAGE_READ):
        return ()
    query = select(Message).where(Message.enquiry_id == found.id).order_by(Message.id.desc())
    return session.scalars(query.options(defer(Message.text), defer(Message.html))).all()


def attachment(session: Session, reference: str, attachment_id: int, *, actor: Actor) -> Attachment:
    """Return a file with its content. Raises NotFound where the actor does not see its enquiry."""
    require(actor, Permission.ENQUIRY_READ)
    query = (
        select(Attachment)
        .join(Enquiry, Enquiry.id == Attachment.enquiry_id)
        .where(and_(Enquiry.reference == reference, Attachment.id == attachment_id, visible(actor)))
        .options(undefer(Attachment.content))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("file")
    return found


_WORKING = frozenset(role for role, held in TABLE.items() if Permission.ENQUIRY_TRIAGE in held or role is Role.HOST)


def everyone(session: Session) -> Sequence[Person]:
    """Return all people by name, also those whose account is closed: their names are still on enquiries."""
    return session.scalars(select(Person).order_by(Person.name, Person.id)).all()


def assignable(session: Session) -> Sequence[Person]:
    """Return the people who may be given an enquiry: those with an account that works on enquiries, by name."""
    return [person for person in everyone(session) if can_be_given(person)]


def can_be_given(person: Person) -> bool:
    """Tell whether somebody has an account that works on enquiries."""
    return person.active and person.role in _WORKING


def assign(
    session: Session,
    found: Enquiry,
    person_id: int | None,
    *,
    actor: Actor,
    now: datetime,
    settings: Settings,
    version: int | None = None,
) -> Event:
    """Give a locked enquiry to somebody, or to nobody, and tell who answers now. Raises Invalid for a person who
    cannot take it.
    """
    person = session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or person not in assignable(session)):
        raise Invalid({"assignee": "unknown"})
    data = {"assignee": person.name if person else ""}
    event = actions.act(
        session, found, Action.ASSIGN, actor=actor, now=now, settings=settings, version=version, data=data
    )
    found.assignee = person
    assignment.follow(session, found, now=now, settings=settings, actor=actor, cause=event)
    return event
