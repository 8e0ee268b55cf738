"""Invitation letters: a number for each, withdrawn where it must not be used, and checked by anyone who holds one."""

import secrets
from dataclasses import replace
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.documents import letters
from webapp.documents.letters import Letter
from webapp.documents.values import Issuer
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import audit
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.search import folding
from webapp.domain.search.references import ALPHABET
from webapp.domain.security.acting import Acting
from webapp.models import Enquiry, InvitationLetter, Visit
from webapp.vocabulary import AuditKind, LetterStanding, VisitState

_PREFIX = "IL"
_LENGTH = 8


def read_number(text: str) -> str:
    """Return the number that someone typed from paper, whatever its case, spaces and dashes; "" where it is none."""
    letters_only = "".join(filter(str.isalnum, folding.folded(text).upper())).removeprefix(_PREFIX)
    whole = len(letters_only) == _LENGTH and all(letter in ALPHABET for letter in letters_only)
    return f"{_PREFIX}-{letters_only[:4]}-{letters_only[4:]}" if whole else ""


def _new_number() -> str:
    return read_number("".join(secrets.choice(ALPHABET) for _ in range(_LENGTH)))


def issue(session: Session, enquiry_id: int, letter: Letter, issuer: Issuer, *, by: Acting) -> Letter:
    """Give a letter a number of its own and keep who it is for; return it with the number, ready to be written.

    Raises Invalid, by field, for what the letter must state and does not; then no number is spent. Whether the actor
    may issue letters is the caller's to ask.
    """
    found = letters.faults(replace(letter, number=_PREFIX), issuer)
    if found or letter.departure is None:
        raise Invalid(found)
    row = None
    while row is None:
        row = insert_once(
            session,
            InvitationLetter,
            unique=[InvitationLetter.number],
            number=_new_number(),
            enquiry_id=enquiry_id,
            purpose=letter.purpose,
            name=letter.passport_name,
            issued_at=by.now,
            issued_by_id=by.actor.person_id,
            valid_until=letter.departure,
        )
    return replace(letter, number=row.number)


def withdraw(session: Session, enquiry_id: int, number: str, *, reason: str = "", by: Acting) -> None:
    """Say that a letter must not be used any more. Raises NotFound, and NotAllowed where that was said before."""
    row = session.scalars(
        select(InvitationLetter)
        .where(InvitationLetter.number == number, InvitationLetter.enquiry_id == enquiry_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.withdrawn_at:
        raise NotAllowed
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = by.now, by.actor.person_id, reason


def withdraw_all(session: Session, enquiry: Enquiry, *, reason: str = "", by: Acting) -> tuple[str, ...]:
    """Withdraw every letter of a locked enquiry that holds, each with a line in the audit log; return their numbers.

    The visit that they invite to does not take place, whichever side called it off.
    """
    holding = (InvitationLetter.enquiry_id == enquiry.id, InvitationLetter.withdrawn_at.is_(None))
    rows = session.scalars(select(InvitationLetter).where(*holding).order_by(InvitationLetter.id).with_for_update())
    numbers = []
    for row in rows:
        row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = by.now, by.actor.person_id, reason
        kind = AuditKind.LETTER_WITHDRAWN
        audit.note(session, kind, by.actor, now=by.now, subject=enquiry.reference, letter=row.number)
        numbers.append(row.number)
    return tuple(numbers)


def of(session: Session, enquiry_id: int) -> list[InvitationLetter]:
    """Return the letters of an enquiry, the newest first."""
    query = select(InvitationLetter).where(InvitationLetter.enquiry_id == enquiry_id)
    return list(session.scalars(query.order_by(InvitationLetter.id.desc())))


def standing(session: Session, number: str, name: str, *, today: date) -> LetterStanding:
    """Return what anyone may know of a letter: that this number was given to this name, and whether it still holds.

    A number without its name is as unknown as one that was never given: neither can be found out by trying. Once the
    visit is called off no letter to it holds, also where no one withdrew it.
    """
    row = session.scalars(select(InvitationLetter).where(InvitationLetter.number == read_number(number))).one_or_none()
    if row is None or not row.name or not is_same_name(row.name, name):
        return LetterStanding.UNKNOWN
    off = exists().where(Visit.enquiry_id == row.enquiry_id, Visit.state == VisitState.CANCELLED)
    ended = row.withdrawn_at is not None or row.valid_until < today or session.scalar(select(off))
    return LetterStanding.WITHDRAWN if ended else LetterStanding.VALID


def is_same_name(one: str, other: str) -> bool:
    """Return whether two names are the same as people copy them: in any capitals, with or without accents, surname
    first or last.
    """
    wanted = sorted(folding.words(one))
    return bool(wanted) and wanted == sorted(folding.words(other))
