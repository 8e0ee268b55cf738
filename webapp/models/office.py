"""What administrators decide about the office's work while it runs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class OfficeSettings(Base):
    """One row, made with the first change. `version` guards against lost updates.

    `chosen` holds what takes the place of the environment's values, by the settings' names and as JSON has them.
    """

    __tablename__ = "office_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    screening_required: Mapped[bool] = mapped_column(default=False)
    screening_lists: Mapped[str] = mapped_column(default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]
