"""What partners wrote that who answers has not heard of yet."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class Untold(Base):
    """A partner's message that waits to go into one email with those around it; the row goes with the email's staging.

    `enquiry_id` is the one that the email is about: where that of the event continues, if it was merged.
    """

    __tablename__ = "untold"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    # None: it waits until someone says that the enquiry is no spam.
    due_at: Mapped[datetime | None] = mapped_column(index=True)
