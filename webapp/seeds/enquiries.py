"""Realistic enquiries from plainly fictional partners, for a first look at the desk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import questions
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.accounts import people
from webapp.domain.calendar import office_calendar
from webapp.domain.decisions import referrals
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import faculties
from webapp.domain.directory.faculties import FacultyFacts
from webapp.domain.enquiries import actions, confirming, drafts, origin, submissions
from webapp.domain.enquiries.submissions import Submission
from webapp.domain.links import opening
from webapp.domain.organisations import records
from webapp.domain.security import tokens
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, staff
from webapp.domain.visits import visits
from webapp.domain.visits.holds import Taken
from webapp.domain.visits.overruling import Impossible
from webapp.domain.visits.visits import Plan
from webapp.models import Enquiry, Message, Network, Person, Room
from webapp.seeds.texts import FACULTIES, LIAISONS, PARTNERS, QUESTIONS, ROOMS, TOPICS, Partner, Topic
from webapp.vocabulary import IN_HAND, Action, ActorKind, Finding, Kind, Language, LeaderRank, LinkKind, Role

_WEEKS = 6
# How far the samples went, most often not far: the desk should show work to do.
_PATHS: tuple[tuple[tuple[Action, str], ...], ...] = (
    (),
    ((Action.REVIEW, ""),),
    (),
    ((Action.REVIEW, ""), (Action.ACCEPT, "")),
    ((Action.REVIEW, ""), (Action.ASK_PARTNER, "How many students would take part each year?")),
    ((Action.REVIEW, ""), (Action.NOTE, "Spoke to the department; they are interested.")),
    ((Action.REVIEW, ""), (Action.ACCEPT, ""), (Action.SCHEDULE, "")),
    ((Action.REVIEW, ""), (Action.DECLINE, "The department cannot receive guests in this term.")),
    ((Action.REVIEW, ""), (Action.ASK_APPROVAL, "")),
)


def add_samples(number: int, *, now: datetime, settings: Settings) -> int:
    """Add `number` enquiries of the past weeks, through the domain as partners and staff would, and return how many.

    Networks without anyone who answers get a fictional liaison, some of them.
    """
    random = Random(2026)  # noqa: S311 - nothing secret
    moments = sorted(_moment(random, now, settings) for _ in range(number))
    with transaction() as session:
        _add_liaisons(session, now)
        slugs = session.scalars(select(Network.slug).where(Network.active).order_by(Network.position)).all()
        actor = _actor(session)
        _add_faculties(session, Acting(actor, now, settings))
        _add_rooms(session, now)
    for index, moment in enumerate(moments):
        with transaction() as session:
            enquiry = _submit(session, index, slugs, random, moment, settings=settings)
            _remember(session, enquiry, index, by=Acting(actor, moment, settings))
            _move_on(session, enquiry, _PATHS[index % len(_PATHS)], random=random, by=Acting(actor, now, settings))
            _refer(session, enquiry, index, by=Acting(actor, now, settings))
            _wait_since(session, enquiry, now)
    return number


def _wait_since(session: Session, enquiry: Enquiry, now: datetime) -> None:
    """Let a sample's emails wait since now: no one has had to wait for them since the sample's own days."""
    session.flush()
    session.execute(update(Message).where(Message.enquiry_id == enquiry.id).values(queued_at=now, next_attempt_at=now))


def _remember(session: Session, enquiry: Enquiry, index: int, *, by: Acting) -> None:
    """Make a record of every second partner's organisation: later enquiries are recognised, or suggested."""
    if enquiry.organisation_id is None and index % 2 == 0:
        facts = replace(origin.facts_from(enquiry), partner=index % 4 == 0)
        record = records.add(session, facts, by=by)
        origin.link_organisation(session, enquiry, record, by=by)


def _moment(random: Random, now: datetime, settings: Settings) -> datetime:
    """Return a time within the past weeks, by day at the institution."""
    day = now.astimezone(settings.zone) - timedelta(days=random.randrange(1, 7 * _WEEKS))
    return day.replace(hour=random.randrange(8, 20), minute=random.randrange(60), second=random.randrange(60))


def _add_liaisons(session: Session, now: datetime) -> None:
    free = Network.liaison_id.is_(None) & Network.active
    networks = session.scalars(select(Network).where(free).order_by(Network.position).limit(2 * len(LIAISONS))).all()
    for (name, email, language), network in zip(LIAISONS, networks[::2], strict=False):
        person = people.find(session, email)
        network.liaison = person or people.add(session, email=email, name=name, role=None, language=language, now=now)
    session.flush()


def _actor(session: Session) -> Actor:
    """Return who moved the samples on: the first of the staff, or the office without a name of anyone."""
    roles = (Role.COORDINATOR, Role.ADMINISTRATOR)
    person = session.scalars(select(Person).where(Person.role.in_(roles)).order_by(Person.id)).first()
    return staff(person) if person else Actor(ActorKind.STAFF, "International office", role=Role.COORDINATOR)


def _add_faculties(session: Session, by: Acting) -> None:
    if not faculties.active(session):
        for facts in FACULTIES:
            faculties.add(session, FacultyFacts(*facts), by=by)


def _add_rooms(session: Session, now: datetime) -> None:
    if session.scalar(select(Room.id).limit(1)) is None:
        session.add_all(
            Room(name=name, building=building, seats=seats, created_at=now) for name, building, seats in ROOMS
        )
        session.flush()


def _refer(session: Session, enquiry: Enquiry, index: int, *, by: Acting) -> None:
    """Refer some of what is in hand to a faculty; every second one has come back since."""
    moment = enquiry.changed_at + timedelta(hours=5)
    if index % 4 != 1 or enquiry.status not in IN_HAND or moment >= by.now:
        return
    chosen = faculties.active(session)
    today = moment.astimezone(by.settings.zone).date()
    back = referrals.usual_return(
        enquiry, today=today, days=office_calendar.around(session, today, settings=by.settings)
    )
    request = ReferralRequest(chosen[index % len(chosen)].id, QUESTIONS[index % len(QUESTIONS)], back)
    referral = referrals.refer(session, enquiry, request, by=Acting(by.actor, moment, by.settings))
    if index % 8 == 1:
        token = tokens.link_token(referral.link, secret_keys=by.settings.secret_keys)
        found = opening.opened(session, token, LinkKind.REFERRAL, now=moment)
        note = "Yes, on most afternoons."
        referrals.answer(session, found, Finding.CAN_HELP, note=note, now=moment, settings=by.settings)


def _submit(
    session: Session, index: int, slugs: Sequence[str], random: Random, moment: datetime, *, settings: Settings
) -> Enquiry:
    partners = [partner for partner in PARTNERS if partner.language in settings.languages]
    partner = partners[index % len(partners)]
    topic = random.choice([topic for topic in TOPICS if topic.language is partner.language])
    network = random.choice(slugs) if slugs and random.random() < 0.85 else ""
    form_id = tokens.new_token()
    drafts.save(session, form_id, kind=topic.kind, language=topic.language, fields={}, now=moment)
    draft = drafts.locked(session, form_id)
    submission = _submission(partner, topic, network, random, moment, settings=settings)
    enquiry, _new = submissions.submit(session, submission, draft=draft, now=moment, settings=settings)
    if index % 5:
        confirming.confirm(session, enquiry, now=moment)
    return enquiry


def _submission(
    partner: Partner, topic: Topic, network: str, random: Random, moment: datetime, *, settings: Settings
) -> Submission:
    return Submission(
        kind=topic.kind,
        network=network,
        language=topic.language,
        contact_name=partner.name,
        contact_position=partner.position,
        contact_email=partner.email,
        phone="",
        organisation=partner.organisation,
        organisation_type=partner.kind,
        country=partner.country,
        subject=topic.subject,
        message=topic.message,
        consent_version=settings.privacy_notice_version,
        answers=_answers(partner, topic, random, moment),
    )


def _answers(partner: Partner, topic: Topic, random: Random, moment: datetime) -> dict[str, Any]:
    if topic.kind is not Kind.VISIT:
        return topic.answers
    # Soon after today for the oldest, so that the calendar of visits has something to show in these weeks.
    start = moment.date() + timedelta(days=7 * _WEEKS + random.randrange(4, 60))
    start -= timedelta(days=start.weekday() - random.randrange(3))
    title = {Language.EN: "Vice-President", Language.ZH_HANT: "副校長", Language.ZH_HANS: "副校长"}[topic.language]
    return {
        "mode": "in_person",
        "windows": [_window(start, 2, random), _window(start + timedelta(days=14), 1, random)],
        **topic.answers,
        "leader_name": partner.leader,
        "leader_title": title,
        "leader_rank": random.choice([LeaderRank.PRESIDENT, LeaderRank.VICE_PRESIDENT, LeaderRank.DEAN]).value,
        "group_size": random.randrange(2, 15),
    }


def _window(start: Any, days: int, random: Random) -> dict[str, Any]:
    end = start + timedelta(days=days)
    return {"start": start.isoformat(), "end": end.isoformat(), "flex": random.choice([0, 1, 2])}


def _move_on(
    session: Session, enquiry: Enquiry, path: Sequence[tuple[Action, str]], *, by: Acting, random: Random
) -> None:
    moment = enquiry.submitted_at
    for action, text in path:
        moment += timedelta(hours=random.randrange(3, 50))
        then = Acting(by.actor, moment, by.settings)
        if moment >= by.now:
            return
        if action is not Action.SCHEDULE:
            actions.act(session, enquiry, action, text=text, by=then)
        elif enquiry.kind is Kind.VISIT:
            _confirm(session, enquiry, random, by=then)


def _confirm(session: Session, enquiry: Enquiry, random: Random, *, by: Acting) -> None:
    """Confirm a visit on the first working day that was asked for, in a room and with a host of the sample."""
    first = _working_day(session, enquiry, by.settings)
    starts_at = datetime.combine(first, time(random.choice([9, 10, 14]), 30), by.settings.zone)
    hosts = session.scalars(select(Person.id).where(Person.active).order_by(Person.id)).all()
    plan = Plan(
        first_day=first,
        last_day=first,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        room_id=random.choice(session.scalars(select(Room.id).order_by(Room.id)).all()),
        host_id=random.choice(hosts),
        guests=questions.GROUP_SIZE.of(enquiry.answers),
    )
    try:
        with session.begin_nested():
            visits.confirm(session, enquiry, plan, by=by)
    except (Taken, Impossible):
        visits.arrange(session, enquiry, replace(plan, room_id=None), by=by)


def _working_day(session: Session, enquiry: Enquiry, settings: Settings) -> date:
    windows = questions.WINDOWS.of(enquiry.answers)
    asked = [
        day
        for window in windows
        for day in office_calendar.days(date.fromisoformat(window["start"]), date.fromisoformat(window["end"]))
    ]
    known = office_calendar.around(session, asked[0], settings=settings)
    return next((day for day in asked if known.why(day) is None), asked[0])
