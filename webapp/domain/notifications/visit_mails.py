"""What emails know of a visit, and the news for its host."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.i18n import localised, short_range
from webapp.mail import messages
from webapp.mail.messages import Addressee, EmailContent, EnquiryDetails, Institution
from webapp.mail.values import DatesOffered, VisitDetails
from webapp.models import Enquiry, Event, Person, Visit
from webapp.models.visit_events import DatesAnswered, GroupChanged
from webapp.vocabulary import Language, MessageKind, OptionState, Status, VisitNews


def place(visit: Visit, language: Language) -> str:
    """Return where a visit is received, in a language: its room with the building, and what was said beside it."""
    parts = [localised(visit.room.name, language), localised(visit.room.building, language)] if visit.room else []
    return language.writing.things.join(filter(None, (*parts, visit.venue)))


def details_of(visit: Visit) -> VisitDetails:
    """Return what emails may know of a visit, whose room, host and options are loaded."""
    offered = [option for option in visit.options if option.state is OptionState.OFFERED]
    return VisitDetails(
        state=visit.state,
        mode=visit.mode,
        first_day=visit.first_day,
        last_day=visit.last_day,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        zone=ZoneInfo(visit.timezone),
        place={language: place(visit, language) for language in Language},
        host=visit.host.name if visit.host else "",
        guests=visit.guests,
        offered=tuple(DatesOffered(option.id, option.first_day, option.last_day) for option in offered),
        was_confirmed=visit.confirmed_at is not None,
    )


def write(
    kind: MessageKind, enquiry: EnquiryDetails, institution: Institution, to: Addressee, event: Event | None
) -> EmailContent:
    """Return the email of a kind about an enquiry's visit. Raises ValueError for one that is about something else."""
    text, facts = (event.text, event.facts) if event else ("", None)
    match kind, facts:
        case MessageKind.LIAISON_DATES, DatesAnswered(start=start, end=end):
            days = short_range(start, end, to.language) if start and end else ""
            return messages.liaison_dates(enquiry, institution, to=to, days=days, text=text)
        case MessageKind.LIAISON_GROUP, GroupChanged(before=before, after=after):
            return messages.liaison_group(enquiry, institution, to=to, size=(before, after), text=text)
        case MessageKind.PARTNER_DATES, _:
            return messages.partner_dates(enquiry, institution, text=text)
        case MessageKind.PARTNER_VISIT_MOVED, _:
            return messages.partner_visit_moved(enquiry, institution, text=text)
        case MessageKind.PARTNER_VISIT_POSTPONED, _:
            return messages.partner_visit_postponed(enquiry, institution, text=text)
    raise ValueError(f"{kind} is no mail about one enquiry")


def tell_host(
    session: Session,
    enquiry: Enquiry,
    details: EnquiryDetails,
    visit: Visit,
    event: Event,
    *,
    news: VisitNews,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the news of an event for the host of a visit, and for who was its host until then, once for each.

    Nothing leaves where the visit had not been confirmed, so that no host ever heard of it.
    """
    was_confirmed = event.status_change is not None and event.status_change.before is Status.SCHEDULED
    if visit.confirmed_at is None and not was_confirmed:
        return
    for person, told in _readers(session, visit, event, news):
        to = Addressee(person.name, person.email, settings.spoken(person.language), has_account=person.may_sign_in)
        content = messages.staff_hosting(
            details, Institution.from_settings(settings), to=to, news=told, text=_text(event, told)
        )
        key = f"{content.kind}:{event.id}:{person.id}"
        outbox.stage(session, content, enquiry=enquiry, dedupe_key=key, now=now, settings=settings)


def _readers(session: Session, visit: Visit, event: Event, news: VisitNews) -> list[tuple[Person, VisitNews]]:
    found: list[tuple[Person, VisitNews]] = []
    before = getattr(event.facts, "host_before", None)
    if before is not None and before != visit.host_id and (person := session.get(Person, before)) is not None:
        found.append((person, VisitNews.OTHER_HOST))
    if visit.host is not None:
        is_new = news is VisitNews.MOVED and before is not None and before != visit.host_id
        found.append((visit.host, VisitNews.CONFIRMED if is_new else news))
    return [(person, told) for person, told in found if person.active]


def _text(event: Event, news: VisitNews) -> str:
    """Return the words that went with an event, where its host may read them."""
    return "" if news is VisitNews.OTHER_HOST else event.text
