"""What was counted against a limit: a row for each limit and each one for whom it counts."""

from datetime import datetime

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class Bucket(Base):
    """A count that leaks away with time. The key is a hash: it does not say who was counted."""

    __tablename__ = "buckets"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    level: Mapped[float] = mapped_column(Double)
    at: Mapped[datetime] = mapped_column(index=True)
    # Before this nothing is let through, where each next one has to wait longer.
    again_at: Mapped[datetime]
