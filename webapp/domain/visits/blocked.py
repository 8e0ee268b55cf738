"""Periods that no visit should fall into: examinations, congregation, the first week of term."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import BlockedPeriod
from webapp.vocabulary import AuditAction, Language, Permission, RecordType

LONGEST = timedelta(days=183)


@dataclass(frozen=True)
class PeriodFacts:
    """What staff say of a period; `name` is by language, English among them; `hard`: no visit may be in it."""

    name: Mapping[str, str]
    first: date
    last: date
    hard: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """What its form holds."""
        names = {f"name_{language.suffix}": self.name.get(language, "") for language in Language}
        return {**names, "first": self.first, "last": self.last, "hard": self.hard}

    @property
    def said(self) -> dict[str, Any]:
        """What its history writes down."""
        fields = self.fields
        days = {"starts_on": fields.pop("first").isoformat(), "ends_on": fields.pop("last").isoformat()}
        return {**fields, **days}


def listed(session: Session, *, actor: Actor, since: date) -> Sequence[BlockedPeriod]:
    """Return the periods that are not over on a day, first to begin first."""
    require(actor, Permission.CALENDAR_EDIT)
    query = select(BlockedPeriod).where(BlockedPeriod.last >= since)
    return session.scalars(query.order_by(BlockedPeriod.first, BlockedPeriod.id)).all()


def period(session: Session, period_id: int, *, actor: Actor, lock: bool = False) -> BlockedPeriod:
    """Return a period, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.CALENDAR_EDIT)
    query = select(BlockedPeriod).where(BlockedPeriod.id == period_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("period")
    return found


def facts_of(found: BlockedPeriod) -> PeriodFacts:
    """Return what is said of a period."""
    return PeriodFacts(found.name, found.first, found.last, found.hard)


def add(session: Session, facts: PeriodFacts, *, by: Acting) -> BlockedPeriod:
    """Block some days. Raises Invalid by field."""
    require(by.actor, Permission.CALENDAR_EDIT)
    _check(facts)
    found = BlockedPeriod(created_at=by.now, version=1)
    _write(found, facts)
    session.add(found)
    session.flush()
    _note(session, found, AuditAction.MADE, {name: ("", value) for name, value in facts.said.items() if value}, by=by)
    return found


def edit(session: Session, found: BlockedPeriod, facts: PeriodFacts, *, version: int, by: Acting) -> None:
    """Change a locked period. Raises Conflict where someone changed it since `version`, Invalid by field."""
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(found, version)
    changed = changes.difference(facts_of(found).said, facts.said)
    if not changed:
        return
    _check(facts)
    _write(found, facts)
    versions.raise_version(found)
    _note(session, found, AuditAction.CHANGED, changed, by=by)


def remove(session: Session, found: BlockedPeriod, *, version: int, by: Acting) -> None:
    """Delete a locked period. Raises Conflict where someone changed it since `version`."""
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(found, version)
    versions.raise_version(found)
    _note(session, found, AuditAction.DELETED, {}, by=by)
    session.delete(found)


def _check(facts: PeriodFacts) -> None:
    faults = {} if facts.name.get(Language.EN, "").strip() else {"name_en": "needed"}
    if facts.last < facts.first:
        faults["last"] = "early"
    elif facts.last - facts.first > LONGEST:
        faults["last"] = "long"
    if faults:
        raise Invalid(faults)


def _write(found: BlockedPeriod, facts: PeriodFacts) -> None:
    found.name = {str(language): text for language, text in facts.name.items() if text}
    found.first, found.last, found.hard = facts.first, facts.last, facts.hard


def _note(session: Session, found: BlockedPeriod, action: AuditAction, fields: dict[str, Any], *, by: Acting) -> None:
    changes.record(
        session,
        RecordType.BLOCKED_PERIOD,
        found.id,
        action,
        name=str(found.name[Language.EN]),
        version=found.version,
        fields=fields,
        by=by,
    )
