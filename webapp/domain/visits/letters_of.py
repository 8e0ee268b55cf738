"""Invitation letters of a visit: what one says, from the delegate, their passport and what the office wrote; issued and
withdrawn by the few who may see passports, each time with a line in the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.documents import letters as written
from webapp.documents.letters import Letter
from webapp.domain.errors import DomainError, NotAllowed, NotFound
from webapp.domain.history import audit
from webapp.domain.papers import letters, orders
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.domain.visits import papers_of
from webapp.i18n import N_
from webapp.models import Delegate, Enquiry, InvitationLetter, Visit
from webapp.vocabulary import AuditKind, Language, LetterPurpose, Permission, Role, VisitState

_ISSUERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
_DAYS = ("issued_on", "arrival", "departure")


@dataclass(frozen=True)
class Wording:
    """What the office writes of the letters that it issues at once; texts are empty where their purpose needs none."""

    purpose: LetterPurpose
    language: Language
    reason: str
    arrival: date | None
    departure: date | None
    signatory_name: str
    signatory_post: str
    payer: str = ""
    places: str = ""
    relation: str = ""
    head_count: int | None = None
    received_by: str = ""
    activities: str = ""
    coordinator: str = ""
    facilities: str = ""


class Missing(DomainError):
    """No letter was issued: `faults` says what each delegate's must state, by field; "" for what is in all of them."""

    def __init__(self, faults: dict[str, dict[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{name}: {', '.join(found)}" for name, found in faults.items()))


def may_issue(actor: Actor) -> bool:
    """Return whether someone may see passports, and so issue, read and withdraw letters."""
    return actor.role in _ISSUERS and actor.can(Permission.ENQUIRY_DECIDE)


def require(actor: Actor) -> None:
    """Raise NotAllowed for who may not see passports."""
    if not may_issue(actor):
        raise NotAllowed("letters")


def delegates(session: Session, enquiry: Enquiry, ids: Collection[int] | None = None) -> Sequence[Delegate]:
    """Return who comes, with their passports, in order of precedence: all, or some by their ids."""
    query = select(Delegate).where(Delegate.enquiry_id == enquiry.id).options(joinedload(Delegate.passport))
    if ids is not None:
        query = query.where(Delegate.id.in_(ids))
    return session.scalars(query.order_by(Delegate.precedence, Delegate.id)).all()


def name_of(delegate: Delegate) -> str:
    """Return a delegate's name as the person writes it."""
    return papers_of.written(delegate).name


def issue(
    session: Session, enquiry: Enquiry, visit: Visit, wording: Wording, ids: Collection[int], *, by: Acting
) -> list[str]:
    """Give each of these delegates of a locked enquiry a letter, to be made by the worker; return the numbers.

    All of them or none: raises Missing for what a letter must state and does not, also where someone has a letter for
    this purpose that holds. Raises NotAllowed, also for a visit that was called off, and NotFound where one is not of
    this visit.
    """
    require(by.actor)
    if visit.state is VisitState.CANCELLED:
        raise NotAllowed("cancelled")
    people = delegates(session, enquiry, ids)
    if not people or len(people) != len(set(ids)):
        raise NotFound("delegate")
    issuer = papers_of.issuer(visit, by.settings)
    holding = {(row.purpose, row.name) for row in letters.of(session, enquiry.id) if row.withdrawn_at is None}
    found, made = {}, []
    for person in people:
        letter = _letter(person, enquiry, wording, issued_on=by.today)
        faults = written.faults(replace(letter, number="–"), issuer)
        if (letter.purpose, letter.passport_name) in holding:
            faults["passport_name"] = N_("This person has a letter for this purpose. Withdraw that one first.")
        if faults:
            found[name_of(person)] = faults
        made.append((person, letter))
    if found:
        raise Missing(found)
    numbers = []
    for person, letter in made:
        number = letters.issue(session, enquiry.id, letter, issuer, by=by).number
        facts = {**_stored(wording), "issued_on": by.today.isoformat(), "delegate": person.id}
        orders.ask(session, enquiry.id, [number], now=by.now, facts=facts)
        audit.note(session, AuditKind.LETTER_ISSUED, by.actor, now=by.now, subject=enquiry.reference, letter=number)
        numbers.append(number)
    return numbers


def _stored(wording: Wording) -> dict[str, Any]:
    """Return a wording as JSON keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(wording).items()}


def withdraw(session: Session, enquiry: Enquiry, number: str, reason: str, *, by: Acting) -> None:
    """Say of a letter that it must not be used any more, and why. Raises NotFound, and NotAllowed also the second
    time."""
    require(by.actor)
    letters.withdraw(session, enquiry.id, number, reason=reason, by=by)
    audit.note(session, AuditKind.LETTER_WITHDRAWN, by.actor, now=by.now, subject=enquiry.reference, letter=number)


def ordered(session: Session, enquiry: Enquiry, number: str, facts: dict[str, Any]) -> Letter:
    """Return a letter that was issued, with its facts as they were kept and the name that it was given to.

    Raises NotFound where its delegate is gone, or it was withdrawn meanwhile.
    """
    query = select(InvitationLetter).where(
        InvitationLetter.number == number,
        InvitationLetter.enquiry_id == enquiry.id,
        InvitationLetter.withdrawn_at.is_(None),
    )
    row = session.scalars(query).one_or_none()
    people = delegates(session, enquiry, [facts.get("delegate", 0)])
    if row is None or not people:
        raise NotFound("letter")
    given = {name: value for name, value in facts.items() if name != "delegate"}
    given |= {name: date.fromisoformat(given[name]) for name in _DAYS if given[name]}
    given |= {"purpose": LetterPurpose(given["purpose"]), "language": Language(given["language"])}
    issued_on = given.pop("issued_on")
    letter = _letter(people[0], enquiry, Wording(**given), issued_on=issued_on)
    return replace(letter, number=number, passport_name=row.name)


def _letter(person: Delegate, enquiry: Enquiry, wording: Wording, *, issued_on: date) -> Letter:
    passport = person.passport
    return Letter(
        number="",
        issued_on=issued_on,
        passport_name=passport.name if passport else "",
        gender=passport.gender if passport else "",
        birth_date=passport.birth_date if passport else None,
        passport_number=passport.number if passport else "",
        passport_expiry=passport.expiry if passport else None,
        employer=person.organisation or enquiry.organisation,
        position=person.position,
        **{name: getattr(wording, name) for name in wording.__dataclass_fields__},
    )
