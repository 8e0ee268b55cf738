"""What administrators decide about the office's work while it runs."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class OfficeSettings(Base):
    """One row, made with the first change. `version` guards against lost updates."""

    __tablename__ = "office_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    screening_required: Mapped[bool]
    screening_lists: Mapped[str]
    changed_at: Mapped[datetime]
