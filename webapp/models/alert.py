"""What operators heard on the second route, so that each incident is reported once, also across restarts."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import AlertKind


class Alert(Base):
    """One kind of incident: a row each, whether it is on or over."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlertKind] = word(AlertKind)
    # Since when it is on, as operators heard; nothing where it is over and they know.
    since: Mapped[datetime | None]
    # How many messages had ended undelivered when they last heard.
    failed: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    # The worker that reports it holds it until then; a route that failed is tried again after that.
    held_until: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("kind"),)
