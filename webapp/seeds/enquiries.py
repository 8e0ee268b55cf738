"""Realistic enquiries from plainly fictional partners, for a first look at the desk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import confirming, drafts, held, loading, origin, submissions
from webapp.domain.enquiries.submissions import Submission
from webapp.domain.organisations import records
from webapp.domain.security import tokens
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Enquiry, Message, Network
from webapp.seeds import office, steps
from webapp.seeds.office import Office
from webapp.seeds.steps import Sample
from webapp.seeds.stories import Step, Story, moments, stories, working_day
from webapp.seeds.texts import PARTNERS, TOPICS, WORDS, Partner, Topic
from webapp.vocabulary import Kind, Language, LeaderRank

# When which step of which sample happens: -1 is that it comes, the number of steps that its visit is prepared.
_Line = tuple[datetime, int, int]


def add_samples(number: int, *, now: datetime, settings: Settings) -> int:
    """Add `number` enquiries of the past weeks, through the domain as partners and staff would, and return how many.

    All of it happens in the order of its time. Networks without anyone who answers get a fictional liaison, some of
    them, and the office gets fictional colleagues, whose accounts open with no password.
    """
    now = now.astimezone(settings.zone)
    random = Random(2026)  # noqa: S311 - nothing secret
    told = stories(number)
    lines = sorted(
        (moment, index, step - 1)
        for index, story in enumerate(told)
        for step, moment in enumerate((*moments(story, random, now), now))
    )
    with transaction() as session:
        slugs = session.scalars(select(Network.slug).where(Network.active).order_by(Network.position)).all()
        people = office.prepare(session, by=Acting(SYSTEM, now, settings))
    run = _Run(told, slugs, people, random, Acting(people.head, now, settings))
    for line in lines:
        run.happen(*line)
    with transaction() as session:
        # No one has had to wait for their emails since the sample's own days.
        mine = Message.enquiry_id.in_(run.numbers.values())
        session.execute(update(Message).where(mine).values(queued_at=now, next_attempt_at=now))
    return number


class _Run:
    """The samples while they happen."""

    def __init__(self, told: Sequence[Story], slugs: Sequence[str], people: Office, random: Random, by: Acting) -> None:
        self._told, self._slugs, self._office, self._random, self._by = told, slugs, people, random, by
        self.numbers: dict[int, int] = {}

    def happen(self, moment: datetime, index: int, step: int) -> None:
        """Let one thing happen, in a transaction of its own."""
        story, by = self._told[index], self._by
        with transaction() as session:
            if step < 0:
                enquiry = _submit(session, story, self._slugs, self._random, index=index, moment=moment, by=by)
                self.numbers[index] = enquiry.id
                _remember(session, enquiry, index, by=replace(by, now=moment))
                return
            found = loading.locked_where(session, Enquiry.id == self.numbers[index])
            assert found is not None
            sample = Sample(session, found, story, index, self._office, self._random, by.today)
            if step == len(story.steps):
                steps.prepare(sample, by=by)
            else:
                steps.do(sample, story.steps[step][1], now=moment, by=by)


def _remember(session: Session, enquiry: Enquiry, index: int, *, by: Acting) -> None:
    """Make a record of every second partner's organisation: later enquiries are recognised, or suggested."""
    if enquiry.organisation_id is None and index % 2 == 0 and not held.is_held(enquiry):
        facts = replace(origin.facts_from(enquiry), partner=index % 4 == 0)
        record = records.add(session, facts, by=by)
        origin.link_organisation(session, enquiry, record, by=by)


def _submit(
    session: Session, story: Story, slugs: Sequence[str], random: Random, *, index: int, moment: datetime, by: Acting
) -> Enquiry:
    settings = by.settings
    partners = [partner for partner in PARTNERS if partner.language in settings.languages]
    partner = partners[index % len(partners)]
    topic = _topic(story, partner, index)
    network = random.choice(slugs) if slugs and random.random() < 0.85 else ""
    form_id = tokens.new_token()
    about: dict[str, Any] = {"kind": topic.kind, "language": topic.language, "suspect": story.suspect}
    drafts.save(session, form_id, fields={}, now=moment, **about)
    draft = drafts.locked(session, form_id)
    day = working_day(by.today, -story.visit) if story.visit is not None else None
    submission = _submission(partner, topic, network, _answers(partner, topic, random, moment, day), by=by)
    enquiry, _new = submissions.submit(session, submission, draft=draft, now=moment, settings=settings)
    if index % 5 and not story.suspect:
        confirming.confirm(session, enquiry, now=moment)
    return enquiry


def _topic(story: Story, partner: Partner, index: int) -> Topic:
    """Return what is asked: of the story's kind, in the partner's language."""
    known = [topic for topic in TOPICS if topic.language is partner.language and story.kind in (None, topic.kind)]
    topic = known[index % len(known)]
    if story.suspect or Step.SPAM in dict(story.steps).values():
        said = WORDS[Step.SPAM][partner.language]
        return replace(topic, subject=said, message=said)
    return topic


def _submission(partner: Partner, topic: Topic, network: str, answers: dict[str, Any], *, by: Acting) -> Submission:
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
        consent_version=by.settings.privacy_notice_version,
        answers=answers,
    )


def _answers(partner: Partner, topic: Topic, random: Random, moment: datetime, day: date | None) -> dict[str, Any]:
    """Return what the form's questions were answered; a visit that has a `day` was asked for on it."""
    if topic.kind is not Kind.VISIT:
        return topic.answers
    start = moment.date() + timedelta(days=random.randrange(50, 160))
    start -= timedelta(days=start.weekday() - random.randrange(3))
    start = day or start
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


def _window(start: date, days: int, random: Random) -> dict[str, Any]:
    end = start + timedelta(days=days)
    return {"start": start.isoformat(), "end": end.isoformat(), "flex": random.choice([0, 1, 2])}
