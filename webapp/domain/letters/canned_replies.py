"""Canned replies: pieces that the office writes often, kept by language, and filled in as letters are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import only_one
from webapp.domain.letters import placeholders
from webapp.domain.security.acting import Acting
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


def add(session: Session, wording: ReplyWording, *, by: Acting) -> CannedReply:
    """Add a canned reply. Raises NotAllowed, and Invalid as `change` does."""
    require(by.actor, Permission.REPLY_EDIT)
    found = CannedReply(version=0)
    _write(session, found, _checked(wording), now=by.now)
    _record(session, found, AuditAction.MADE, by=by)
    return found


def change(session: Session, reply_id: int, wording: ReplyWording, *, version: int, by: Acting) -> CannedReply:
    """Change a canned reply.

    Raises Invalid, by field: a name that is missing, long or taken in the language ("empty", "long", "known"), a text
    with one of `placeholders.faults`. Raises NotAllowed, NotFound, Conflict where someone changed it since `version`.
    """
    require(by.actor, Permission.REPLY_EDIT)
    found = reply(session, reply_id, actor=by.actor, lock=True)
    versions.expect(found, version)
    changed = changes.difference(asdict(wording_of(found)), asdict(_checked(wording)))
    if changed:
        _write(session, found, wording, now=by.now)
        _record(session, found, AuditAction.CHANGED, fields=changed, by=by)
    return found


def delete(session: Session, reply_id: int, *, version: int, by: Acting) -> str:
    """Delete a canned reply and return its name; its words stay in the history.

    Raises NotAllowed, NotFound, Conflict where someone changed it since `version`.
    """
    require(by.actor, Permission.REPLY_EDIT)
    found = reply(session, reply_id, actor=by.actor, lock=True)
    versions.expect(found, version)
    _record(session, found, AuditAction.DELETED, fields={"text": (found.text, "")}, by=by)
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
        found.changed_at = now
        versions.raise_version(found)
        session.add(found)


def _record(
    session: Session,
    found: CannedReply,
    action: AuditAction,
    *,
    by: Acting,
    fields: dict[str, tuple[str, str]] | None = None,
) -> None:
    changes.record(
        session, RecordType.REPLY, found.id, action, name=found.name, version=found.version, fields=fields, by=by
    )
