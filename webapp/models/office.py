"""What administrators decide about the office's work while it runs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base
from webapp.models.versioned import Versioned
from webapp.vocabulary import RecordType


class OfficeSettings(Versioned, Base):
    """One row, made with the first change.

    `chosen` holds what takes the place of the environment's values, by the settings' names and as JSON has them.
    """

    __tablename__ = "office_settings"
    record_type = RecordType.SETTINGS

    screening_required: Mapped[bool] = mapped_column(default=False)
    screening_lists: Mapped[str] = mapped_column(default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]

    @property
    def record_key(self) -> str:
        return "office"
