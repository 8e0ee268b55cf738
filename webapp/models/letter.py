"""The letters of which administrators changed the default text."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from webapp.db import Base, word
from webapp.models.versioned import Versioned
from webapp.vocabulary import Language, Letter, RecordType


class LetterText(Versioned, Base):
    """One letter in one language; without a text it has the default one. Its first version is 0: the default text."""

    __tablename__ = "letter_texts"
    record_type = RecordType.LETTER

    letter: Mapped[Letter] = word(Letter)
    language: Mapped[Language] = word(Language)
    text: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    __table_args__ = (UniqueConstraint("letter", "language"),)

    @property
    def record_key(self) -> str:
        return f"{self.letter}:{self.language}"
