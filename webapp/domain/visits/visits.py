"""The life of a visit: tentative with a day, confirmed with time, place and host, moved, postponed; and what its
partner says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.enquiries import actions, visiting
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.notifications import visit_mails
from webapp.domain.papers import orders
from webapp.domain.security.acting import Acting
from webapp.domain.visits import holds, overruling, programme, tasks
from webapp.models import Enquiry, Event, Person, Room, Visit, VisitOption
from webapp.models.event_data import Window
from webapp.models.visit_events import DatesAnswered, GroupChanged, VisitPlanned
from webapp.vocabulary import Action, Language, OptionState, Paper, VisitMode, VisitState

LONGEST = timedelta(days=questions.LONGEST_WINDOW)
MOST_GUESTS = 500


@dataclass(frozen=True)
class Plan:
    """When and where a visit is, and with whom: times are where it is received, and come both or not at all."""

    first_day: date | None
    last_day: date | None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    mode: VisitMode = VisitMode.IN_PERSON
    room_id: int | None = None
    venue: str = ""
    host_id: int | None = None
    guests: int | None = None
    # Why it is confirmed although something hard is against it.
    overrule: str = ""


def arrange(
    session: Session, enquiry: Enquiry, plan: Plan, *, text: str = "", by: Acting, version: int | None = None
) -> Event:
    """Note what is planned so far of the visit of a locked, accepted enquiry; no one hears of it, and nothing is held.

    With a day it is tentative. `text` is kept in the history. Raises Invalid by the plan's
    fields, and as `actions.act` does.
    """
    actions.check(enquiry, Action.ARRANGE, actor=by.actor, version=version)
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    before = visit.first_day
    _set(session, visit, plan, _faults(plan))
    programme.follow(session, enquiry, visit, before, by=by)
    visit.state = VisitState.TENTATIVE if visit.first_day else VisitState.ARRANGING
    visiting.touch(visit, by.now)
    return actions.act(session, enquiry, Action.ARRANGE, text=text, facts=_facts(visit), by=by)


class Words(TypedDict, total=False):
    """What comes with a plan: words for the partner, what was read, and the language of a refusal's names."""

    text: str
    version: int | None
    language: Language


def confirm(session: Session, enquiry: Enquiry, plan: Plan, *, by: Acting, **more: Unpack[Words]) -> Event:
    """Confirm the visit of a locked, accepted enquiry; partner and host get an email, room and host are held, and its
    papers are made.

    Raises Invalid by the plan's fields where one is missing, `overruling.Impossible` where something hard is against it
    and the plan has no reason, `holds.Taken` where another visit has room or host then, and as `actions.act` does.
    """
    return _settle(session, enquiry, Action.SCHEDULE, plan, by=by, **more)


def move(session: Session, enquiry: Enquiry, plan: Plan, *, by: Acting, **more: Unpack[Words]) -> Event:
    """Give a confirmed visit another day, time, place, host or size; all concerned hear of it. Raises as `confirm`."""
    return _settle(session, enquiry, Action.MOVE, plan, by=by, **more)


def postpone(session: Session, enquiry: Enquiry, *, text: str, by: Acting, version: int | None = None) -> Event:
    """Take its day from a confirmed visit: room and host are free again, and another day is to be agreed.

    Raises as `actions.act` does.
    """
    actions.check(enquiry, Action.POSTPONE, actor=by.actor, version=version)
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    facts = _facts(visit)
    visiting.free(session, visit)
    visiting.clear(visit)
    visit.state, visit.confirmed_at = VisitState.ARRANGING, None
    tasks.follow(session, enquiry, visit, makes=False, by=by)
    visiting.touch(visit, by.now)
    return actions.act(session, enquiry, Action.POSTPONE, text=text, facts=facts, by=by)


def offered(visit: Visit) -> list[VisitOption]:
    """Return the days that the partner can still choose from."""
    return [option for option in visit.options if option.state is OptionState.OFFERED]


def take(session: Session, enquiry: Enquiry, option_id: int, day: date | None, *, text: str, by: Acting) -> Event:
    """Take days for the partner that were offered, or one `day` of them; the visit is tentative then.

    Choosing the same again changes nothing. Raises NotFound where they are not offered (any more), Invalid for a day
    outside of them, NotAllowed as `actions.act` does.
    """
    actions.check(enquiry, Action.TAKE_DATES, actor=by.actor)
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    option = next((each for each in offered(visit) if each.id == option_id), None)
    if option is None:
        raise NotFound("option")
    if day is not None and not option.first_day <= day <= option.last_day:
        raise Invalid({"day": "outside"})
    option.state, option.answered_at = OptionState.TAKEN, by.now
    session.flush()
    visiting.pass_over(session, visit, now=by.now)
    before = visit.first_day
    visit.first_day, visit.last_day = day or option.first_day, day or option.last_day
    programme.follow(session, enquiry, visit, before, by=by)
    visit.starts_at = visit.ends_at = None
    visit.state = VisitState.TENTATIVE
    visiting.touch(visit, by.now)
    facts = DatesAnswered(start=visit.first_day, end=visit.last_day)
    return actions.act(session, enquiry, Action.TAKE_DATES, text=text, facts=facts, by=by)


def pass_over(session: Session, enquiry: Enquiry, *, text: str, by: Acting) -> Event:
    """Note for the partner that none of the days offered suits them. Raises as `actions.act` does."""
    actions.check(enquiry, Action.PASS_OVER_DATES, actor=by.actor)
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    visiting.pass_over(session, visit, now=by.now)
    return actions.act(session, enquiry, Action.PASS_OVER_DATES, text=text, facts=DatesAnswered(), by=by)


def change_group(session: Session, enquiry: Enquiry, guests: int, *, text: str, by: Acting) -> Event:
    """Note for the partner that another number of people comes. Raises Invalid, and as `actions.act` does."""
    if not 1 <= guests <= MOST_GUESTS:
        raise Invalid({"guests": "bounds"})
    actions.check(enquiry, Action.CHANGE_GROUP, actor=by.actor)
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    facts = GroupChanged(before=visit.guests, after=guests)
    visit.guests = guests
    visiting.touch(visit, by.now)
    return actions.act(session, enquiry, Action.CHANGE_GROUP, text=text, facts=facts, by=by)


def _settle(
    session: Session, enquiry: Enquiry, action: Action, plan: Plan, *, by: Acting, **more: Unpack[Words]
) -> Event:
    text = more.get("text", "")
    actions.check(enquiry, action, actor=by.actor, version=more.get("version"))
    visit = visiting.made(session, enquiry, now=by.now, settings=by.settings)
    before, day = visit.host_id, visit.first_day
    days = Window(start=day, end=visit.last_day) if action is Action.MOVE and day and visit.last_day else None
    _set(session, visit, plan, {**_missing(plan), **_faults(plan), **_past(plan, by)})
    # Two people would get an email that says nothing.
    if action is Action.MOVE and not text.strip() and not session.is_modified(visit):
        raise Invalid({"first_day": "same"})
    language = more.get("language", Language.EN)
    overruled = overruling.expect(session, enquiry, visit, plan.overrule, by=by, language=language)
    programme.follow(session, enquiry, visit, day, by=by)
    visit.state, visit.confirmed_at = VisitState.CONFIRMED, by.now
    session.flush()
    holds.hold(session, visit)
    visiting.pass_over(session, visit, now=by.now)
    visiting.touch(visit, by.now)
    tasks.follow(session, enquiry, visit, makes=action is Action.SCHEDULE, by=by)
    why = plan.overrule.strip() if overruled else ""
    facts = replace(_facts(visit), host_before=before, days_before=days, overruled=why)
    # Those who open one find it made, and none shows a day that no longer holds.
    orders.ask(session, enquiry.id, list(Paper), now=by.now)
    return actions.act(session, enquiry, action, text=text, facts=facts, by=by)


def _set(session: Session, visit: Visit, plan: Plan, faults: Mapping[str, str]) -> None:
    room = session.get(Room, plan.room_id) if plan.room_id is not None else None
    host = session.get(Person, plan.host_id) if plan.host_id is not None else None
    found = dict(faults)
    if plan.room_id is not None and (room is None or not (room.active or room.id == visit.room_id)):
        found["room"] = "unknown"
    if plan.host_id is not None and (host is None or not (host.active or host.id == visit.host_id)):
        found["host"] = "unknown"
    if found:
        raise Invalid(found)
    visit.first_day, visit.last_day = plan.first_day, plan.last_day or plan.first_day
    visit.starts_at, visit.ends_at = plan.starts_at, plan.ends_at
    if plan.starts_at and plan.ends_at:
        visit.first_day, visit.last_day = (local(visit, at).date() for at in (plan.starts_at, plan.ends_at))
    visit.mode, visit.venue, visit.guests = plan.mode, plan.venue.strip(), plan.guests
    # Online there is no room to hold.
    visit.room = room if plan.mode is VisitMode.IN_PERSON else None
    visit.room_id = visit.room.id if visit.room else None
    visit.host, visit.host_id = host, plan.host_id


def _faults(plan: Plan) -> dict[str, str]:
    faults = {}
    if plan.first_day is None and (plan.last_day or plan.starts_at):
        faults["first_day"] = "needed"
    if plan.first_day and plan.last_day:
        if plan.last_day < plan.first_day:
            faults["last_day"] = "before"
        elif plan.last_day - plan.first_day > LONGEST:
            faults["last_day"] = "long"
    if (plan.starts_at is None) != (plan.ends_at is None):
        faults["ends" if plan.starts_at else "starts"] = "needed"
    elif plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        faults["ends"] = "before"
    if plan.guests is not None and not 1 <= plan.guests <= MOST_GUESTS:
        faults["guests"] = "bounds"
    return faults


def _missing(plan: Plan) -> dict[str, str]:
    """Return what a visit must have before it is confirmed, and a plan has not."""
    needed = {
        "first_day": plan.first_day,
        "starts": plan.starts_at,
        "ends": plan.ends_at,
        "venue": plan.venue.strip() or plan.room_id,
        "host": plan.host_id,
    }
    return {name: "needed" for name, value in needed.items() if not value}


def _past(plan: Plan, by: Acting) -> dict[str, str]:
    over = plan.ends_at is not None and plan.ends_at < by.now
    return {"first_day": "past"} if over else {}


def _facts(visit: Visit) -> VisitPlanned:
    return VisitPlanned(
        start=visit.first_day,
        end=visit.last_day,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        place=visit_mails.place(visit, Language.EN),
        host=visit.host.name if visit.host else "",
    )


def local(visit: Visit, value: datetime) -> datetime:
    """Return a time where the visit is received."""
    return value.astimezone(ZoneInfo(visit.timezone))
