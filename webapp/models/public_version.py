"""The version of what public pages show: another word with every change of it, written in the same transaction."""

from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Delete, Insert, ScalarSelect, Update, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base
from webapp.models.calendar import CalendarDay, Closure
from webapp.models.directory import Network, Term
from webapp.models.faculty import Faculty
from webapp.models.leave import Leave
from webapp.models.office import OfficeSettings, PrivacyNotice
from webapp.models.people import Person

# What is kept in memory or stored as pages is read from these tables and from no other.
SHOWN = frozenset(
    model.__table__
    for model in (Network, Term, Faculty, Person, Leave, OfficeSettings, PrivacyNotice, CalendarDay, Closure)
)
ROW = 1
_CHANGED = "liaison_shown_changed"


class PublicVersion(Base):
    """One row. Its word is compared and never counted: no two databases, and no two states of one, have the same."""

    __tablename__ = "public_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]

    @classmethod
    def present(cls) -> ScalarSelect[str]:
        """Return the word, to be read along with something else."""
        return select(cls.word).where(cls.id == ROW).scalar_subquery()


@event.listens_for(Engine, "before_execute")
def _note(connection: Connection, statement: Any, *_given: Any) -> None:
    """Whatever writes to these tables says so: the models, and statements below them."""
    if isinstance(statement, Insert | Update | Delete) and statement.table in SHOWN:
        connection.info[_CHANGED] = True


@event.listens_for(Engine, "commit")
def _change(connection: Connection) -> None:
    """The last statement before the commit: who waits for the row holds up no one, and waits for nothing else."""
    if connection.info.pop(_CHANGED, False):
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        made = insert(PublicVersion).values(id=ROW, word=token_hex(8))
        connection.execute(made.on_conflict_do_update(index_elements=["id"], set_={"word": made.excluded.word}))


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    """What was lost knows nothing any more, and asking it would hide why it was lost."""
    if not connection.invalidated:
        connection.info.pop(_CHANGED, None)
