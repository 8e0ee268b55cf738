"""Rows that staff edit: each knows its version, and under which name its changes are kept."""

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from webapp.vocabulary import RecordType


class Versioned:
    """Something that staff edit. `version` rises with every change and guards against lost updates.

    Who changed it when is among `changes`, where it has a `record_type`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    record_type: ClassVar[RecordType | None] = None

    @property
    def record_key(self) -> str:
        """The key of its changes."""
        return str(self.id)
