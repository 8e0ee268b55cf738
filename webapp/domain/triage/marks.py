"""What else is seen of an enquiry in a list of many: its tags, and what a faculty has of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import BindParameter, Date, String, bindparam, cast, null, select, union_all
from sqlalchemy.orm import Session

from webapp.models import Enquiry, Referral, Tag, enquiry_tags


@dataclass(frozen=True)
class Marks:
    """The names of an enquiry's tags, in order, and by when a faculty should return it (None: no faculty has it)."""

    tags: tuple[str, ...] = ()
    return_by: date | None = None


_THESE: BindParameter[list[int]] = bindparam("these", expanding=True)
# Built once, as each page of a list asks it.
_BOTH = union_all(
    select(enquiry_tags.c.enquiry_id, Tag.name.label("tag"), cast(null(), Date))
    .join(Tag, Tag.id == enquiry_tags.c.tag_id)
    .where(enquiry_tags.c.enquiry_id.in_(_THESE)),
    select(Referral.enquiry_id, cast(null(), String), Referral.return_by).where(
        Referral.enquiry_id.in_(_THESE), Referral.is_open
    ),
).order_by("tag")
_NONE = Marks()


def marks(session: Session, enquiries: Iterable[Enquiry]) -> Mapping[int, Marks]:
    """Return the marks of those of these enquiries that have any, by their ids, in one statement."""
    found: dict[int, Marks] = {}
    if numbers := [row.id for row in enquiries]:
        for number, tag, day in session.execute(_BOTH, {"these": numbers}):
            had = found.get(number, _NONE)
            more = {"tags": (*had.tags, tag)} if day is None else {"return_by": min(had.return_by or day, day)}
            found[number] = replace(had, **more)
    return found
