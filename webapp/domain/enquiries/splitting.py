"""One enquiry that holds two requests becomes two, once for each form; merging puts them together again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.config import Settings
from webapp.domain.calendar import clock, office_calendar
from webapp.domain.enquiries import actions, conversion, loading, submissions
from webapp.domain.enquiries.submissions import Submission
from webapp.domain.errors import Conflict
from webapp.domain.files import checking
from webapp.domain.history import events
from webapp.domain.notifications import enquiry_mails
from webapp.domain.security.acting import Acting
from webapp.domain.security.tokens import hash_token
from webapp.models import Attachment, Enquiry, Event, Relation
from webapp.models.event_data import SplitFrom, SplitOff
from webapp.vocabulary import Action, EventKind, Kind, MessageKind

# What is the partner's own and stays with both halves, by the enquiry's columns.
_SENDER = (*(question.name for question in questions.SENDER), "consent_version")
_KEPT = (
    "consent_at",
    "address_confirmed_at",
    "organisation_id",
    "contact_id",
    "submitted_at",
    "promised_days",
    "pauses",
)


@dataclass(frozen=True)
class SplitRequest:
    """What is split off, validated by the edge: `network` is a slug or empty, `files` are ids of files to copy."""

    kind: Kind
    network: str
    subject: str
    message: str
    files: Collection[int] = ()


def split(session: Session, reference: str, part: SplitRequest, *, form_id: str, version: int, by: Acting) -> Enquiry:
    """Split a part of an enquiry off as a second one, linked to it, and tell the partner and the answerer.

    The same form instance (`form_id`) again returns what it made. The original stays as it is, with all its files and
    answers. Raises NotFound where the actor does not see it, Conflict and NotAllowed as `actions.act` does.
    """
    found = loading.locked(session, reference, actor=by.actor)
    form_hash = hash_token(form_id)
    made = session.scalar(select(Enquiry).where(Enquiry.form_hash == form_hash))
    if made is not None:
        return _same(session, found, made)
    actions.check(found, Action.SPLIT, actor=by.actor, version=version)
    second = _second(session, found, part, form_hash, now=by.now, settings=by.settings)
    who = submissions.enter(session, second, now=by.now, settings=by.settings)
    names = _copy_files(session, found, second, part.files)
    if names:
        checking.tell(session, second.id, now=by.now)
    _relate(session, found, second, by.now)
    facts = SplitOff(reference=second.reference)
    actions.act(session, found, Action.SPLIT, version=version, facts=facts, by=by)
    event = _origin(session, found, second, by)
    for kind, about in ((MessageKind.LIAISON_RECEIVED, None), (MessageKind.PARTNER_SPLIT, event)):
        enquiry_mails.send(
            session, second, kind, who=who, event=about, attachment_names=names, now=by.now, settings=by.settings
        )
    return second


def _same(session: Session, found: Enquiry, made: Enquiry) -> Enquiry:
    """Return what this form made already; a form of another enquiry makes nothing here."""
    line = select(Event).where(Event.enquiry_id == made.id, Event.kind == EventKind.SPLIT).order_by(Event.id)
    origin = session.scalars(line.limit(1)).one_or_none()
    if origin is None or origin.facts != SplitFrom(reference=found.reference):
        raise Conflict(version=found.version, changed_at=found.changed_at)
    return made


def _second(
    session: Session, found: Enquiry, part: SplitRequest, form_hash: str, *, now: datetime, settings: Settings
) -> Enquiry:
    sender: dict[str, Any] = {name: getattr(found, name) for name in _SENDER}
    answers = conversion.carried(found, part.kind)
    asked: dict[str, Any] = {
        "kind": part.kind,
        "network": part.network,
        "subject": part.subject,
        "message": part.message,
    }
    submission = Submission(**sender, **asked, answers=answers)
    second = submissions.new_enquiry(session, submission, form_hash=form_hash, now=now, settings=settings)
    for name in _KEPT:
        setattr(second, name, getattr(found, name))
    _promise(session, found, second, now=now, settings=settings)
    return second


def _promise(session: Session, found: Enquiry, second: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Copy the promise: the partner was promised an answer to all that they asked, so both are due together.

    Where the original's clock has stopped (we wait for the partner, or a first answer was given), no one waits for the
    partner in this part and no one answered it: its clock runs again from today, exactly as the original's would if it
    were taken up again now. Days on which the clock was paused count in neither.
    """
    second.promised_on = found.promised_on
    if found.clock_stopped_on is not None:
        today = now.astimezone(settings.zone).date()
        second.clock_stopped_on = found.clock_stopped_on
        clock.resume(second, today)
        second.promised_on = clock.due(
            second, office_calendar.around(session, today, settings=settings), settings=settings
        )
    second.due_on = second.promised_on


def _copy_files(session: Session, found: Enquiry, second: Enquiry, files: Collection[int]) -> tuple[str, ...]:
    """Copy the chosen files in the database, unread; return their names."""
    same = ("name", "media_type", "size", "sha256", "content", "added_at", "checked_at", "finding")
    columns = [Attachment.__table__.c[name] for name in same]
    own = (Attachment.enquiry_id == found.id, Attachment.id.in_(files))
    copied = select(literal(second.id), *columns).where(*own).order_by(Attachment.id)
    session.execute(insert(Attachment).from_select(["enquiry_id", *same], copied))
    return tuple(session.scalars(select(Attachment.name).where(*own).order_by(Attachment.id)))


def _relate(session: Session, found: Enquiry, second: Enquiry, now: datetime) -> None:
    session.add(Relation(enquiry_id=second.id, other_id=found.id, merged=False, at=now))


def _origin(session: Session, found: Enquiry, second: Enquiry, by: Acting) -> Event:
    """Begin the second one's history with where it comes from; the partner reads it too."""
    facts = SplitFrom(reference=found.reference)
    event = events.add(session, second.id, EventKind.SPLIT, by.actor, facts, now=by.now, public=True)
    session.flush()
    return event
