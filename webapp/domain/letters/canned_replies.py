"""Canned replies: pieces that the office writes often, kept by language, and filled in as letters are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.history import changes
from webapp.domain.history.uniqueness import only_one
from webapp.domain.letters import placeholders
from webapp.domain.security.permissions import Actor, require
from webapp.models import CannedReply
from webapp.vocabulary import AuditAction, Language, Permission, RecordType

LONGEST_NAME = 80


@dataclass(frozen=True)
class ReplyWording:
    """What a canned reply says, and under which name it is chosen."""

    name: str
    language: Language
    text: str


def replies(session: Session, *, actor: Actor, language: Language | None = None) -> Sequence[CannedReply]:
    """Return the canned replies by language and name; those of a partner's language come first if one is given."""
    require(actor, Permission.ENQUIRY_READ)
    found = session.scalars(select(CannedReply).order_by(CannedReply.language, CannedReply.name)).all()
    return sorted(found, key=lambda reply: reply.language is not language) if language else found


def reply(session: Session, reply_id: int, *, actor: Actor, lock: bool = False) -> CannedReply:
    """Return one canned reply, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.ENQUIRY_READ)
    found = session.get(CannedReply, reply_id, with_for_update=lock)
    if found is None:
        raise NotFound("canned reply")
    return found


def wording_of(found: CannedReply) -> ReplyWording:
    """Return what a canned reply says."""
    return ReplyWording(found.name, found.language, found.text)


def add(session: Session, wording: ReplyWording, *, actor: Actor, now: datetime) -> CannedReply:
    """Add a canned reply. Raises NotAllowed, and Invalid as `change` does."""
    require(actor, Permission.REPLY_EDIT)
    found = CannedReply(version=0)
    _write(session, found, _checked(wording), now=now)
    _record(session, found, AuditAction.MADE, actor=actor, now=now)
    return found


def change(
    session: Session, reply_id: int, wording: ReplyWording, *, version: int, actor: Actor, now: datetime
) -> CannedReply:
    """Change a canned reply.

    Raises Invalid, by field: a name that is missing, long or taken in the language ("empty", "long", "known"), a text
    with one of `placeholders.faults`. Raises NotAllowed, NotFound, Conflict where someone changed it since `version`.
    """
    require(actor, Permission.REPLY_EDIT)
    found = reply(session, reply_id, actor=actor, lock=True)
    if found.version != version:
        raise Conflict(version=found.version, changed_at=found.changed_at)
    changed = changes.difference(asdict(wording_of(found)), asdict(_checked(wording)))
    if changed:
        _write(session, found, wording, now=now)
        _record(session, found, AuditAction.CHANGED, actor=actor, now=now, fields=changed)
    return found


def delete(session: Session, reply_id: int, *, actor: Actor, now: datetime) -> str:
    """Delete a canned reply and return its name; its words stay in the history. Raises NotAllowed, NotFound."""
    require(actor, Permission.REPLY_EDIT)
    found = reply(session, reply_id, actor=actor, lock=True)
    _record(session, found, AuditAction.DELETED, actor=actor, now=now, fields={"text": (found.text, "")})
    session.delete(found)
    return found.name


def _checked(wording: ReplyWording) -> ReplyWording:
    """Return the wording as it may be kept. Raises Invalid."""
    faults = {}
    if not wording.name or len(wording.name) > LONGEST_NAME:
        faults["name"] = "long" if wording.name else "empty"
    if found := placeholders.faults(wording.text):
        faults["text"] = found[0]
    if faults:
        raise Invalid(faults)
    return wording


def _write(session: Session, found: CannedReply, wording: ReplyWording, *, now: datetime) -> None:
    with only_one(session, Invalid({"name": "known"})):
        found.name, found.language, found.text = wording.name, wording.language, wording.text
        found.version, found.changed_at = found.version + 1, now
        session.add(found)


def _record(
    session: Session,
    found: CannedReply,
    action: AuditAction,
    *,
    actor: Actor,
    now: datetime,
    fields: dict[str, tuple[str, str]] | None = None,
) -> None:
    changes.record(
        session, RecordType.REPLY, found.id, action, name=found.name, actor=actor, now=now, version=found.version,
        fields=fields,
    )  # fmt: skip
