"""What emails know of a visit, and the news for its host."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.i18n import localised, short_range, translations
from webapp.mail import messages
from webapp.mail.invitation import Entry, Method, written
from webapp.mail.messages import Addressee, EmailContent, EnquiryDetails, Institution
from webapp.mail.plain import one_line
from webapp.mail.values import DatesOffered, VisitDetails
from webapp.models import Enquiry, Event, Person, Visit
from webapp.models.roster_data import RosterSaved
from webapp.models.visit_events import CalledOff, DatesAnswered, GroupChanged, VisitPlanned
from webapp.vocabulary import TO_PARTNER, Language, MessageKind, OptionState, Status, VisitNews, VisitState


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


def with_letters(enquiry: EnquiryDetails, event: Event | None) -> EnquiryDetails:
    """Return what emails may know of an enquiry, with the invitation letters that an event withdrew."""
    ended = event.facts.letters if event is not None and isinstance(event.facts, CalledOff) else ()
    if not ended or enquiry.visit is None:
        return enquiry
    return replace(enquiry, visit=replace(enquiry.visit, letters_withdrawn=ended))


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
        case MessageKind.LIAISON_ROSTER, RosterSaved(delegates=delegates, asked=asked):
            return messages.liaison_roster(enquiry, institution, to=to, delegates=delegates, asked=asked)
        case MessageKind.PARTNER_DATES, _:
            return messages.partner_dates(enquiry, institution, text=text)
        case MessageKind.PARTNER_VISIT_MOVED, _:
            return messages.partner_visit_moved(enquiry, institution, text=text)
        case MessageKind.PARTNER_VISIT_POSTPONED, _:
            return messages.partner_visit_postponed(enquiry, institution, text=text)
    raise ValueError(f"{kind} is no mail about one enquiry")


def invited(
    content: EmailContent,
    visit: Visit,
    enquiry: Enquiry,
    event: Event,
    *,
    news: VisitNews,
    now: datetime,
    settings: Settings,
) -> EmailContent:
    """Return an email with the entry for its reader's calendar: a new one, a changed one, or its end.

    All entries of a visit have one identity, by which calendars replace them. What was never confirmed, and so is in no
    calendar, is not taken out of one.
    """
    starts_at, ends_at = visit.starts_at, visit.ends_at
    if starts_at is None and isinstance(event.facts, VisitPlanned):
        starts_at, ends_at = event.facts.starts_at, event.facts.ends_at
    if starts_at is None or ends_at is None or not _was_confirmed(visit, event):
        return content
    ended = news in (VisitNews.CALLED_OFF, VisitNews.OTHER_HOST)
    entry = replace(
        entry_of(
            visit,
            enquiry,
            content.language,
            times=(starts_at, ends_at),
            of_partner=content.kind in TO_PARTNER,
            settings=settings,
        ),
        changed_at=now,
        attendee=(content.recipient_name, content.recipient_email),
        cancelled=ended,
    )
    return replace(content, calendar=written([entry], Method.CANCEL if ended else Method.REQUEST))


def entry_of(
    visit: Visit,
    enquiry: Enquiry,
    language: Language,
    *,
    times: tuple[datetime, datetime],
    of_partner: bool,
    settings: Settings,
) -> Entry:
    """Return a visit at these times as an entry of a calendar, as its partner or a colleague reads it."""
    t, house = translations(language), settings.named("institution_short", language)
    said = t.gettext("Visit to %(institution)s") if of_partner else t.gettext("Visit of %(organisation)s")
    host = visit.host.name if visit.host else ""
    return Entry(
        uid=visit.uid,
        sequence=visit.sequence,
        starts_at=times[0],
        ends_at=times[1],
        zone=ZoneInfo(visit.timezone),
        summary=said % {"institution": house, "organisation": one_line(enquiry.organisation)},
        changed_at=visit.changed_at,
        location=one_line(place(visit, language), 400),
        description="\n".join(filter(None, (enquiry.reference, host))),
        organizer=(house, settings.office_email),
        tentative=visit.state is VisitState.TENTATIVE,
        cancelled=visit.state is VisitState.CANCELLED,
    )


def _was_confirmed(visit: Visit, event: Event) -> bool:
    change = event.status_change
    return visit.confirmed_at is not None or (change is not None and change.before is Status.SCHEDULED)


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
    if not _was_confirmed(visit, event):
        return
    for person, told in _readers(session, visit, event, news):
        to = Addressee(person.name, person.email, settings.spoken(person.language), has_account=person.may_sign_in)
        content = messages.staff_hosting(
            details, Institution.from_settings(settings), to=to, news=told, text=_text(event, told)
        )
        content = invited(content, visit, enquiry, event, news=told, now=now, settings=settings)
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
