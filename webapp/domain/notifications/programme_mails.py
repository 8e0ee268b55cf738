"""Emails about a slot of a visit's programme: who receives is asked and kept up to date, who arranges hears of a no."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of
from webapp.i18n import localised, translations
from webapp.mail import messages
from webapp.mail.invitation import Entry, Method, written
from webapp.mail.messages import Addressee, Institution, SlotDetails
from webapp.mail.plain import one_line
from webapp.models import Enquiry, SlotHost, Visit, VisitSlot
from webapp.vocabulary import Language, LinkEnd, MessageKind, SlotAnswer, SlotNews

# What a host's calendar has from a yes on is kept up by all that follows.
_ENDS = (SlotNews.OFF, SlotNews.LEFT)
_ASKING = (SlotNews.ASKED, SlotNews.REMINDED, SlotNews.MOVED)


def place(slot: VisitSlot, language: Language) -> str:
    """Return where a slot is, in a language: its room with the building, and what was said beside it."""
    parts = [localised(slot.room.name, language), localised(slot.room.building, language)] if slot.room else []
    return language.writing.things.join(filter(None, (*parts, slot.place)))


def details_of(slot: VisitSlot) -> SlotDetails:
    """Return what emails may know of a slot, whose visit and room are loaded."""
    return SlotDetails(
        title=slot.title,
        purpose=slot.purpose,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=ZoneInfo(slot.visit.timezone),
        place={language: place(slot, language) for language in Language},
        languages=slot.languages,
        interpreter=slot.interpreter,
    )


def tell_host(
    session: Session,
    enquiry: Enquiry,
    slot: VisitSlot,
    host: SlotHost,
    news: SlotNews,
    *,
    occasion: str,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the news about a slot for one who receives in it, once for each occasion, with the entry for calendars.

    What asks carries the host's own link, which is flushed. Slot and host come with visit, room, person and link.
    """
    person = host.person
    if not person.active:
        return
    who = answerer_of(session, enquiry, now=now, settings=settings)
    to = Addressee(person.name, person.email, settings.spoken(person.language), has_account=person.may_sign_in)
    content = messages.staff_slot(
        enquiry_mails.details_of(enquiry, who, settings=settings),
        Institution.from_settings(settings),
        to=to,
        slot=details_of(slot),
        news=news,
    )
    given: dict[str, Any] = {"enquiry": enquiry, "now": now, "settings": settings}
    calendar = _calendar(slot, host, news, to, **given)
    link = host.link if news in _ASKING else None
    key = f"{content.kind}:{host.id}:{news}:{occasion}"
    outbox.stage(session, replace(content, calendar=calendar), link=link, dedupe_key=key, **given)
    host.entered = (host.entered or news is SlotNews.AGREED) and news not in _ENDS


def _calendar(
    slot: VisitSlot,
    host: SlotHost,
    news: SlotNews,
    to: Addressee,
    *,
    enquiry: Enquiry,
    now: datetime,
    settings: Settings,
) -> str:
    """Return the entry that goes with an email: from a yes on, until the slot goes or its host leaves it."""
    if not host.entered and news is not SlotNews.AGREED:
        return ""
    ends = news in _ENDS
    entry = replace(
        entry_of(slot, enquiry, to.language, settings=settings),
        changed_at=now,
        attendee=(to.name, to.email),
        tentative=news is SlotNews.MOVED,
        cancelled=ends,
    )
    return written([entry], Method.CANCEL if ends else Method.REQUEST)


def entry_of(slot: VisitSlot, enquiry: Enquiry, language: Language, *, settings: Settings) -> Entry:
    """Return a slot, whose visit and room are loaded, as an entry of the calendar of one who receives in it."""
    summary = translations(language).gettext("%(title)s: visit of %(organisation)s") % {
        "title": one_line(localised(slot.title, language)),
        "organisation": one_line(enquiry.organisation),
    }
    return Entry(
        uid=slot.uid,
        sequence=slot.sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=ZoneInfo(slot.visit.timezone),
        summary=summary,
        changed_at=slot.changed_at,
        location=one_line(place(slot, language), 400),
        description="\n".join(filter(None, (enquiry.reference, localised(slot.purpose, language)))),
        organizer=(settings.named("institution_short", language), settings.office_email),
    )


def tell_coordinator(
    session: Session,
    enquiry: Enquiry,
    slot: VisitSlot,
    host: SlotHost,
    *,
    instead: str,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the news that a host cannot receive, for who answers the enquiry; `instead` is whom they named, or ""."""
    who = answerer_of(session, enquiry, now=now, settings=settings)
    to, _link = enquiry_mails.addressee(session, enquiry, MessageKind.LIAISON_SLOT, who=who, now=now, settings=settings)
    content = messages.liaison_slot(
        enquiry_mails.details_of(enquiry, who, settings=settings),
        Institution.from_settings(settings),
        to=to,
        slot=details_of(slot),
        name=host.person.name,
        instead=instead,
        note=host.note,
    )
    key = f"{content.kind}:{host.id}:{slot.sequence}"
    outbox.stage(session, content, enquiry=enquiry, dedupe_key=key, now=now, settings=settings)


def call_off(session: Session, enquiry: Enquiry, visit: Visit, *, now: datetime, settings: Settings) -> None:
    """Tell all who were asked that a visit does not take place as planned; their links end, and no one is asked."""
    loads = (
        joinedload(SlotHost.person),
        joinedload(SlotHost.link),
        joinedload(SlotHost.slot).joinedload(VisitSlot.room),
        joinedload(SlotHost.slot).joinedload(VisitSlot.visit),
    )
    asked = (VisitSlot.visit_id == visit.id, SlotHost.invited_at.is_not(None))
    query = select(SlotHost).join(SlotHost.slot).where(*asked).order_by(SlotHost.id).options(*loads)
    hosts = session.scalars(query).all()
    for slot in {host.slot for host in hosts}:
        slot.sequence, slot.changed_at = slot.sequence + 1, now
    for host in hosts:
        if host.answer in (SlotAnswer.NONE, SlotAnswer.YES):
            given: dict[str, Any] = {"occasion": str(host.slot.sequence), "now": now, "settings": settings}
            tell_host(session, enquiry, host.slot, host, SlotNews.OFF, **given)
            host.answer, host.answered_at, host.invited_at, host.reminded_at = SlotAnswer.NONE, None, None, None
        if host.link is not None:
            host.link.ended_at, host.link.ended_why = host.link.ended_at or now, LinkEnd.RECALLED
            host.link = None
    session.flush()
