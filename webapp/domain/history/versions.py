"""Versions of what staff edit: no one overwrites what they have not read."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import object_session

from webapp.domain.errors import Conflict
from webapp.domain.history import changes
from webapp.models import Change
from webapp.models.versioned import Versioned

# Further back than this, a form is compared with what holds now, field by field.
REMEMBERED = 50


def expect(row: Versioned, version: int, *, fields: Collection[str] | None = None) -> None:
    """Refuse what was made from another version of a locked row than the present one.

    Where only some `fields` are written, by their names in `changes`, what others changed elsewhere is in no one's
    way. Raises Conflict, with who changed it when as far as its changes tell.
    """
    if version == row.version:
        return
    missed = since(row, version)
    if missed and fields is not None and not changes.missed(missed, version).keys() & set(fields):
        return
    last = missed[0] if missed else latest(row)
    raise Conflict(
        version=row.version,
        changed_at=last.at if last else getattr(row, "changed_at", None),
        who=last.actor_name if last else "",
    )


def raise_version(row: Versioned) -> int:
    """Raise the version of a row that is being changed, and return it for the record of the change."""
    row.version = (row.version or 0) + 1
    return row.version


def since(row: Versioned, version: int) -> Sequence[Change]:
    """Return what was changed after a version, latest first; nothing where not every change since is known."""
    session, missed = object_session(row), row.version - version
    if session is None or row.record_type is None or version < 0 or not 0 < missed <= REMEMBERED:
        return ()
    query = select(Change).where(
        Change.subject == row.record_type, Change.subject_key == row.record_key, Change.version > version
    )
    found = session.scalars(query.order_by(Change.id.desc())).all()
    return found if {change.version for change in found} == set(range(version + 1, row.version + 1)) else ()


def latest(row: Versioned) -> Change | None:
    """Return the last change of a row; None where none is known."""
    session = object_session(row)
    if session is None or row.record_type is None:
        return None
    return next(iter(changes.history(session, row.record_type, row.record_key, limit=1)), None)
