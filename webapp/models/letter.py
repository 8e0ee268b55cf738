"""The letters of which administrators changed the default text."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import Language, Letter


class LetterText(Base):
    """One letter in one language; without a text it has the default one. `version` guards against lost updates."""

    __tablename__ = "letter_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[Letter] = word(Letter)
    language: Mapped[Language] = word(Language)
    text: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    __table_args__ = (UniqueConstraint("letter", "language"),)
