"""What the office sorts enquiries by: priority and tags. Each change is checked, told and undone like any other."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.search.folding import folded
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SEE_ALL, Actor, visible
from webapp.models import Enquiry, Event, Tag, enquiry_tags
from webapp.models.event_data import Prioritised, Tagged
from webapp.vocabulary import Action, Priority

LONGEST_TAG = 40
TAGS_PER_ENQUIRY = 12
# So many are offered to choose from; the others are found by typing them.
TAGS_OFFERED = 100


def prioritise(
    session: Session, found: Enquiry, priority: Priority, *, by: Acting, version: int | None = None
) -> Event | None:
    """Set the priority of a locked enquiry; None where it has it already. Raises Conflict, NotAllowed."""
    if found.priority is priority:
        return None
    facts = Prioritised(before=found.priority, after=priority)
    event = actions.act(session, found, Action.PRIORITISE, version=version, facts=facts, by=by)
    found.priority = priority
    return event


def tag(session: Session, found: Enquiry, name: str, *, by: Acting, version: int | None = None) -> Event | None:
    """Put a tag on a locked enquiry (with its tags); None where it has it. Raises Conflict, NotAllowed, Invalid.

    A tag that folds as a known one is that one. Of two known ones that fold alike, the one of this very name is meant.
    """
    name = _tidy(name)
    if not _key(name) or len(name) > LONGEST_TAG:
        raise Invalid({"tag": "length"})
    row = _known(session, name)
    if row in found.tags:
        return None
    if len(found.tags) >= TAGS_PER_ENQUIRY:
        raise Invalid({"tag": "many"})
    facts = Tagged(tag=row.name)
    event = actions.act(session, found, Action.TAG, version=version, facts=facts, by=by)
    found.tags.append(row)
    session.flush()
    return event


def untag(session: Session, found: Enquiry, name: str, *, by: Acting, version: int | None = None) -> Event | None:
    """Remove a tag from a locked enquiry (with its tags); None where it has none of that name."""
    row = next(iter(_alike(found.tags, _tidy(name))), None)
    if row is None:
        return None
    facts = Tagged(tag=row.name)
    event = actions.act(session, found, Action.UNTAG, version=version, facts=facts, by=by)
    found.tags.remove(row)
    session.flush()
    return event


def tags(session: Session, *, actor: Actor, besides: Collection[str] = ()) -> Sequence[Tag]:
    """Return tags by name, so many that they can be chosen from, and those `besides`, by their keys.

    Only those of enquiries that the actor sees: a tag can say what an enquiry is about.
    """
    query = _offering(None if actor.role in SEE_ALL else actor)
    return session.scalars(query, {"besides": list(besides)}).all()


# Built once for each reader: each list of enquiries asks it.
@lru_cache(128)
def _offering(actor: Actor | None) -> Select[Tag]:
    shown = true() if actor is None else _shown(actor)
    offered = select(Tag.id).where(shown).order_by(Tag.key).limit(TAGS_OFFERED).subquery()
    # Which tags they see is found once: whether a tag of `besides` is among these is asked where there is one.
    besides = and_(Tag.key.in_(bindparam("besides", expanding=True)), shown)
    return select(Tag).where(or_(Tag.id.in_(select(offered.c.id)), besides)).order_by(Tag.key)


def _shown(actor: Actor) -> ColumnElement[bool]:
    if actor.role in SEE_ALL:
        return true()
    seen = select(enquiry_tags.c.tag_id).join(Enquiry, Enquiry.id == enquiry_tags.c.enquiry_id).where(visible(actor))
    return Tag.id.in_(seen)


def unseen(session: Session, keys: Collection[str], *, actor: Actor) -> set[str]:
    """Return which of these keys are of tags that the actor is not shown, or of none."""
    if not keys or actor.role in SEE_ALL:
        return set()
    return set(keys) - set(session.scalars(select(Tag.key).where(Tag.key.in_(keys), _shown(actor))))


def _known(session: Session, name: str) -> Tag:
    """Return the tag of this name, made where there is none; two people who make it at once get the same one."""
    insert_once(session, Tag, unique=[Tag.key], name=name, key=_key(name))
    return _alike(session.scalars(select(Tag).where(or_(Tag.name == name, Tag.key == _key(name)))).all(), name)[0]


def _alike(tags: Sequence[Tag], name: str) -> list[Tag]:
    """Return those of this name or its folded form; the one of this very name first."""
    same = (known for known in tags if known.name == name or known.key == _key(name))
    return sorted(same, key=lambda known: known.name != name)


def _tidy(name: str) -> str:
    return " ".join(name.lstrip("#＃").split())


def _key(name: str) -> str:
    return folded(_tidy(name))
