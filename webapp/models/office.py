"""What administrators decide about the office's work while it runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
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


class PrivacyNotice(Base):
    """A version of the notice that partners consent to, as it was published; none is changed or removed.

    Texts are by language, English among them. The latest holds; without any it is the one that comes along.
    """

    __tablename__ = "privacy_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    text: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class Logo(Base):
    """The institution's logo, by the digest of its content, which is also its address."""

    __tablename__ = "logos"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]
