"""The terms by which enquiries are found: words, characters and numbers of what was written, folded."""

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base
from webapp.models.enquiry import SENDERS

_FTS5, _GIN = "enquiry_terms_index", "ix_enquiry_terms_terms"


def is_of_a_model(_thing: object, name: str | None, kind: str, _reflected: bool, _model: object) -> bool:
    """Return whether Alembic has to compare a thing with the models: PostgreSQL alone has some indexes."""
    return not ((kind == "table" and str(name).startswith(_FTS5)) or (kind == "index" and name in (_GIN, *SENDERS)))


class EnquiryTerms(Base):
    """One enquiry's terms. On SQLite they are a text, and `enquiry_terms_index` (FTS5) follows it by triggers.

    A table of its own: each action writes the enquiry's row again, and would write hundreds of entries of an inverted
    index with it.
    """

    __tablename__ = "enquiry_terms"

    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), primary_key=True)
    terms: Mapped[str] = mapped_column(TSVECTOR().with_variant(Text, "sqlite"))

    __table_args__ = (Index(_GIN, "terms", postgresql_using="gin").ddl_if(dialect="postgresql"),)
