"""Contacts at organisations: made and edited without losing anyone's words."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import only_one
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Contact, Organisation
from webapp.vocabulary import AuditAction, Permission, RecordType


@dataclass(frozen=True)
class ContactFacts:
    """What staff say of someone; an empty address is none."""

    name: str
    position: str = ""
    email: str = ""
    phone: str = ""


def contact(session: Session, contact_id: int, *, actor: Actor, lock: bool = False) -> Contact:
    """Return a contact with the organisation, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.ORGANISATION_EDIT if lock else Permission.ORGANISATION_READ)
    query = select(Contact).where(Contact.id == contact_id).options(joinedload(Contact.organisation))
    found = session.scalars(query.with_for_update(of=Contact) if lock else query).one_or_none()
    if found is None:
        raise NotFound("contact")
    return found


def facts_of(found: Contact) -> ContactFacts:
    """Return what is said of a contact."""
    return ContactFacts(found.name, found.position, found.email or "", found.phone)


def add(session: Session, organisation: Organisation, facts: ContactFacts, *, by: Acting) -> Contact:
    """Add a contact at a locked organisation. Raises Invalid for an address that is someone's already."""
    require(by.actor, Permission.ORGANISATION_EDIT)
    found = Contact(organisation_id=organisation.id, created_at=by.now, changed_at=by.now, version=1)
    with only_one(session, _known()):
        _write(session, found, facts)
        session.add(found)
    changes.record(session, RecordType.CONTACT, found.id, AuditAction.MADE, name=found.name, version=1, by=by)
    return found


def edit(session: Session, found: Contact, facts: ContactFacts, *, version: int, by: Acting) -> None:
    """Change a locked contact. Raises Conflict where someone changed it since `version`, Invalid by field."""
    require(by.actor, Permission.ORGANISATION_EDIT)
    versions.expect(found, version)
    changed = changes.difference(asdict(facts_of(found)), asdict(facts))
    if not changed:
        return
    with only_one(session, _known()):
        _write(session, found, facts)
    found.changed_at = by.now
    changes.record(
        session,
        RecordType.CONTACT,
        found.id,
        AuditAction.CHANGED,
        name=found.name,
        version=versions.raise_version(found),
        fields=changed,
        by=by,
    )


def _known() -> Invalid:
    return Invalid({"email": "known"})


def _write(session: Session, found: Contact, facts: ContactFacts) -> None:
    email = facts.email.strip().lower() or None
    with session.no_autoflush:
        owner = session.scalar(select(Contact.id).where(Contact.email == email)) if email else None
    if owner is not None and owner != found.id:
        raise _known()
    found.name, found.position, found.email, found.phone = facts.name, facts.position, email, facts.phone
