"""Canned replies: words that the office writes often, by language, with names that are filled in when they are used."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.permissions import Actor, require
from webapp.i18n import date_long, localised
from webapp.models import CannedReply, Enquiry
from webapp.vocabulary import Language, Permission

LONGEST_NAME = 80
LONGEST_TEXT = 5000
# What may stand in braces; nothing else is filled in, and no other language of templates is understood.
PLACEHOLDERS = ("name", "organisation", "reference", "subject", "network", "due", "sender")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def replies(session: Session, *, actor: Actor, language: Language | None = None) -> Sequence[CannedReply]:
    """Return the canned replies by language and name; those of a partner's language come first if one is given."""
    require(actor, Permission.ENQUIRY_READ)
    found = session.scalars(select(CannedReply).order_by(CannedReply.language, CannedReply.name)).all()
    return sorted(found, key=lambda reply: reply.language is not language) if language else found


def reply(session: Session, reply_id: int, *, actor: Actor) -> CannedReply:
    """Return one canned reply. Raises NotFound."""
    require(actor, Permission.ENQUIRY_READ)
    found = session.get(CannedReply, reply_id)
    if found is None:
        raise NotFound("canned reply")
    return found


def save(
    session: Session,
    reply_id: int | None,
    *,
    name: str,
    language: Language,
    text: str,
    actor: Actor,
    now: datetime,
) -> CannedReply:
    """Add a canned reply, or change the one of an id.

    Raises Invalid, by field, for a name that is missing, long or taken in the language, a text that is missing or long,
    and a placeholder that is none (its fault is the placeholder in braces). Raises NotAllowed, NotFound.
    """
    require(actor, Permission.ENQUIRY_REPLY)
    name = " ".join(name.split())
    faults = _faults(name, text)
    same = select(CannedReply.id).where(CannedReply.language == language, CannedReply.name == name)
    if session.scalar(same) not in (None, reply_id):
        faults["name"] = "known"
    if faults:
        raise Invalid(faults)
    found = reply(session, reply_id, actor=actor) if reply_id is not None else CannedReply()
    found.name, found.language, found.text, found.changed_at = name, language, text, now
    session.add(found)
    session.flush()
    return found


def _faults(name: str, text: str) -> dict[str, str]:
    faults = {}
    if not name or len(name) > LONGEST_NAME:
        faults["name"] = "long" if name else "needed"
    unknown = [word for word in _PLACEHOLDER.findall(text) if word not in PLACEHOLDERS]
    if not text.strip() or len(text) > LONGEST_TEXT:
        faults["text"] = "long" if text.strip() else "needed"
    elif unknown:
        faults["text"] = "{" + unknown[0] + "}"
    return faults


def delete(session: Session, reply_id: int, *, actor: Actor) -> str:
    """Delete a canned reply and return its name. Raises NotAllowed, NotFound."""
    require(actor, Permission.ENQUIRY_REPLY)
    found = reply(session, reply_id, actor=actor)
    session.delete(found)
    return found.name


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of placeholders, once: braces within a value stay as they were typed."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def values(enquiry: Enquiry, *, sender: str, language: Language, settings: Settings) -> dict[str, str]:
    """Return what the placeholders stand for in an enquiry (with its network), in the language of the reply."""
    network = enquiry.network
    return {
        "name": enquiry.contact_name,
        "organisation": enquiry.organisation,
        "reference": enquiry.reference,
        "subject": enquiry.subject,
        "network": localised(network.name, language) if network else settings.institution_short,
        "due": date_long(enquiry.promised_on, language),
        "sender": sender,
    }
