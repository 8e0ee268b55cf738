"""Files of forms that no one sent yet: how much of them is kept, for each network and day, and in all."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Share, per
from webapp.domain.security.tokens import hash_token
from webapp.models import Attachment, Draft
from webapp.tidying import networks

# A form's words are kept for longer than its files: see `drafts.KEPT`.
KEPT = timedelta(hours=24)
# The files of so many forms go in one transaction.
AT_ONCE = 200
_DAY, _MEGABYTE = timedelta(days=1), 1024 * 1024
_UNSENT = (Attachment.draft_id.is_not(None), Attachment.enquiry_id.is_(None))


def admit(
    session: Session, form_id: str, uploads: Sequence[Upload], *, address: str, now: datetime, settings: Settings
) -> None:
    """Count files that come with a form, before they are kept, and make room for them: the oldest of others go.

    Raises TooMany where its network has brought too much that day that was never sent; words can still be kept.
    """
    size = sum(len(upload.content) for upload in uploads)
    if not size:
        return
    if settings.rate_limits == "on":
        buckets.take(session, _shares(address, settings), now=now, amount=size)
    held = session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(*_UNSENT)) or 0
    _let_go_until(session, held + size - settings.unsent_megabytes * _MEGABYTE, but=hash_token(form_id))


def sent(session: Session, files: Iterable[Attachment], *, address: str, now: datetime, settings: Settings) -> None:
    """Count the files of a form that was sent no longer."""
    size = sum(file.size for file in files)
    if size and settings.rate_limits == "on":
        buckets.give_back(session, _shares(address, settings), now=now, amount=size)


def purge(session: Session, *, now: datetime) -> int:
    """Let go of the files of drafts that were left for longer than files are kept; their words stay.

    Return of how many: at most AT_ONCE. Call it again, in another transaction, until there are none.
    """
    left = (Draft.updated_at < now - KEPT, Draft.enquiry_id.is_(None))
    return _let_go(session, _drafts_with_files(session, *left, most=AT_ONCE))


def _shares(address: str, settings: Settings) -> list[Share]:
    most = max(settings.unsent_megabytes * _MEGABYTE // 10, settings.max_upload_bytes)
    return [
        per(_DAY, "unsent bytes of an address", most).of(networks.narrow(address)),
        per(_DAY, "unsent bytes of a network", 4 * most).of(networks.wide(address)),
    ]


def _let_go_until(session: Session, over: int, *, but: str) -> None:
    """Let go of the oldest drafts' files until so many bytes are free; the form with the hash `but` keeps its own."""
    if over <= 0:
        return
    going = []
    for number, size in _drafts_with_files(session, Draft.form_hash != but):
        if over <= 0:
            break
        going.append((number, size))
        over -= size
    _let_go(session, going)


def _drafts_with_files(
    session: Session, *conditions: ColumnElement[bool], most: int | None = None
) -> list[tuple[int, int]]:
    """Return the drafts that have unsent files, oldest first, with how much that is."""
    query = select(Draft.id, func.sum(Attachment.size)).join(Attachment, Attachment.draft_id == Draft.id)
    query = query.where(*_UNSENT, *conditions).group_by(Draft.id).order_by(Draft.updated_at, Draft.id)
    rows = session.execute(query.limit(most))
    return [(number, int(size)) for number, size in rows]


def _let_go(session: Session, going: Collection[tuple[int, int]]) -> int:
    """Delete the files of drafts, which remember their names; one that is being sent just now keeps them.

    Return how many drafts that were.
    """
    numbers = [number for number, _size in going]
    query = select(Draft).where(Draft.id.in_(numbers), Draft.enquiry_id.is_(None)).with_for_update(skip_locked=True)
    held = session.scalars(query.order_by(Draft.id).execution_options(populate_existing=True)).all()
    for draft in held:
        files = session.scalars(select(Attachment).where(Attachment.draft_id == draft.id)).all()
        draft.files_gone = [*draft.files_gone, *(file.name for file in files)]
        session.execute(delete(Attachment).where(Attachment.id.in_([file.id for file in files])))
    return len(held)
