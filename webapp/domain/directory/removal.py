"""Entries that go for good: only those that no enquiry was ever about, and no import brings them back."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.domain.directory import editing, networks
from webapp.domain.directory.facts import columns, flat
from webapp.domain.errors import NotAllowed
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Enquiry, Leave, Network, RemovedNetwork, memberships
from webapp.vocabulary import AuditAction, Permission, RecordType


def enquiries(session: Session, found: Network) -> int:
    """Return how many enquiries an entry has, closed and emptied ones too: one that has any can only be hidden."""
    return session.scalars(select(func.count()).where(Enquiry.network_id == found.id)).one()


def remove(session: Session, slug: str, *, version: int, by: Acting) -> str:
    """Delete an entry, with leave that was entered for it and what other records say of it, and return its name.

    Raises Conflict where someone changed it since `version`, NotAllowed where an enquiry is about it.
    """
    require(by.actor, Permission.NETWORK_EDIT)
    alone(session, editing.DIRECTORY)
    found = networks.locked(session, slug, actor=by.actor)
    versions.expect(found, version)
    if enquiries(session, found):
        raise NotAllowed("a network with enquiries is hidden instead")
    _unname(session, found, by=by)
    session.execute(delete(Leave).where(Leave.network_id == found.id))
    session.execute(memberships.delete().where(memberships.c.network_id == found.id))
    session.add(RemovedNetwork(slug=slug, removed_at=by.now))
    changes.record(session, RecordType.NETWORK, slug, AuditAction.DELETED, name=found.short_name, by=by)
    session.delete(found)
    session.flush()
    return found.short_name


def _unname(session: Session, found: Network, *, by: Acting) -> None:
    """Take an entry out of the lists of similar ones."""
    others = select(Network).where(Network.id != found.id).order_by(Network.id).with_for_update()
    for other in session.scalars(others):
        if found.slug in other.similar:
            before = flat(columns(other))
            other.similar = [each for each in other.similar if each != found.slug]
            editing.raise_version(session, other, changes.difference(before, flat(columns(other))), by=by)
