"""Samples: enough of everything, made as partners and staff would make it."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.factories import LANGUAGES, acting
from webapp import labels, questions
from webapp.db import db, transaction
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.domain.messages import delivery
from webapp.models import Enquiry, Event, Message, Network, Visit
from webapp.paths import DATA
from webapp.seeds import steps
from webapp.seeds.enquiries import add_samples
from webapp.seeds.stories import moments, stories, working_day
from webapp.vocabulary import Action, Kind, Status
from webapp.web import edge


def test_samples_show_every_kind_and_language_and_all_states(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            importing.import_networks(session, load(DATA / "networks.yaml"), by=acting())
        assert add_samples(27, now=edge.now(), settings=edge.settings()) == 27
        session = db.session()
        found = session.scalars(select(Enquiry).options(joinedload(Enquiry.network))).all()
        assert {enquiry.kind for enquiry in found} == set(Kind)
        assert {enquiry.language for enquiry in found} == set(LANGUAGES)
        assert {enquiry.status for enquiry in found} == set(Status)
        assert len({enquiry.network_id for enquiry in found}) >= 4
        assert all(enquiry.submitted_at < datetime.now(UTC) for enquiry in found)
        assert all(enquiry.contact_email.endswith("example.org") for enquiry in found)
        for enquiry in found:
            assert enquiry.answers.keys() <= questions.asked(enquiry.kind)
            rows = labels.answer_rows(enquiry.kind, enquiry.answers, str, enquiry.language)
            assert len(rows) == len(enquiry.answers)
        assert not delivery.standing(session).late(now=edge.now(), settings=edge.settings())
        addresses = set(session.scalars(select(Message.recipient_email)))
        assert all(address.endswith("example.org") for address in addresses)


@pytest.mark.parametrize("weekday", range(7))
def test_samples_happen_in_order_and_before_now_on_every_day_of_the_week(weekday: int) -> None:
    now = datetime(2026, 11, 9 + weekday, 10, 5, tzinfo=UTC)
    for story in stories(80):
        found = moments(story, Random(1), now)
        assert found == sorted(set(found))
        assert found[-1] < now
        assert all(moment.weekday() < 5 for moment in found if moment.date() != now.date())
        assert story.visit is None or working_day(now.date(), -story.visit).weekday() < 5


@pytest.mark.one_database
def test_samples_are_an_office_that_answers_in_time(app: Flask) -> None:
    """Few are late, most are someone's, and there are visits in the week ahead; a Saturday is the hardest."""
    now = datetime(2026, 11, 14, 2, tzinfo=UTC)
    with app.app_context():
        with transaction() as session:
            importing.import_networks(session, load(DATA / "networks.yaml"), by=acting())
        add_samples(40, now=now, settings=edge.settings())
        session, today = db.session(), now.date()
        found = session.scalars(select(Enquiry).where(Enquiry.is_open)).all()
        assert len(found) > 22
        assert 2 <= sum(each.due_on < today for each in found) <= 3
        assert sum(each.assignee_id is not None for each in found) > 0.8 * len(found)
        assert len({each.assignee_id for each in found} - {None}) > 1
        planned = session.scalars(select(Visit.first_day).where(Visit.confirmed_at.is_not(None))).all()
        assert len(set(planned)) == len(planned)
        assert sum(today <= day <= today + timedelta(7) for day in planned if day) >= 2
        assert sum(day >= today for day in planned if day) >= 5
        events = session.scalars(select(Event).order_by(Event.id)).all()
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at < now
        decided = {event.actor_name for event in events if event.action is Action.ACCEPT}
        assert len(decided) > 1


def test_samples_leave_a_chosen_liaison_alone(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            importing.import_networks(session, load(DATA / "networks.yaml"), by=acting())
        add_samples(1, now=edge.now(), settings=edge.settings())
        chosen = dict(db.session().execute(select(Network.slug, Network.liaison_id)).all())
        assert any(chosen.values())
        add_samples(1, now=edge.now(), settings=edge.settings())
        again = dict(db.session().execute(select(Network.slug, Network.liaison_id)).all())
        assert {slug: person for slug, person in again.items() if chosen[slug]} == {
            slug: person for slug, person in chosen.items() if person
        }


def test_samples_need_no_directory(app: Flask) -> None:
    with app.app_context():
        assert add_samples(2, now=edge.now(), settings=edge.settings()) == 2


def test_samples_without_a_free_room_wait_with_their_visits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_TRIES", 0)
    with app.app_context():
        assert add_samples(27, now=edge.now(), settings=edge.settings()) == 27
        session = db.session()
        assert session.scalars(select(Visit.id)).all()
        assert not session.scalars(select(Visit.id).where(Visit.confirmed_at.is_not(None))).all()
        assert Status.COMPLETED not in session.scalars(select(Enquiry.status).where(Enquiry.kind == Kind.VISIT)).all()
