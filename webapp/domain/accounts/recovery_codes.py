"""Recovery codes: ten at a time, each good once, for those who have lost what gives their second step."""

import secrets
import unicodedata
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.domain.accounts import passwords
from webapp.models import Person, RecoveryCode

NUMBER = 10
# No sign that looks like another one.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUP, _GROUPS = 4, 3


@dataclass(frozen=True)
class NewCodes:
    """Codes to be shown once, and what is kept of them."""

    shown: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


def make() -> NewCodes:
    """Return new codes. Slow on purpose: call it outside a writing transaction."""
    marks: set[str] = set()
    while len(marks) < NUMBER:
        marks.add(_signs(_GROUP))
    codes = [mark + _signs(_GROUP * (_GROUPS - 1)) for mark in sorted(marks)]
    shown = ("-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes)
    return NewCodes(tuple(shown), tuple((code[:_GROUP], passwords.hashed(code)) for code in codes))


def keep(session: Session, person: Person, made: NewCodes) -> None:
    """Give a person these codes; those of before end."""
    forget(session, person)
    session.add_all(RecoveryCode(person_id=person.id, mark=mark, code_hash=code_hash) for mark, code_hash in made.rows)


def forget(session: Session, person: Person) -> None:
    """End all codes of a person."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def left(session: Session, person: Person) -> int:
    """Return how many codes of a person are good."""
    return session.scalar(select(func.count()).where(RecoveryCode.person_id == person.id)) or 0


def found(session: Session, person: Person, typed: str) -> int | None:
    """Return the row of the code that was typed, or None. Slow on purpose, and as slow for one that is not there."""
    code = "".join(sign for sign in unicodedata.normalize("NFKC", typed).lower() if sign in _SIGNS)
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.mark == code[:_GROUP])
    row = session.scalars(select(RecoveryCode).where(*mine)).one_or_none()
    return row.id if passwords.matches(row.code_hash if row else None, code) and row else None


def spent(session: Session, row_id: int) -> bool:
    """Use up a code that was found; of two who found the same one only one does."""
    used = delete(RecoveryCode).where(RecoveryCode.id == row_id).returning(RecoveryCode.id)
    return session.execute(used).first() is not None


def _signs(number: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(number))
