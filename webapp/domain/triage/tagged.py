"""The condition that an enquiry has a tag, as it is read best: a rare one by itself, a common one row by row."""

from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Select, func, select, true
from sqlalchemy.orm import Session

from webapp.models import Enquiry, enquiry_tags

# A tag that fewer enquiries than these have is rare enough for all of them to be read.
_RARE = 4000
# Which tags were found to be common, by database.
_COMMON: WeakKeyDictionary[Engine, set[int]] = WeakKeyDictionary()


def is_common(session: Session, tag_id: int) -> bool:
    """Return whether many enquiries have a tag. Once many have it that is remembered: it may cost time, but no row."""
    known = _COMMON.setdefault(session.get_bind().engine, set())
    if tag_id not in known:
        some = _of_tag(tag_id).limit(_RARE).subquery()
        if session.scalar(select(func.count()).select_from(some)) == _RARE:
            known.add(tag_id)
    return tag_id in known


def condition(tag_id: int, *, common: bool | None = None) -> ColumnElement[bool]:
    """Return the condition that an enquiry has a tag; None leaves it to the database how that is found.

    PostgreSQL takes all tags for equally frequent, and would read too much for one or for the other.
    """
    if common is None:
        return Enquiry.id.in_(_of_tag(tag_id))
    if not common:
        return Enquiry.id.in_(select(_of_tag(tag_id).limit(_RARE).subquery().c.enquiry_id))
    this = select(true()).where(enquiry_tags.c.enquiry_id == Enquiry.id, enquiry_tags.c.tag_id == tag_id)
    return this.correlate(Enquiry).scalar_subquery()


def _of_tag(tag_id: int) -> Select[int]:
    return select(enquiry_tags.c.enquiry_id).where(enquiry_tags.c.tag_id == tag_id)
