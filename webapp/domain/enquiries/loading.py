"""Enquiries are loaded to be read, or with a lock to be changed, as far as the actor sees them."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, or_, select
from sqlalchemy.orm import Session, attributes, defer, joinedload, selectinload

from webapp.db import Base
from webapp.domain.enquiries import actions
from webapp.domain.errors import NotFound
from webapp.domain.routing.answerer import PARTIES
from webapp.domain.security.permissions import SEE_ALL, Actor, as_now, require, visible
from webapp.models import Attachment, Contact, Enquiry, Event, Message, Network, Organisation, Tag
from webapp.models.desk import enquiry_tags
from webapp.vocabulary import Permission

# Most enquiries have none of these.
OWN = ("approvals", "attachments", "checklist_items", "enquiry_tags", "referrals", "relations")
# Which enquiries an actor sees: `visible` whole, or `visit_visible` for what hosts see of a visit.
Seen = Callable[[Actor], ColumnElement[bool]]
_NAMED = (Network.slug, Network.position, Network.active, Network.acronym, Network.name)


def _have(name: str) -> ColumnElement[bool]:
    table = Base.metadata.tables[name]
    columns = [table.c[each] for each in ("enquiry_id", "other_id") if each in table.c]
    return select(literal(1)).where(or_(*(column == Enquiry.id for column in columns))).correlate(Enquiry).exists()


_OWN = {name: _have(name) for name in OWN}


def locked_where(session: Session, *conditions: ColumnElement[bool]) -> Enquiry | None:
    """Return the enquiry that meets the conditions, with what PARTIES loads, held for this transaction; None without.

    It is locked first and read then: after a wait PostgreSQL would join the row as it is now to people as they were.
    """
    number = session.scalar(select(Enquiry.id).where(*conditions).with_for_update())
    if number is None:
        return None
    query = select(Enquiry).where(Enquiry.id == number).options(*PARTIES)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def seen_whole(session: Session, enquiry_ids: Collection[int], *, actor: Actor) -> Collection[int]:
    """Return those of these enquiries that the actor sees whole, and does not only receive: one statement at most."""
    if not enquiry_ids or actor.role in SEE_ALL:
        return enquiry_ids
    return set(session.scalars(select(Enquiry.id).where(Enquiry.id.in_(enquiry_ids), visible(actor))))


def sees(session: Session, found: Enquiry, *, actor: Actor) -> bool:
    """Return whether the actor sees an enquiry whole."""
    return found.id in seen_whole(session, (found.id,), actor=actor)


def enquiry(session: Session, reference: str, *, actor: Actor, seen: Seen = visible) -> Enquiry:
    """Return one enquiry with its people, history and files. Raises NotFound where the actor does not see it."""
    return whole(session, reference, actor=actor, seen=seen)[0]


def whole(session: Session, reference: str, *, actor: Actor, seen: Seen = visible) -> tuple[Enquiry, frozenset[str]]:
    """Return what `enquiry` does, and the names of the tables of `OWN` that have a row of it: the others need no look.

    Raises NotFound where the actor does not see it.
    """
    require(actor, Permission.ENQUIRY_READ)
    row = session.execute(_whole(seen, actor), {"reference": reference}).one_or_none()
    if row is None:
        raise NotFound("enquiry")
    found: Enquiry = row[0]
    own = frozenset(name for name in _OWN if getattr(row, name))
    for name, table, rows in _PARTS:
        parts = list(session.scalars(rows, {"enquiry_id": found.id})) if table in own else []
        attributes.set_committed_value(found, name, parts)
    return found, own


# Built once for each reader: to build it takes longer than to run it.
@lru_cache(128)
def _whole(seen: Seen, actor: Actor) -> Any:
    query = select(Enquiry, *(exists.label(name) for name, exists in _OWN.items()))
    known = (
        joinedload(Enquiry.known_organisation).selectinload(Organisation.networks).load_only(*_NAMED),
        joinedload(Enquiry.known_contact).joinedload(Contact.organisation),
    )
    return query.where(Enquiry.reference == bindparam("reference"), seen(actor)).options(
        *PARTIES, *known, selectinload(Enquiry.events)
    )


_OF_IT: Any = bindparam("enquiry_id")
# What is read by itself, each with the name of its table among `OWN`.
_PARTS: tuple[tuple[str, str, Select[Any]], ...] = (
    ("attachments", "attachments", select(Attachment).where(Attachment.enquiry_id == _OF_IT).order_by(Attachment.id)),
    (
        "tags",
        "enquiry_tags",
        select(Tag).join(enquiry_tags).where(enquiry_tags.c.enquiry_id == _OF_IT).order_by(Tag.name),
    ),
)


def locked(session: Session, reference: str, *, actor: Actor, seen: Seen = visible) -> Enquiry:
    """Return one enquiry, held for this transaction, to act on. Raises NotFound where the actor does not see it."""
    require(actor, Permission.ENQUIRY_READ)
    found = locked_where(session, Enquiry.reference == reference, seen(as_now(actor)))
    if found is None:
        raise NotFound("enquiry")
    session.refresh(found, ["tags"])
    return found


def locked_several(session: Session, references: Sequence[str], *, actor: Actor) -> Sequence[Enquiry]:
    """Return those of these enquiries that the actor sees, held for this transaction, locked in one order for all."""
    require(actor, Permission.ENQUIRY_READ)
    held = select(Enquiry.id).where(Enquiry.reference.in_(references), visible(as_now(actor))).order_by(Enquiry.id)
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


def messages(
    session: Session, found: Enquiry, *, actor: Actor, before: int | None = None, limit: int | None = None
) -> Sequence[Message]:
    """Return the enquiry's emails, newest first, without their texts: at most `limit`, from before an id."""
    if not actor.can(Permission.MESSAGE_READ):
        return ()
    query = select(Message).where(Message.enquiry_id == found.id).order_by(Message.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Message.id < before)
    return session.scalars(query.options(defer(Message.text), defer(Message.html))).all()


def attachment(session: Session, reference: str, attachment_id: int, *, actor: Actor) -> Attachment:
    """Return a file, without its content. Raises NotFound where the actor does not see its enquiry."""
    require(actor, Permission.ENQUIRY_READ)
    query = (
        select(Attachment)
        .join(Enquiry, Enquiry.id == Attachment.enquiry_id)
        .where(and_(Enquiry.reference == reference, Attachment.id == attachment_id, visible(actor)))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("file")
    return found
