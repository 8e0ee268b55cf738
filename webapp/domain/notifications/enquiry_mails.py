"""Which email tells whom of what happened to an enquiry: from models to the emails' values, into the outbox."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.links import issuing
from webapp.domain.messages import outbox
from webapp.domain.notifications import visit_mails
from webapp.domain.routing.answerer import Answerer, public_name
from webapp.mail import messages
from webapp.mail.messages import (
    Addressee,
    ApprovalRequest,
    EmailContent,
    EnquiryDetails,
    HandOver,
    Institution,
    ReferralAnswer,
    ReferralDetails,
)
from webapp.models import Approval, Enquiry, Event, Leave, Link, Person, Referral, Visit
from webapp.models.event_data import HandedOver, Merged, Returned, SplitFrom
from webapp.vocabulary import IN_HAND, OPEN_STATUSES, TO_PARTNER, Action, Language, MessageKind, Post, VisitNews

_TO_ANSWERER = frozenset(
    {
        MessageKind.LIAISON_RECEIVED,
        MessageKind.LIAISON_HANDED_OVER,
        MessageKind.LIAISON_PARTNER_WROTE,
        MessageKind.LIAISON_PARTNER_WROTE_AGAIN,
        MessageKind.LIAISON_APPROVAL,
        MessageKind.LIAISON_RETURNED,
        MessageKind.LIAISON_DATES,
        MessageKind.LIAISON_GROUP,
    }
)

# Who wrote, where an enquiry continues in another partner's.
_WRITER = ("contact_name", "contact_position", "contact_email", "phone", "organisation", "country")


def _write(  # noqa: PLR0911, PLR0912 - one return for each email
    kind: MessageKind,
    enquiry: EnquiryDetails,
    institution: Institution,
    to: Addressee,
    *,
    event: Event | None,
    handover: HandOver,
) -> EmailContent:
    text, author, facts = (event.text, public_name(event.actor_name), event.facts) if event else ("", "", None)
    match kind:
        case MessageKind.LIAISON_RECEIVED:
            return messages.liaison_received(enquiry, institution, to=to)
        case MessageKind.LIAISON_WITHDRAWN:
            return messages.liaison_withdrawn(enquiry, institution, to=to, text=text)
        case MessageKind.LIAISON_PARTNER_WROTE:
            return messages.liaison_partner_wrote(enquiry, institution, to=to, text=text)
        case MessageKind.LIAISON_HANDED_OVER:
            return messages.liaison_handed_over(enquiry, institution, to=to, handover=handover)
        case MessageKind.LIAISON_APPROVAL:
            approved = event is not None and event.action is Action.APPROVE
            by = event.actor_name if event else ""
            return messages.liaison_approval(enquiry, institution, to=to, name=by, approved=approved, note=text)
        case MessageKind.LIAISON_RETURNED if isinstance(facts, Returned):
            returned = ReferralAnswer(facts.faculty, event.actor_name if event else "", facts.finding, text)
            return messages.liaison_returned(enquiry, institution, to=to, returned=returned)
        case MessageKind.APPROVER_ASKED:
            raise ValueError("an approver is asked by ask_approver")
        case MessageKind.PARTNER_RECEIPT:
            return messages.partner_receipt(enquiry, institution)
        case MessageKind.PARTNER_STATUS:
            reopened = event is not None and event.action is Action.REOPEN
            return messages.partner_status(enquiry, institution, text=text, reopened=reopened)
        case MessageKind.PARTNER_MESSAGE:
            return messages.partner_message(enquiry, institution, text=text, author=author)
        case MessageKind.PARTNER_LINK:
            return messages.partner_link(enquiry, institution)
        case MessageKind.PARTNER_MERGED:
            return messages.partner_merged(enquiry, institution, into=facts.into if isinstance(facts, Merged) else "")
        case MessageKind.PARTNER_CONVERTED:
            return messages.partner_converted(enquiry, institution, text=text)
        case MessageKind.PARTNER_SPLIT:
            origin = facts.reference if isinstance(facts, SplitFrom) else ""
            return messages.partner_split(enquiry, institution, origin=origin)
        case MessageKind.STAFF_MENTIONED:
            return messages.staff_mentioned(enquiry, institution, to=to, text=text, author=author)
        case _:
            return visit_mails.write(kind, enquiry, institution, to, event)


def send(
    session: Session,
    enquiry: Enquiry,
    kind: MessageKind,
    *,
    who: Answerer,
    now: datetime,
    settings: Settings,
    event: Event | None = None,
    attachment_names: tuple[str, ...] = (),
    occasion: str = "",
    wrote: Enquiry | None = None,
    visit: Visit | None = None,
    news: VisitNews | None = None,
) -> None:
    """Stage the email of a kind for an enquiry, once for each occasion (by default its event, else its submission).

    `who` answers it today. `visit` is its visit, with what `visiting.of` loads. `wrote` is the enquiry by whose link
    its partner wrote: another one, if that continues here. `enquiry.network` must be loaded. The event must be flushed.
    """
    files = attachment_names or (tuple(file.name for file in event.files) if event else ())
    details = visit_mails.with_letters(details_of(enquiry, who, files, visit=visit, settings=settings), event)
    if wrote is not None and wrote is not enquiry:
        details = in_words_of(details, wrote)
    to, link = addressee(session, enquiry, kind, who=who, now=now, settings=settings)
    institution = Institution.from_settings(settings)
    content = _write(kind, details, institution, to, event=event, handover=_handover(who, event))
    if kind in TO_PARTNER and visit is not None and news is not None and event is not None:
        content = visit_mails.invited(content, visit, enquiry, event, news=news, now=now, settings=settings)
    if kind in TO_PARTNER and enquiry.status not in OPEN_STATUSES:
        link = issuing.present_tracking(session, enquiry, now=now, settings=settings)
    key = f"{kind}:{enquiry.id}:{occasion or (event.id if event else 'submitted')}"
    outbox.stage(session, content, enquiry=enquiry, link=link, dedupe_key=key, now=now, settings=settings)


def reader(who: Answerer, settings: Settings, *, decides: bool) -> Addressee:
    """Return who answers as the reader of an email, which has a link to decide or not."""
    name, language = public_name(who.name), settings.spoken(who.language)
    return Addressee(name, who.email, language, decides=decides, has_account=who.has_account)


def addressee(
    session: Session, enquiry: Enquiry, kind: MessageKind, *, who: Answerer, now: datetime, settings: Settings
) -> tuple[Addressee, Link | None]:
    """Return an email's reader, with the link by which they answer the enquiry from it, where they may."""
    link = None
    if who.person_id is not None and kind in _TO_ANSWERER and enquiry.status in IN_HAND:
        link = issuing.issue(session, enquiry, who.person_id, now=now, settings=settings)
    return reader(who, settings, decides=link is not None), link


def in_words_of(details: EnquiryDetails, wrote: Enquiry) -> EnquiryDetails:
    """Return what emails say of an enquiry, with who wrote by the link of another, which continues in it."""
    return replace(details, **{name: getattr(wrote, name) for name in _WRITER})


def confirm_away(
    session: Session, leave: Leave, enquiry: Enquiry, person: Person, *, now: datetime, settings: Settings
) -> None:
    """Stage the email to a person about the leave that a link to them entered, once. `enquiry.network` is loaded."""
    to = Addressee(
        public_name(person.name), person.email, person.language, decides=False, has_account=person.may_sign_in
    )
    who = Answerer(person.name, person.email, person.language, person.id)
    content = messages.liaison_away(
        details_of(enquiry, who, settings=settings),
        Institution.from_settings(settings),
        to=to,
        days=(leave.starts_on, leave.ends_on),
    )
    link = issuing.issue(session, enquiry, person.id, now=now, settings=settings)
    key = f"{content.kind}:{leave.id}"
    outbox.stage(session, content, enquiry=enquiry, link=link, dedupe_key=key, now=now, settings=settings)


def answer_links(
    session: Session, who: Answerer, enquiries: Iterable[Enquiry], *, now: datetime, settings: Settings
) -> dict[int, Link]:
    """Return the links that a list puts beside those of its enquiries that its reader answers, by enquiry's id.

    Those with an account answer at the desk, and get none.
    """
    if who.has_account or who.person_id is None:
        return {}
    numbers = [enquiry.id for enquiry in enquiries if enquiry.status in IN_HAND]
    return issuing.issue_several(session, numbers, who.person_id, now=now, settings=settings)


def ask_approver(
    session: Session,
    approval: Approval,
    enquiry: Enquiry,
    *,
    who: Answerer,
    occasion: str,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the question to an approver, once for each occasion; `occasion` "asked" is the first one.

    `enquiry.network` must be loaded, the approval with its link flushed.
    """
    request = ApprovalRequest(approval.question, approval.asked_by, reminder=occasion != "asked")
    to = Addressee(approval.name, approval.email, settings.spoken(approval.language), decides=True, has_account=False)
    content = messages.approver_asked(
        details_of(enquiry, who, settings=settings), Institution.from_settings(settings), to=to, request=request
    )
    key = f"{content.kind}:{approval.id}:{occasion}"
    outbox.stage(session, content, enquiry=enquiry, link=approval.link, dedupe_key=key, now=now, settings=settings)


def ask_faculty(
    session: Session,
    referral: Referral,
    enquiry: Enquiry,
    *,
    who: Answerer,
    occasion: str,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the question to a faculty, once for each occasion; `occasion` "asked" is the first one.

    `enquiry.network` and `referral.faculty` must be loaded, the referral with its link flushed.
    """
    referred, to = _referred(referral, settings, reminder=occasion != "asked")
    content = messages.faculty_asked(
        details_of(enquiry, who, settings=settings), Institution.from_settings(settings), to=to, referred=referred
    )
    key = f"{content.kind}:{referral.id}:{occasion}"
    outbox.stage(session, content, enquiry=enquiry, link=referral.link, dedupe_key=key, now=now, settings=settings)


def tell_recalled(
    session: Session, referral: Referral, enquiry: Enquiry, *, who: Answerer, now: datetime, settings: Settings
) -> None:
    """Stage the news that a referral was taken back, once; it carries no link. Both rows as for `ask_faculty`."""
    referred, to = _referred(referral, settings)
    content = messages.faculty_recalled(
        details_of(enquiry, who, settings=settings), Institution.from_settings(settings), to=to, referred=referred
    )
    key = f"{content.kind}:{referral.id}"
    outbox.stage(session, content, enquiry=enquiry, dedupe_key=key, now=now, settings=settings)


def _referred(referral: Referral, settings: Settings, *, reminder: bool = False) -> tuple[ReferralDetails, Addressee]:
    name = referral.faculty.name
    referred = ReferralDetails(name, referral.question, referral.referred_by, referral.return_by, reminder=reminder)
    return referred, Addressee(
        referral.name, referral.email, settings.spoken(referral.language), decides=True, has_account=False
    )


def _handover(who: Answerer, event: Event | None) -> HandOver:
    """Return what the email says of why it came: whose place they take, or who gave it to them."""
    first = who.steps[0] if who.steps else None
    return HandOver(
        office=who.person_id is None and who.post is Post.OFFICE,
        missing=first.name if first else "",
        until=first.until if first else None,
        before=event.facts.before if event and isinstance(event.facts, HandedOver) else "",
        given_by=event.actor_name if event else "",
        note=event.text if event else "",
    )


def details_of(
    enquiry: Enquiry, who: Answerer, files: tuple[str, ...] = (), *, visit: Visit | None = None, settings: Settings
) -> EnquiryDetails:
    """Return what emails may know of an enquiry; those to its partner are in their language, or the nearest to it."""
    found = details_with(enquiry, enquiry.network, who, files, settings=settings)
    return found if visit is None else replace(found, visit=visit_mails.details_of(visit))


def details_with(
    enquiry: Enquiry, network: Any, who: Answerer, attachment_names: tuple[str, ...], *, settings: Settings
) -> EnquiryDetails:
    """Return the same with a network, or what stands for one or none, by its `short_name` and its `name`."""
    return EnquiryDetails(
        reference=enquiry.reference,
        kind=enquiry.kind,
        status=enquiry.status,
        language=settings.spoken(enquiry.language),
        written_in=Language(enquiry.language),
        contact_name=enquiry.contact_name,
        contact_position=enquiry.contact_position,
        contact_email=enquiry.contact_email,
        phone=enquiry.phone,
        organisation=enquiry.organisation,
        organisation_type=enquiry.organisation_type,
        on_behalf_of=enquiry.on_behalf_of,
        existing_link=enquiry.existing_link,
        asked_as=enquiry.asked_as,
        country=enquiry.country,
        subject=enquiry.subject,
        message=enquiry.message,
        network_short=network.short_name or None if network else None,
        network_name=network.name if network else None,
        answers=enquiry.answers,
        submitted_at=enquiry.submitted_at,
        promised_on=enquiry.promised_on,
        attachment_names=attachment_names,
        answerer_name=public_name(who.name),
    )
