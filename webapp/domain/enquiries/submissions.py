"""What a partner submits becomes an enquiry, once for each form, with its receipt and the email to its answerer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.enquiries import actions, held
from webapp.domain.errors import Conflict
from webapp.domain.files import checking
from webapp.domain.history import events
from webapp.domain.links import issuing
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer, answerer_of
from webapp.domain.search import text as search_text
from webapp.domain.search.references import new_reference
from webapp.models import NEVER, Draft, Enquiry, Network
from webapp.models.event_data import Submitted
from webapp.vocabulary import EventKind, Kind, Language, OrganisationType, Status


@dataclass(frozen=True)
class Submission:
    """What a partner sends, validated by the edge. `network` is a slug or empty; `answers` is what the kind asks."""

    kind: Kind
    network: str
    language: Language
    contact_name: str
    contact_position: str
    contact_email: str
    phone: str
    organisation: str
    organisation_type: OrganisationType
    country: str
    subject: str
    message: str
    consent_version: str
    on_behalf_of: str = ""
    existing_link: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


def digest(submission: Submission) -> str:
    """Return what tells whether the same was sent again: of what was asked, in whatever order choices were ticked."""
    given = {name: value for name, value in asdict(submission).items() if name != "consent_version"}
    given["answers"] = {name: _in_order(value) for name, value in submission.answers.items()}
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def _in_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else value


def submit(
    session: Session, submission: Submission, *, draft: Draft, now: datetime, settings: Settings
) -> tuple[Enquiry, bool]:
    """Turn the draft into an enquiry with its receipt and the email to the answerer; True says that it is new.

    A suspect draft becomes one that is held: no one hears of it before someone has said that it is genuine, and its
    clock does not run. No one has confirmed yet whose address it is: see `confirming`. Sending the same form instance
    again returns the enquiry that it became. The draft must be locked by this transaction (see `drafts.locked`).
    """
    existing = session.scalar(select(Enquiry).where(Enquiry.form_hash == draft.form_hash))
    if existing is not None:
        return existing, False
    enquiry = new_enquiry(session, submission, form_hash=draft.form_hash, now=now, settings=settings)
    if draft.suspect:
        enquiry.status, enquiry.due_on = Status.SUSPECT, NEVER
        enquiry.clock_stopped_on = now.astimezone(settings.zone).date()
    who = enter(session, enquiry, now=now, settings=settings)
    for attachment in draft.attachments:
        attachment.enquiry_id = enquiry.id
    if draft.attachments:
        checking.tell(session, enquiry.id, now=now)
    draft.enquiry_id = enquiry.id
    draft.fields = {}
    draft.sent_hash = digest(submission)
    names = tuple(attachment.name for attachment in draft.attachments)
    for kind in () if draft.suspect else held.MAILS:
        enquiry_mails.send(session, enquiry, kind, who=who, now=now, settings=settings, attachment_names=names)
    return enquiry, True


def new_enquiry(
    session: Session, submission: Submission, *, form_hash: str, now: datetime, settings: Settings
) -> Enquiry:
    """Return an enquiry that came now, with a promise of its own; `enter` adds it.

    A network that is not in the directory is none.
    """
    network = _network(session, submission.network)
    today = now.astimezone(settings.zone).date()
    promised = settings.promised(submission.kind)
    due = promise(today, promised, office_calendar.around(session, today, settings=settings)).due
    return _filled_in(submission, network, form_hash, due=due, now=now, settings=settings)


def enter(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Answerer:
    """Add a new enquiry, with its reference, its partner's link, who answers it today and the first line of its
    history; return who.

    Raises Conflict where its form made another enquiry meanwhile.
    """
    who = answerer_of(session, enquiry, now=now, settings=settings)
    enquiry.answerer_id = who.person_id
    _add(session, enquiry)
    issuing.track(session, enquiry, now=now, settings=settings)
    actor, facts = actions.partner(enquiry), Submitted(held=held.is_held(enquiry))
    events.add(session, enquiry.id, EventKind.SUBMITTED, actor, facts, now=enquiry.submitted_at, public=True)
    return who


def _network(session: Session, slug: str) -> Network | None:
    query = select(Network).where(Network.slug == slug, Network.active)
    return session.scalar(query.options(joinedload(Network.liaison), joinedload(Network.deputy)))


def _add(session: Session, enquiry: Enquiry) -> None:
    """Add an enquiry under a reference drawn at random; one taken, even a moment ago, is drawn again."""
    while True:
        enquiry.reference = new_reference()
        enquiry.search_text = search_text.text_of(enquiry)
        try:
            with session.begin_nested():
                session.add(enquiry)
                session.flush()
                search_text.store(session, enquiry)
        except IntegrityError as error:
            if session.scalar(select(Enquiry.id).where(Enquiry.reference == enquiry.reference)) is None:
                raise Conflict(version=0, changed_at=enquiry.submitted_at) from error
        else:
            return


def _filled_in(
    submission: Submission, network: Network | None, form_hash: str, *, due: date, now: datetime, settings: Settings
) -> Enquiry:
    given = {name: getattr(submission, name) for name in submission.__dataclass_fields__ if name != "network"}
    return Enquiry(
        **{**given, "answers": dict(submission.answers)},
        asked_as=submission.kind,
        form_hash=form_hash,
        status=Status.RECEIVED,
        version=1,
        network=network,
        assignee=None,
        submitted_at=now,
        changed_at=now,
        consent_at=now,
        promised_on=due,
        due_on=due,
        promised_days=settings.promised(submission.kind),
        pauses=[],
    )
