"""What a partner submits becomes an enquiry, once for each form, with its receipt and the email to its answerer."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import Session, attributes, joinedload, make_transient_to_detached

from webapp.config import Settings
from webapp.db import Base
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.enquiries import actions, arrival, held
from webapp.domain.enquiries.arrival import Arrivals
from webapp.domain.errors import Conflict
from webapp.domain.files import checking
from webapp.domain.history import events
from webapp.domain.links import issuing
from webapp.domain.messages import outbox
from webapp.domain.notifications import first_mails
from webapp.domain.routing.answerer import Answerer, answerer_of
from webapp.domain.search import text as search_text
from webapp.domain.search.references import new_reference
from webapp.models import NEVER, Draft, Enquiry, Link, Message, Network, batch
from webapp.models.batch import Numbers, Rows
from webapp.models.event_data import Submitted
from webapp.vocabulary import EventKind, Kind, Language, LinkKind, OrganisationType, Status

_COLUMNS = frozenset(column.key for column in Enquiry.__table__.c)
# What was typed into a draft is its enquiry's from then on.
_DRAFTS: Any = Draft.__table__
_SENT = update(_DRAFTS).where(_DRAFTS.c.id == bindparam("draft_id"))
_SENT = _SENT.values({name: bindparam(name) for name in ("enquiry_id", "fields", "checked", "sent_hash")})
# What begins at most: an enquiry, links of its partner, of their browser and of who answers, and the first emails.
BEGUN: dict[type[Base], int] = {Enquiry: 1, Link: 3, Message: 2}
# Rows, and what is updated with them by which values; see `batch.write`.
Begun = tuple[list[Rows], Update | None, Mapping[str, Any]]


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
    given = {name: value for name, value in vars(submission).items() if name != "consent_version"}
    given["answers"] = {name: _in_order(value) for name, value in submission.answers.items()}
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def _in_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else value


def submit(
    session: Session,
    submission: Submission,
    *,
    draft: Draft,
    meets: Arrivals | None = None,
    links: Sequence[Link] = (),
    numbers: Numbers | None = None,
    now: datetime,
    settings: Settings,
) -> tuple[Enquiry, bool]:
    """Turn the draft into an enquiry with its receipt and the email to the answerer; True says that it is new.

    A suspect draft becomes one that is held: no one hears of it before someone has said that it is genuine, and its
    clock does not run. No one has confirmed yet whose address it is: see `confirming`. Sending the same form instance
    again returns the enquiry that it became. The draft, with its files, must be locked by this transaction. `meets` is
    what is known of the day already; without it the enquiry is the session's, with its parties. `links` are made for
    it, beside its partner's and that of who answers it; `numbers` were reserved for `BEGUN` by this transaction.
    """
    day = now.astimezone(settings.zone).date()
    known = meets or arrival.read(session, day, settings=settings, slug=submission.network)
    to = known.at(submission.network)
    enquiry = _arrived(submission, draft, known, now=now, settings=settings)
    became: dict[str, Any] = {"enquiry_id": 0, "fields": {}, "checked": {}, "sent_hash": digest(submission)}
    names = tuple(file.name for file in draft.attachments)

    def begin(found: Numbers) -> Begun:
        given: dict[str, Any] = {"now": now, "settings": settings}
        made, rows = _begin(enquiry, None if draft.suspect else to.who, links, found[Link], **given)
        if not draft.suspect:
            given |= {"attachment_names": names, "numbers": found[Message]}
            rows.append(first_mails.begin(enquiry, network=to, who=to.who, links=made, **given))
        became["enquiry_id"] = enquiry.id
        return rows, _SENT, {"draft_id": draft.id, **became}

    found = _write(session, enquiry, begin, numbers)
    if found is None:
        return session.scalars(select(Enquiry).where(Enquiry.form_hash == draft.form_hash)).one(), False
    if meets is None:
        _joined(session, enquiry, network=_network(session, submission.network), assignee=None)
    if not draft.suspect:
        outbox.begun(session, found[Message], now=now)
    _became(session, draft, became, now=now)
    return enquiry, True


def _became(session: Session, draft: Draft, became: Mapping[str, Any], *, now: datetime) -> None:
    """Let the draft of this session say what was written of it, and hand its files on."""
    for name, value in became.items():
        attributes.set_committed_value(draft, name, value)
    for file in draft.attachments:
        file.enquiry_id = draft.enquiry_id
    if draft.attachments:
        checking.tell(session, became["enquiry_id"], now=now)


def _arrived(submission: Submission, draft: Draft, known: Arrivals, *, now: datetime, settings: Settings) -> Enquiry:
    """Return what a draft becomes, as new enquiries are met on this day."""
    to = known.at(submission.network)
    enquiry = _filled_in(submission, draft.form_hash, due=known.due[submission.kind], now=now, settings=settings)
    enquiry.network_id, enquiry.answerer_id = to.network_id, to.who.person_id
    if draft.suspect:
        enquiry.status, enquiry.due_on = Status.SUSPECT, NEVER
        enquiry.clock_stopped_on = now.astimezone(settings.zone).date()
    return enquiry


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
    enquiry = _filled_in(submission, form_hash, due=due, now=now, settings=settings)
    enquiry.network, enquiry.network_id, enquiry.assignee = network, network.id if network else None, None
    return enquiry


def enter(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Answerer:
    """Add a new enquiry, with its reference, its partner's link, who answers it today and the first line of its
    history; return who.

    Raises Conflict where its form made another enquiry meanwhile.
    """
    who = answerer_of(session, enquiry, now=now, settings=settings)
    enquiry.answerer_id = who.person_id
    given: dict[str, Any] = {"now": now, "settings": settings}
    if _write(session, enquiry, lambda found: (_begin(enquiry, None, (), found[Link], **given)[1], None, {})) is None:
        raise Conflict(version=0, changed_at=enquiry.submitted_at)
    _joined(session, enquiry)
    return who


def _begin(
    enquiry: Enquiry,
    who: Answerer | None,
    links: Sequence[Link],
    numbers: Sequence[int],
    *,
    now: datetime,
    settings: Settings,
) -> tuple[list[Link], list[Rows]]:
    """Return what every new enquiry has: its links, also for `who` answers it by one; and their rows, with those of
    its terms and of the first line of its history."""
    given: dict[str, Any] = {"now": now, "settings": settings}
    tracking = issuing.new(LinkKind.TRACKING, enquiry.id, enquiry.contact_email, expires_at=None, **given)
    made = [tracking, *links]
    for link in links:
        link.enquiry_id = enquiry.id
    if who is not None and who.person_id is not None:
        made.append(issuing.of_answerer(enquiry.id, who.person_id, who.email, **given))
    for link, number in zip(made, numbers, strict=False):
        link.id = number
    facts = Submitted(held=held.is_held(enquiry))
    first = events.begin(enquiry.id, EventKind.SUBMITTED, actions.partner(enquiry), facts, now=enquiry.submitted_at)
    return made, [search_text.begin(enquiry), issuing.begin(made), first]


def _network(session: Session, slug: str) -> Network | None:
    query = select(Network).where(Network.slug == slug, Network.active)
    return session.scalar(query.options(joinedload(Network.liaison), joinedload(Network.deputy)))


def _write(
    session: Session, enquiry: Enquiry, begin: Callable[[Numbers], Begun], numbers: Numbers | None = None
) -> Numbers | None:
    """Write an enquiry and what begins with it, under a reference drawn at random, one that is taken drawn again.

    `begin` makes what is written of each try. Return their numbers; None where nothing was written, as its form made an
    enquiry already.
    """
    session.flush()
    while True:
        numbers = numbers or batch.reserve(session, BEGUN)
        [enquiry.id] = numbers[Enquiry]
        enquiry.reference = new_reference()
        enquiry.search_text = search_text.text_of(enquiry)
        values = attributes.instance_dict(enquiry)
        row = {name: values[name] for name in _COLUMNS if name in values}
        if batch.write(session, *begin(numbers), first=Rows(Enquiry, [row])):
            break
        if session.scalar(select(Enquiry.id).where(Enquiry.form_hash == enquiry.form_hash)) is not None:
            return None
        numbers = None
    return numbers


def _joined(session: Session, enquiry: Enquiry, **parties: Any) -> None:
    """Let the session know an enquiry that is written already, and who or what it is to do with."""
    make_transient_to_detached(enquiry)
    session.add(enquiry)
    for name, party in parties.items():
        attributes.set_committed_value(enquiry, name, party)


def _filled_in(submission: Submission, form_hash: str, *, due: date, now: datetime, settings: Settings) -> Enquiry:
    values = {
        **{name: value for name, value in vars(submission).items() if name != "network"},
        "answers": dict(submission.answers),
        "asked_as": submission.kind,
        "form_hash": form_hash,
        "status": Status.RECEIVED,
        "version": 1,
        **dict.fromkeys(("submitted_at", "changed_at", "consent_at"), now),
        "promised_on": due,
        "due_on": due,
        "promised_days": settings.promised(submission.kind),
        "pauses": [],
    }
    return batch.made(Enquiry, values)
