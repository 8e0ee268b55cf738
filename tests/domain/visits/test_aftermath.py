"""After a visit: outcome, promises, the look back, the register of gifts, and what the partner says, once."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import DAY, confirmed
from tests.factories import NOW, acting, make_network, make_organisation, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.privacy import emptying
from webapp.domain.security.permissions import staff
from webapp.domain.visits import aftermath, gifts, trips
from webapp.domain.visits.aftermath import SurveyAnswers
from webapp.domain.visits.gifts import GiftFacts
from webapp.domain.visits.trips import Stop, TripFacts
from webapp.models import Organisation
from webapp.vocabulary import GiftDecision, GiftDirection, Role

Write = Callable[[Callable[[Session], Any]], Any]
LATER = NOW.replace(year=2027, month=3, day=20)


def test_outcome_promises_and_the_look_back(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings, now=LATER)
        person = make_person(session)
        with pytest.raises(Invalid):
            aftermath.note_outcome(session, enquiry, "Soon.", LATER.date() + timedelta(1), by=by)
        version = enquiry.version
        with pytest.raises(Invalid):
            aftermath.note_outcome(session, enquiry, "Many.", DAY, agreements=51, by=by)
        first = aftermath.note_outcome(session, enquiry, "A plan.", DAY, by=by, version=version)
        assert first.follow_up_on == DAY + timedelta(90)
        with pytest.raises(Conflict):
            aftermath.note_outcome(session, enquiry, "Another plan.", DAY, by=by, version=version)
        assert first.outcome == "A plan."
        made = aftermath.promise(session, enquiry, " Send  the draft ", person.id, date(2027, 4, 1), by=by)
        aftermath.promise(session, enquiry, "Visit them", None, None, by=by)
        for text, owner, field in (("", None, "text"), ("x" * 301, None, "text"), ("Draft", 999, "owner")):
            with pytest.raises(Invalid) as error:
                aftermath.promise(session, enquiry, text, owner, None, by=by)
            assert set(error.value.faults) == {field}

        def due(who: Any, day: date) -> tuple[list[str], int]:
            actor = staff(who)
            found = aftermath.promises_due(session, actor=actor, today=day, limit=5)
            looks = aftermath.follow_ups_due(session, actor=actor, today=day, limit=5)
            return [each.text for each in found], len(looks)

        assert due(person, date(2027, 3, 31)) == ([], 0)
        assert due(person, date(2027, 4, 1)) == (["Send the draft"], 0)
        assert due(person, DAY + timedelta(90)) == (["Send the draft"], 1)
        assert due(make_person(session, role=Role.LIAISON), DAY + timedelta(90)) == ([], 0)
        aftermath.keep(session, enquiry, made.id, kept=True, by=by)
        aftermath.followed_up(session, enquiry, done=True, by=by)
        assert due(person, DAY + timedelta(90)) == ([], 0)
        aftermath.followed_up(session, enquiry, done=False, by=by)
        aftermath.keep(session, enquiry, made.id, kept=False, by=by)
        assert due(person, DAY + timedelta(90)) == (["Send the draft"], 1)
        with pytest.raises(NotFound):
            aftermath.keep(session, confirmed(session, settings), made.id, kept=True, by=by)
        with pytest.raises(NotAllowed):
            aftermath.take_back(session, enquiry, made.id, by=acting(staff_actor(Role.HOST), settings=settings))
        emptying.enquiries(session, [enquiry.id], by=by)
        session.expire_all()
        assert {each.text + each.done_by for each in aftermath.promises(session, enquiry)} == {""}
        kept = aftermath.report(session, enquiry)
        assert kept is not None
        assert (kept.outcome, kept.noted_by) == ("", "")

    write(run)


def test_gifts_are_registered_and_counted_by_organisation(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings, now=LATER)
        enquiry.organisation_id = make_organisation(session).id
        bowl = GiftFacts(GiftDirection.RECEIVED, DAY, "A bowl", 1, Decimal("120.50"), "EUR", "Erika Mustermann")
        made = gifts.register(session, enquiry, bowl, by=by)
        gifts.register(session, enquiry, GiftFacts(GiftDirection.GIVEN, DAY, "A book", 6), by=by)
        wrong = (
            (GiftFacts(GiftDirection.GIVEN, DAY, " "), "item"),
            (GiftFacts(GiftDirection.GIVEN, DAY, "Pen", value=Decimal(1)), "currency"),
            (GiftFacts(GiftDirection.GIVEN, DAY, "Pen", value=Decimal(-1), currency="EUR"), "value"),
            (GiftFacts(GiftDirection.GIVEN, DAY, "Pen", 0), "number"),
        )
        for facts, field in wrong:
            with pytest.raises(Invalid) as error:
                gifts.register(session, enquiry, facts, by=by)
            assert set(error.value.faults) == {field}
        gifts.decide(session, enquiry, made.id, GiftDecision.DISPLAY, "Library, 2nd floor", by=by)
        session.flush()
        session.expire(made)
        assert (made.value, made.decision, made.whereabouts) == (
            Decimal("120.50"), GiftDecision.DISPLAY, "Library, 2nd floor",
        )  # fmt: skip
        office = staff(make_person(session))
        assert enquiry.organisation_id is not None
        found = gifts.ledger(session, enquiry.organisation_id, actor=office, today=LATER.date())
        assert (found.visited, found.travelled, found.given, found.received) == (1, 0, 1, 1)
        assert found.worth == {GiftDirection.GIVEN: [], GiftDirection.RECEIVED: [("EUR", Decimal("120.50"))]}
        # A trip of ours to them, under their name in other capitals; one that is yet to come counts for nothing.
        network = make_network(session, slug="neta")
        record = session.get_one(Organisation, enquiry.organisation_id)
        session.refresh(record, ["networks"])
        record.networks.append(network)
        enquiry.network_id = network.id
        for when in (DAY, DAY + timedelta(30)):
            stop = Stop("Berlin", "DE", when, when, "Europe/Berlin", "The example institute of technology")
            trips.add(session, TripFacts("Partners", when, when, others="The President", stops=(stop,)), by=by)
        for found in (
            gifts.ledger(session, record.id, actor=office, today=LATER.date()),
            gifts.network_ledger(session, network.id, actor=office, today=LATER.date()),
        ):
            assert (found.visited, found.travelled, found.given, found.received) == (1, 1, 1, 1)
            assert [(each.title, each.place, each.first_day) for each in found.trips] == [("Partners", "Berlin", DAY)]
        other = make_network(session, slug="netb")
        nothing = gifts.network_ledger(session, other.id, actor=office, today=LATER.date())
        assert (nothing.visited, nothing.travelled, nothing.given, nothing.received) == (0, 0, 0, 0)
        before = gifts.ledger(session, enquiry.organisation_id, actor=office, today=NOW.date())
        assert (before.visited, len(before.visits)) == (0, 0), "it has not taken place"
        with pytest.raises(NotAllowed):
            gifts.ledger(session, enquiry.organisation_id, actor=staff_actor(Role.HOST), today=LATER.date())
        with pytest.raises(NotFound):
            gifts.remove(session, confirmed(session, settings), made.id, by=by)
        emptying.enquiries(session, [enquiry.id], by=by)
        session.expire_all()
        assert made.item + made.giver + made.whereabouts + made.noted_by == ""

    write(run)


def test_the_partner_is_asked_once_and_after_the_visit(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = confirmed(session, settings)
        answers = SurveyAnswers(5, right_people=True, organisation=4, next_step="A draft", photos=False)
        early, late = (acting(actions.partner(enquiry), settings=settings, now=now) for now in (NOW, LATER))
        with pytest.raises(NotAllowed):
            aftermath.answer(session, enquiry, answers, by=early)
        with pytest.raises(Invalid):
            aftermath.answer(session, enquiry, SurveyAnswers(6, True, 1, "", True), by=late)
        assert aftermath.answer(session, enquiry, answers, by=late)
        assert not aftermath.answer(session, enquiry, SurveyAnswers(1, False, 1, "", True), by=late)
        kept = aftermath.survey(session, enquiry)
        assert kept is not None
        assert (kept.aims, kept.organisation, kept.photos, kept.next_step) == (5, 4, False, "A draft")

    write(run)
