"""What the holder of an enquiry's secret link sees and does, and how a lost link comes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import actions, confirming, drafts, held, loading, merged, senders
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import Invalid, TooMany
from webapp.domain.files import checking
from webapp.domain.links import opening
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import PARTIES, answerer_of
from webapp.domain.search.references import read_reference
from webapp.domain.security.acting import Acting
from webapp.models import Attachment, Enquiry, Event
from webapp.models.event_data import File, PartnerWrote
from webapp.vocabulary import OPEN_STATUSES, Action, ActorKind, EventKind, LinkKind, MessageKind, Status

# What a partner reads instead: whose approval we await, or what we take for spam, is internal.
_TOLD_AS = {
    Status.AWAITING_APPROVAL: Status.IN_REVIEW,
    Status.SPAM: Status.RECEIVED,
    Status.SUSPECT: Status.RECEIVED,
}
# The same words again within this time are a form that was sent twice.
_SENT_TWICE = timedelta(minutes=10)
# One enquiry holds no more files than this, however many messages bring them: a link must not fill the disk.
MOST_FILES = 60

# So many links leave for an address alone: as many as its mailbox gets in a day.
MOST_LINKS = 10


def locked(session: Session, opened: Opened, *, now: datetime) -> Enquiry:
    """Return the enquiry that a partner's link opened, locked with all into which it was merged.

    Who acts by the link of an email has its address: that is confirmed by it. Opening the link is not: programs that
    look for viruses open all. Raises NotFound where the link is no partner's, and Gone where it has ended meanwhile.
    """
    merged.lock(session, select(Enquiry.id).where(Enquiry.id == opened.enquiry_id))
    found = loading.locked_where(session, Enquiry.id == opened.enquiry_id)
    assert found is not None
    opening.opened(session, opened.token, *opening.PARTNERS, now=now, browser=opened.browser)
    if opened.kind is LinkKind.TRACKING:
        confirming.confirm(session, found, now=now)
    return found


def public_status(status: Status) -> Status:
    """Return the status that a partner sees."""
    return _TOLD_AS.get(status, status)


def change(event: Event) -> tuple[Status, Status] | None:
    """Return the statuses that an event led from and to, as a partner sees them; None for one that is no change."""
    moved = event.status_change
    if moved is None:
        return None
    before, after = public_status(moved.before), public_status(moved.after)
    return None if before is after else (before, after)


def history(found: Enquiry) -> list[Event]:
    """Return the events of an enquiry (with its public events) that tell its partner something, oldest first."""
    return [event for event in found.events if event.kind is not EventKind.STATUS or event.text or change(event)]


def write(
    session: Session,
    found: Enquiry,
    text: str,
    *,
    uploads: Sequence[Upload] = (),
    now: datetime,
    settings: Settings,
) -> Event:
    """Add the partner's message with its files; it also ends the wait for them.

    The same text again soon, with no other file, is the same message; a file that is there already stays once.
    Raises NotAllowed, Invalid (`attachments` where the enquiry holds as many files as it may), TooMany.
    """
    query = select(Event).where(Event.enquiry_id == found.id, Event.public).order_by(Event.id.desc()).limit(1)
    last = session.scalars(query).one()
    present = session.scalars(select(Attachment).where(Attachment.enquiry_id == found.id)).all()
    files = drafts.new_files(uploads, present, now=now)
    sent_twice = last.kind is EventKind.PARTNER_MESSAGE and last.text == text.strip() and last.at > now - _SENT_TWICE
    if sent_twice and not files:
        return last
    if files and len(present) + len(files) > MOST_FILES:
        raise Invalid({"attachments": "many"})
    for file in files:
        file.enquiry_id = found.id
    session.add_all(files)
    session.flush()
    checking.ask(session, files, settings=settings)
    facts = PartnerWrote(files=tuple(File(id=file.id, name=file.name, size=file.size) for file in files))
    return actions.act(
        session, found, Action.WRITE, text=text, facts=facts, by=Acting(actions.partner(found), now, settings)
    )


def withdraw(session: Session, found: Enquiry, text: str, *, now: datetime, settings: Settings) -> Event:
    """Withdraw the enquiry for the partner, with a reason if one was given. Raises NotAllowed once it has ended."""
    return actions.act(session, found, Action.WITHDRAW, text=text, by=Acting(actions.partner(found), now, settings))


def hides_replies(opened: Opened) -> bool:
    """Return whether what the office wrote is not for who opened the page: no one has confirmed the address."""
    return opened.kind is LinkKind.BROWSER and opened.enquiry.address_confirmed_at is None


def our_files(enquiry: Enquiry) -> frozenset[int]:
    """Return the ids of the files that the office sent, of an enquiry with its events."""
    ours = (event for event in enquiry.events if event.actor_kind is not ActorKind.PARTNER)
    return frozenset(file.id for event in ours for file in event.files)


def may_have(session: Session, opened: Opened, attachment_id: int) -> bool:
    """Return whether a file may be handed to who opened the page: what the office sent is only for its partner."""
    if not hides_replies(opened):
        return True
    query = select(Event).where(Event.enquiry_id == opened.enquiry_id, Event.action == Action.REPLY)
    return not any(file.id == attachment_id for event in session.scalars(query) for file in event.files)


def replace_link(session: Session, found: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Email the partner of a locked enquiry a new link; the one before ends.

    Raises NotAllowed for one that is held, and TooMany, when the one before stays.
    """
    senders.admit_link(session, email=found.contact_email, now=now)
    actions.act(session, found, Action.REQUEST_LINK, by=Acting(actions.partner(found), now, settings))


def send_lost_link(session: Session, *, reference: str, email: str, now: datetime, settings: Settings) -> None:
    """Email the secret link of an enquiry, or without a reference those of all open ones, to their own address.

    At most once in five minutes each, and ten a day in all, the newest first. Nothing leaves for one that is held. The
    caller must answer the same whether the enquiry exists or not, and in the same time.
    """
    wanted = Enquiry.reference == read_reference(reference) if reference else Enquiry.status.in_(OPEN_STATUSES)
    query = (
        select(Enquiry)
        .where(wanted, func.lower(Enquiry.contact_email) == email.strip().lower())
        .order_by(Enquiry.submitted_at.desc(), Enquiry.id.desc())
        .limit(MOST_LINKS)
        .options(*PARTIES)
    )
    for found in session.scalars(query).all():
        if not held.is_held(found):
            try:
                _send_link(session, found, now=now, settings=settings)
            except TooMany:
                return


def _send_link(session: Session, found: Enquiry, *, now: datetime, settings: Settings) -> None:
    senders.admit_link(session, email=found.contact_email, now=now)
    occasion = f"link-{int(now.timestamp()) // 300}"
    who = answerer_of(session, found, now=now, settings=settings)
    enquiry_mails.send(session, found, MessageKind.PARTNER_LINK, who=who, now=now, settings=settings, occasion=occasion)
