"""Letters: the default texts, and those that administrators worded otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import only_one
from webapp.domain.letters import placeholders
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import LetterText
from webapp.paths import DATA
from webapp.vocabulary import AuditAction, Language, Letter, Permission, RecordType


@dataclass(frozen=True)
class LetterWording:
    """One letter in one language; `changed_at` is None while it is the default text, never edited."""

    letter: Letter
    language: Language
    text: str
    shipped: bool
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""


@cache
def shipped() -> dict[Letter, dict[Language, str]]:
    """Return the texts that come with the service. Raises ValueError where one is missing or has a fault."""
    raw = yaml.safe_load((DATA / "letters.yaml").read_text(encoding="utf-8"))
    texts = {Letter(name): {Language(code): text.strip() for code, text in each.items()} for name, each in raw.items()}
    for letter in Letter:
        for language, text in ({Language.EN: ""} | texts[letter]).items():
            if found := placeholders.faults(text):
                raise ValueError(f"letters.yaml: {letter} in {language}: {', '.join(found)}")
    return texts


def default(letter: Letter, language: Language) -> str:
    """Return the text that comes with the service: in a language without one, the English text."""
    texts = shipped()[letter]
    return texts.get(language) or texts[Language.EN]


def wordings(session: Session) -> dict[tuple[Letter, Language], LetterWording]:
    """Return every letter in every language, as it is now."""
    changed = {(row.letter, row.language): row for row in session.scalars(select(LetterText))}
    return {
        (letter, language): _wording(letter, language, changed.get((letter, language)))
        for letter in Letter
        for language in Language
    }


def wording(session: Session, letter: Letter, language: Language) -> LetterWording:
    """Return one letter in one language, as it is now."""
    query = select(LetterText).where(LetterText.letter == letter, LetterText.language == language)
    return _wording(letter, language, session.scalars(query).one_or_none())


def row(session: Session, letter: Letter, language: Language) -> LetterText:
    """Return the row of a letter; one of version 0, in no session, where no one changed it."""
    query = select(LetterText).where(LetterText.letter == letter, LetterText.language == language)
    return session.scalars(query).one_or_none() or LetterText(letter=letter, language=language, version=0)


def _wording(letter: Letter, language: Language, row: LetterText | None) -> LetterWording:
    own = default(letter, language)
    if row is None:
        return LetterWording(letter, language, own, shipped=True)
    text = own if row.text is None else row.text
    return LetterWording(letter, language, text, row.text is None, row.version, row.changed_at, row.changed_by)


def change(session: Session, letter: Letter, language: Language, text: str | None, *, version: int, by: Acting) -> None:
    """Save the text of a letter, or (None) restore the default text. Raises Conflict, Invalid for a faulty text."""
    require(by.actor, Permission.LETTER_EDIT)
    if text is not None and (found := placeholders.faults(text)):
        raise Invalid(dict.fromkeys(found, "fault"))
    query = select(LetterText).where(LetterText.letter == letter, LetterText.language == language)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        row = LetterText(letter=letter, language=language, text=None, version=0, changed_at=by.now, changed_by="")
        with only_one(session, Conflict(version=1, changed_at=by.now)):
            session.add(row)
    versions.expect(row, version)
    own = default(letter, language)
    before, after = own if row.text is None else row.text, own if text is None else text.strip()
    if before == after:
        return
    row.text = None if after == own else after
    row.changed_at, row.changed_by = by.now, by.actor.name
    key, action = row.record_key, AuditAction.RESET if text is None else AuditAction.CHANGED
    changes.record(
        session,
        RecordType.LETTER,
        key,
        action,
        name=key,
        version=versions.raise_version(row),
        fields={"text": (before, after)},
        by=by,
    )


def letter_named(name: str) -> Letter:
    """Return a letter by the word in an address. Raises NotFound."""
    if name not in set(Letter):
        raise NotFound("letter")
    return Letter(name)


def chosen(typed: str, letter: str, earlier: Sequence[str]) -> str:
    """Return the text after a letter was chosen: the letter, above whatever someone had typed themselves.

    `earlier` are the letters as they would have been filled: one of them, unchanged, gives way.
    """
    own = "" if typed.strip() in {text.strip() for text in earlier} else typed.strip()
    return f"{letter.strip()}\n\n{own}" if own else letter.strip()
