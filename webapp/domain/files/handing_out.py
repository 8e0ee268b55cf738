"""The one way in which the content of a file leaves: not before it was checked, and never once something was found."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import FileHeldBack, FileWaiting
from webapp.models import Attachment
from webapp.vocabulary import FileState


def state(file: Attachment, *, settings: Settings) -> FileState:
    """Return whether a file can be opened. What was found in it stays found, also where the scanner is used no more."""
    if file.finding is not None:
        return FileState.HELD_BACK
    return FileState.WAITING if settings.clamd_url and file.checked_at is None else FileState.OPEN


def content(session: Session, file: Attachment, *, settings: Settings) -> bytes:
    """Return the content of a file that its reader may see. Raises FileWaiting, FileHeldBack."""
    match state(file, settings=settings):
        case FileState.WAITING:
            raise FileWaiting(file.name)
        case FileState.HELD_BACK:
            raise FileHeldBack(file.name, file.finding or "")
    return session.scalars(select(Attachment.content).where(Attachment.id == file.id)).one()
