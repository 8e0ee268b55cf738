"""That emails are held: one row while they are, and none else."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base


class MailHold(Base):
    """While it is there, no email leaves by any route; a restored database has it from its first moment on."""

    __tablename__ = "mail_holds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    held_by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    # Of a restored database: when its backup was made, and what had been queued by then.
    backup_at: Mapped[datetime | None]
    queued_until: Mapped[datetime | None]
