"""Which mail tells whom of what happened to an enquiry: from models to the mails' values, into the outbox."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain import outbox
from webapp.domain.routing import Answerer, answerer_of
from webapp.mail import messages
from webapp.mail.messages import Addressee, Case, House, Mail
from webapp.models import Enquiry, Event
from webapp.vocabulary import Action, MessageKind


def _write(  # noqa: PLR0911 - one return for each mail
    kind: MessageKind, case: Case, house: House, to: Addressee, event: Event | None
) -> Mail:
    text, author = (event.text, event.actor_name) if event else ("", "")
    match kind:
        case MessageKind.LIAISON_RECEIVED:
            return messages.liaison_received(case, house, to=to)
        case MessageKind.LIAISON_WITHDRAWN:
            return messages.liaison_withdrawn(case, house, to=to, text=text)
        case MessageKind.LIAISON_PARTNER_WROTE:
            return messages.liaison_partner_wrote(case, house, to=to, text=text)
        case MessageKind.PARTNER_RECEIPT:
            return messages.partner_receipt(case, house)
        case MessageKind.PARTNER_STATUS:
            reopened = event is not None and event.action is Action.REOPEN
            return messages.partner_status(case, house, text=text, reopened=reopened)
        case MessageKind.PARTNER_MESSAGE:
            return messages.partner_message(case, house, text=text, author=author)
        case MessageKind.PARTNER_LINK:
            return messages.partner_link(case, house)


def send(
    session: Session,
    enquiry: Enquiry,
    kind: MessageKind,
    *,
    now: datetime,
    settings: Settings,
    event: Event | None = None,
    attachment_names: tuple[str, ...] = (),
    occasion: str = "",
) -> None:
    """Stage the mail of a kind for an enquiry, once for each occasion (by default its event, else its submission).

    `enquiry.network` (with liaison and deputy) and `enquiry.assignee` must be loaded. The event must be flushed.
    """
    who = answerer_of(enquiry, settings=settings)
    case = case_of(enquiry, who, attachment_names)
    to = Addressee(who.name, who.email, who.language)
    mail = _write(kind, case, House.from_settings(settings), to, event)
    key = f"{kind}:{enquiry.id}:{occasion or (event.id if event else 'submitted')}"
    outbox.stage(session, mail, enquiry=enquiry, dedupe_key=key, now=now, settings=settings)


def case_of(enquiry: Enquiry, who: Answerer, attachment_names: tuple[str, ...] = ()) -> Case:
    """Return what mails may know of an enquiry."""
    network = enquiry.network
    return Case(
        reference=enquiry.reference,
        kind=enquiry.kind,
        status=enquiry.status,
        language=enquiry.language,
        contact_name=enquiry.contact_name,
        contact_position=enquiry.contact_position,
        contact_email=enquiry.contact_email,
        phone=enquiry.phone,
        organisation=enquiry.organisation,
        organisation_type=enquiry.organisation_type,
        on_behalf_of=enquiry.on_behalf_of,
        existing_link=enquiry.existing_link,
        country=enquiry.country,
        subject=enquiry.subject,
        message=enquiry.message,
        network_short=network.short_name if network else None,
        network_name=network.name if network else None,
        answers=enquiry.answers,
        submitted_at=enquiry.submitted_at,
        promised_on=enquiry.promised_on,
        attachment_names=attachment_names,
        answerer_name=who.name,
    )
