"""Who answers for a network, and in which languages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.errors import Invalid
from webapp.domain.history import changes, versions
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Network, Person
from webapp.vocabulary import AuditAction, Job, Language, Permission, RecordType


def set_people(
    session: Session,
    found: Network,
    *,
    liaison_id: int | None,
    deputy_id: int | None,
    escalation_id: int | None,
    mailbox: str = "",
    languages: Sequence[Language] = (),
    version: int,
    by: Acting,
) -> None:
    """Set who answers for a network (with its people), in which languages; open work goes to them.

    Raises Conflict where someone set others since `version`, Invalid, by field, for someone unknown or gone, a
    deputy of oneself, or a mailbox that is no colleague's address.
    """
    require(by.actor, Permission.NETWORK_EDIT)
    before = answering(found)
    versions.expect(found, version, fields=before)
    given = {"liaison": liaison_id, "deputy": deputy_id, "escalation": escalation_id}
    known = {person.id: person.name for person in candidates(session)}
    faults = _faults(given, known)
    if mailbox != (found.mailbox or ""):
        faults |= colleagues.faults({"mailbox": mailbox}, by=by)
    if faults:
        raise Invalid(faults)
    found.liaison_id, found.deputy_id, found.escalation_id = liaison_id, deputy_id, escalation_id
    found.mailbox, found.languages = mailbox or None, [language.value for language in languages]
    enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, found.id)
    after: dict[str, Any] = {field: known.get(person_id, "") if person_id else "" for field, person_id in given.items()}
    after |= {"mailbox": mailbox, "languages": list(found.languages)}
    if changed := changes.difference(before, after):
        changes.record(
            session,
            RecordType.NETWORK,
            found.slug,
            AuditAction.CHANGED,
            name=found.short_name,
            version=versions.raise_version(found),
            fields=changed,
            by=by,
        )


def _faults(given: Mapping[str, int | None], known: Collection[int]) -> dict[str, str]:
    faults = {field: "unknown" for field, number in given.items() if number is not None and number not in known}
    if given["liaison"] is not None and given["liaison"] == given["deputy"]:
        faults["deputy"] = "same"
    return faults


def answering(found: Network) -> dict[str, Any]:
    """Return who answers for a network (with its people), by name, as its changes say it."""
    people = {"liaison": found.liaison, "deputy": found.deputy, "escalation": found.escalation}
    names = {field: person.name if person else "" for field, person in people.items()}
    return {**names, "mailbox": found.mailbox or "", "languages": list(found.languages or ())}


def candidates(session: Session) -> Sequence[Person]:
    """Return who may answer for a network, with or without an account, by name."""
    return session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id)).all()
