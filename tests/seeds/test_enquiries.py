"""Samples: enough of everything, made as partners and staff would make it."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.factories import LANGUAGES, acting
from webapp import labels, questions
from webapp.db import db, transaction
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.domain.messages import delivery
from webapp.models import Enquiry, Message, Network, Visit
from webapp.paths import DATA
from webapp.seeds.enquiries import add_samples
from webapp.vocabulary import Kind, Status, VisitState
from webapp.web import edge


def test_samples_show_every_kind_and_language_and_many_statuses(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            importing.import_networks(session, load(DATA / "networks.yaml"), by=acting())
        assert add_samples(27, now=edge.now(), settings=edge.settings()) == 27
        session = db.session()
        found = session.scalars(select(Enquiry).options(joinedload(Enquiry.network))).all()
        assert {enquiry.kind for enquiry in found} == set(Kind)
        assert {enquiry.language for enquiry in found} == set(LANGUAGES)
        assert len({enquiry.status for enquiry in found}) >= 4
        assert Status.RECEIVED in {enquiry.status for enquiry in found}
        assert len({enquiry.network_id for enquiry in found}) >= 4
        assert all(enquiry.submitted_at < datetime.now(UTC) for enquiry in found)
        assert all(enquiry.contact_email.endswith("example.org") for enquiry in found)
        for enquiry in found:
            assert enquiry.answers.keys() <= questions.asked(enquiry.kind)
            rows = labels.answer_rows(enquiry.kind, enquiry.answers, str, enquiry.language)
            assert len(rows) == len(enquiry.answers)
        days = session.scalars(select(Visit.first_day).where(Visit.state == VisitState.CONFIRMED)).all()
        assert days
        assert all(day.weekday() < 5 and 0 < (day - edge.today()).days < 120 for day in days)
        assert not delivery.standing(session).late(now=edge.now(), settings=edge.settings())
        addresses = set(session.scalars(select(Message.recipient_email)))
        assert all(address.endswith("example.org") for address in addresses)


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
