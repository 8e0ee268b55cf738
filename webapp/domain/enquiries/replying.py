"""What the office writes to a partner, with files: their page hands these out, and the email names them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions, drafts
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.enquiries.tracking import MOST_FILES
from webapp.domain.errors import Invalid
from webapp.domain.files import checking
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of, public_name
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.mail import messages
from webapp.mail.messages import Addressee, Institution
from webapp.models import Attachment, Enquiry, Event, Person
from webapp.models.event_data import File
from webapp.models.written_data import OfficeWrote
from webapp.vocabulary import Action

MOST_COPIES = 5


def reply(
    session: Session,
    found: Enquiry,
    text: str,
    *,
    uploads: Sequence[Upload] = (),
    copies: Sequence[str] = (),
    by: Acting,
    version: int | None = None,
) -> Event:
    """Write to the partner of a locked enquiry, with files; `copies` are the addresses of colleagues who get one.

    Raises as `actions.act`, and Invalid: `attachments` where the enquiry holds as many files as it may, `copies` for
    someone who is no colleague, or too many.
    """
    if len(copies) > MOST_COPIES:
        raise Invalid({"copies": "many"})
    if colleagues.faults({each: each for each in copies}, by=by):
        raise Invalid({"copies": "outside"})
    actions.check(found, Action.REPLY, actor=by.actor, version=version)
    files = drafts.new_files(uploads, (), now=by.now)
    if files:
        held = session.scalar(select(func.count()).where(Attachment.enquiry_id == found.id)) or 0
        if held + len(files) > MOST_FILES:
            raise Invalid({"attachments": "many"})
        for file in files:
            file.enquiry_id = found.id
        session.add_all(files)
        session.flush()
        checking.ask(session, files, settings=by.settings)
    facts = OfficeWrote(files=tuple(File(id=file.id, name=file.name, size=file.size) for file in files))
    event = actions.act(session, found, Action.REPLY, text=text, facts=facts, by=by, version=version)
    for address in copies:
        _copy(session, found, event, address, by=by)
    return event


def _copy(session: Session, found: Enquiry, event: Event, address: str, *, by: Acting) -> None:
    """Stage the copy for a colleague, in their language where they are known."""
    person = session.scalars(select(Person).where(Person.email == address, Person.active)).one_or_none()
    language = by.settings.spoken(person.language if person else found.language)
    to = Addressee(person.name if person else "", address, language, decides=False, has_account=False)
    who = answerer_of(session, found, now=by.now, settings=by.settings)
    names = tuple(file.name for file in event.files)
    content = messages.staff_copied(
        enquiry_mails.details_of(found, who, names, settings=by.settings),
        Institution.from_settings(by.settings),
        to=to,
        text=event.text,
        author=public_name(event.actor_name),
    )
    key = f"{content.kind}:{event.id}:{address}"
    outbox.stage(session, content, enquiry=found, dedupe_key=key, now=by.now, settings=by.settings)
