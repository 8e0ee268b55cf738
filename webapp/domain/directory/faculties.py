"""Faculties and departments as records: added, edited without losing anyone's words, retired instead of deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.search.folding import folded
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Faculty
from webapp.vocabulary import AuditAction, Language, Permission, RecordType


@dataclass(frozen=True)
class FacultyFacts:
    """What staff say of a faculty; `name` is by language, English among them. The edge has checked the address."""

    name: Mapping[str, str]
    contact_name: str
    email: str
    language: Language = Language.EN
    active: bool = True

    @property
    def name_en(self) -> str:
        """The name by which it is known."""
        return self.name.get(Language.EN, "")

    @property
    def fields(self) -> dict[str, Any]:
        """What its form holds, and its history writes down."""
        names = {f"name_{language.suffix}": self.name.get(language, "") for language in Language}
        return {**names, **{name: value for name, value in vars(self).items() if name != "name"}}


def listed(session: Session, *, actor: Actor) -> Sequence[Faculty]:
    """Return every faculty, those that are active first, by English name."""
    require(actor, Permission.FACULTY_EDIT)
    found = session.scalars(select(Faculty)).all()
    return sorted(found, key=lambda row: (not row.active, str(row.name["en"]).casefold(), row.id))


def active(session: Session) -> Sequence[Faculty]:
    """Return the faculties that something can be referred to, by English name. Ask only for who may refer."""
    found = session.scalars(select(Faculty).where(Faculty.active)).all()
    return sorted(found, key=lambda row: (str(row.name["en"]).casefold(), row.id))


def faculty(session: Session, faculty_id: int, *, actor: Actor, lock: bool = False) -> Faculty:
    """Return a faculty, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.FACULTY_EDIT)
    query = select(Faculty).where(Faculty.id == faculty_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("faculty")
    return found


def facts_of(found: Faculty) -> FacultyFacts:
    """Return what is said of a faculty."""
    return FacultyFacts(found.name, found.contact_name, found.email, found.language, found.active)


def add(session: Session, facts: FacultyFacts, *, by: Acting) -> Faculty:
    """Add a record. Raises Invalid by field, also for an English name that another one has, or for an address that is
    no colleague's.
    """
    require(by.actor, Permission.FACULTY_EDIT)
    _check(session, facts, None, by=by)
    found = Faculty(created_at=by.now, version=1)
    _write(found, facts, by.now)
    session.add(found)
    session.flush()
    changes.record(session, RecordType.FACULTY, found.id, AuditAction.MADE, name=facts.name_en, version=1, by=by)
    return found


def edit(session: Session, found: Faculty, facts: FacultyFacts, *, version: int, by: Acting) -> None:
    """Change a locked record; what was referred before stays with whom it was sent to.

    Raises Conflict where someone changed it since `version`, Invalid by field.
    """
    require(by.actor, Permission.FACULTY_EDIT)
    versions.expect(found, version)
    changed = changes.difference(facts_of(found).fields, facts.fields)
    if not changed:
        return
    _check(session, facts, found, by=by)
    _write(found, facts, by.now)
    changes.record(
        session,
        RecordType.FACULTY,
        found.id,
        AuditAction.CHANGED,
        name=facts.name_en,
        version=versions.raise_version(found),
        fields=changed,
        by=by,
    )


def _check(session: Session, facts: FacultyFacts, own: Faculty | None, *, by: Acting) -> None:
    given = facts.fields
    faults = {name: "needed" for name in ("name_en", "contact_name", "email") if not given[name].strip()}
    alone(session, "faculties")
    # What an administrator allowed before stays.
    if own is None or facts.email != own.email:
        faults |= colleagues.faults({"email": facts.email}, by=by)
    others = session.scalars(select(Faculty).where(Faculty.id.is_distinct_from(own.id if own else None)))
    if folded(facts.name_en) in {folded(str(other.name["en"])) for other in others}:
        faults["name_en"] = "known"
    if faults:
        raise Invalid(faults)


def _write(found: Faculty, facts: FacultyFacts, now: datetime) -> None:
    found.name = {str(language): name for language, name in facts.name.items() if name}
    found.contact_name, found.email, found.language = facts.contact_name, facts.email, facts.language
    found.active, found.changed_at = facts.active, now
