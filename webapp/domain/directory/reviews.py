"""The owner of an entry of the directory, and when it was last confirmed to be up to date: asked once a year."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.directory.facts import columns, flat
from webapp.domain.errors import Invalid
from webapp.domain.history import changes, versions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import TABLE, Actor, require
from webapp.models import Network, Person
from webapp.vocabulary import AuditAction, Permission, RecordType

# A holder of one of these may own an entry: they find it on the desk and may say that it is right.
OWNER_ROLES = frozenset(role for role, permissions in TABLE.items() if Permission.NETWORK_VERIFY in permissions)


def checked_on(network: Network) -> date:
    """Return from when on an entry is known to be right: when it was last checked, else the date of its source."""
    return network.verified_on or network.as_of


def year_before(day: date) -> date:
    """Return the same day a year earlier; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def is_due(network: Network, today: date) -> bool:
    """Return whether an entry should be checked: it is shown, and no one looked for a year."""
    return network.active and checked_on(network) <= year_before(today)


def _due(today: date) -> ColumnElement[bool]:
    """Return what `is_due` says, for the database."""
    return Network.active & (func.coalesce(Network.verified_on, Network.as_of) <= year_before(today))


def due(session: Session, *, today: date) -> Sequence[Network]:
    """Return all entries that should be checked, each with who keeps it, the longest unseen first."""
    order = (func.coalesce(Network.verified_on, Network.as_of), Network.position, Network.id)
    return session.scalars(select(Network).where(_due(today)).options(joinedload(Network.owner)).order_by(*order)).all()


def mine(session: Session, *, actor: Actor, today: date, limit: int) -> Sequence[Network]:
    """Return the entries that the actor keeps and that should be checked, the longest unseen first, up to a limit."""
    require(actor, Permission.NETWORK_VERIFY)
    order = (func.coalesce(Network.verified_on, Network.as_of), Network.position, Network.id)
    query = select(Network).where(Network.owner_id == actor.person_id, _due(today))
    return session.scalars(query.order_by(*order).limit(limit)).all()


def can_own(person: Person | None) -> bool:
    """Return whether someone can own an entry: active, with a role that may say that it is right."""
    return person is not None and person.active and person.role in OWNER_ROLES


def possible_owners(session: Session) -> Sequence[Person]:
    """Return who may own an entry, by name."""
    query = select(Person).where(Person.active, Person.role.in_(OWNER_ROLES))
    return session.scalars(query.order_by(Person.name, Person.id)).all()


def may_verify(actor: Actor, network: Network) -> bool:
    """Return whether the actor may say that an entry is right: its owner, and those who may edit every one."""
    if actor.can(Permission.NETWORK_EDIT):
        return True
    return actor.can(Permission.NETWORK_VERIFY) and network.owner_id == actor.person_id is not None


def set_owner(session: Session, found: Network, owner_id: int | None, *, version: int, by: Acting) -> None:
    """Set the owner of an entry (locked, with its people); None: no one.

    Raises Conflict where someone set another one since `version`, Invalid for someone who cannot.
    """
    require(by.actor, Permission.NETWORK_EDIT)
    versions.expect(found, version, fields={"owner"})
    known = {person.id: person.name for person in possible_owners(session)}
    if owner_id is not None and owner_id not in known:
        raise Invalid({"owner": "unknown"})
    before = found.owner.name if found.owner else ""
    if owner_id != found.owner_id:
        found.owner_id = owner_id
        fields = {"owner": (before, known[owner_id] if owner_id else "")}
        changes.record(
            session,
            RecordType.NETWORK,
            found.slug,
            AuditAction.CHANGED,
            name=found.short_name,
            version=versions.raise_version(found),
            fields=fields,
            by=by,
        )


def verify(session: Session, found: Network, *, version: int, by: Acting) -> None:
    """Confirm that an entry (locked) is up to date as the actor read it; once a day is enough.

    Raises NotAllowed for those who do not own it, Conflict where someone changed what it says since `version`.
    """
    if not may_verify(by.actor, found):
        require(by.actor, Permission.NETWORK_EDIT)
    versions.expect(found, version, fields=flat(columns(found)))
    if (found.verified_on, found.verified_by) == (by.today, by.actor.name):
        return
    before, found.verified_on, found.verified_by = found.verified_on, by.today, by.actor.name
    fields = {"verified_on": (before.isoformat() if before else "", by.today.isoformat())}
    changes.record(
        session, RecordType.NETWORK, found.slug, AuditAction.VERIFIED, name=found.short_name, fields=fields, by=by
    )
