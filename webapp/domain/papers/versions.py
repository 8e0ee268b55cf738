"""Papers as they were made: each that differs from the one before is a version with its hash; none is overwritten."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.domain.errors import NotFound
from webapp.domain.history.uniqueness import alone
from webapp.models import InvitationLetter, VisitPaper

# A letter's paper shows a passport: so long after the departure it goes.
LETTERS_KEPT = timedelta(days=7)


def keep(session: Session, enquiry_id: int | None, name: str, content: bytes, *, now: datetime) -> VisitPaper:
    """Keep a paper as the next version, or return the last one where that is the same to the byte."""
    alone(session, f"visit_papers {enquiry_id} {name}")
    last = next(iter(of(session, enquiry_id, name)), None)
    if last is not None and last.sha256 == _digest(content):
        return last
    version = last.version + 1 if last else 1
    paper = VisitPaper(
        enquiry_id=enquiry_id, name=name, version=version, sha256=_digest(content), content=content, made_at=now
    )
    session.add(paper)
    session.flush()
    return paper


def as_version(session: Session, enquiry_id: int | None, name: str, make: Callable[..., bytes]) -> bytes:
    """Return what `make(version=…)` makes: as the last version where it is still that to the byte, else as the next."""
    last = next(iter(of(session, enquiry_id, name)), None)
    made = make(version=last.version if last else 1)
    return made if last is None or last.sha256 == _digest(made) else make(version=last.version + 1)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def of(session: Session, enquiry_id: int | None, name: str | None = None) -> list[VisitPaper]:
    """Return the papers of an enquiry without their contents, or the versions of one of them, the newest first."""
    query = select(VisitPaper).where(VisitPaper.enquiry_id == enquiry_id)
    if name is not None:
        query = query.where(VisitPaper.name == name)
    return list(session.scalars(query.order_by(VisitPaper.name, VisitPaper.version.desc())))


def content(session: Session, enquiry_id: int | None, name: str, *, version: int | None = None) -> bytes:
    """Return a version of a paper, else its newest. Raises NotFound.

    What was changed behind the service's back is not handed out: the content must have its hash.
    """
    query = select(VisitPaper.content, VisitPaper.sha256).where(
        VisitPaper.enquiry_id == enquiry_id, VisitPaper.name == name
    )
    if version is not None:
        query = query.where(VisitPaper.version == version)
    found = session.execute(query.order_by(VisitPaper.version.desc()).limit(1)).one_or_none()
    if found is None or _digest(found.content) != found.sha256:
        raise NotFound
    return bytes(found.content)


def letters_due(today: date) -> Select[int, Any, datetime]:
    """Return which papers of letters have passed their time: id, number, and when they were made."""
    over = select(InvitationLetter.number).where(InvitationLetter.valid_until < today - LETTERS_KEPT)
    return (
        select(VisitPaper.id, VisitPaper.name, VisitPaper.made_at)
        .where(VisitPaper.name.in_(over))
        .order_by(VisitPaper.id)
    )


def forget(session: Session, ids: Sequence[int]) -> None:
    """Delete papers; the numbers of letters stay."""
    session.execute(delete(VisitPaper).where(VisitPaper.id.in_(ids)))
