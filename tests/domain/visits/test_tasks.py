"""The runbook of a visit: tasks are counted back in working days, move with it, and say when it is ready."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import AT, DAY, accepted, confirmed, plan
from tests.factories import NOW, acting, make_enquiry, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.privacy import emptying
from webapp.domain.security.permissions import staff
from webapp.domain.visits import runbook, tasks, visits
from webapp.models import Enquiry, VisitTask
from webapp.vocabulary import Action, Language, Level, Role

Write = Callable[[Callable[[Session], Any]], Any]


def by_title(session: Session, enquiry: Enquiry) -> dict[str, VisitTask]:
    return {task.title["en"]: task for task in tasks.tasks(session, enquiry)}


def test_tasks_are_made_moved_kept_and_moved_again_with_the_visit(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        by = acting(settings=settings)
        enquiry = accepted(session, settings)
        assert not tasks.tasks(session, enquiry), "nothing is to be done before it is confirmed"
        visits.confirm(session, enquiry, plan(session), by=by)
        found = by_title(session, enquiry)
        assert set(found) == {step.title["en"] for step in runbook.steps(session, Level.B)}
        # Tuesday 9 March 2027: five working days back is Tuesday 2 March, past a weekend.
        assert found["Gift"].due_on == date(2027, 3, 2)
        assert found["Seat cards, agendas, projector"].due_on == DAY
        assert found["Thank-you letter"].due_on == date(2027, 3, 16)
        assert found["Letter of invitation"].due_on == date(2027, 2, 5), "days of the Lunar New Year do not count"
        tasks.tick(session, enquiry, found["Gift"].id, done=True, by=by)
        week = timedelta(7)
        later = plan(session, first_day=DAY + week, last_day=DAY + week, starts_at=AT + week,
                     ends_at=AT + week + timedelta(hours=1))  # fmt: skip
        visits.move(session, enquiry, later, by=by)
        found = by_title(session, enquiry)
        assert found["Photographer"].due_on == date(2027, 3, 9)
        assert found["Gift"].due_on == date(2027, 3, 2), "what is done stays"
        visits.postpone(session, enquiry, text="A typhoon.", by=by)
        assert {task.due_on for task in tasks.tasks(session, enquiry) if task.done_at is None} == {None}
        visits.confirm(session, enquiry, plan(session), by=by)
        again = by_title(session, enquiry)
        assert (len(again), again["Photographer"].due_on) == (len(found), date(2027, 3, 2)), "none is made twice"

    write(run)


def test_short_notice_makes_tasks_due_at_once_and_the_level_chooses_them(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        answers = {"mode": "in_person", "windows": [], "leader_rank": "professor"}
        enquiry = make_enquiry(session, settings, answers=answers)
        actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
        soon = NOW + timedelta(days=2)
        near = plan(session, starts_at=soon, ends_at=soon + timedelta(hours=1))
        visits.confirm(session, enquiry, near, by=acting(settings=settings))
        found = by_title(session, enquiry)
        assert "Photographer" not in found
        assert found["Letter of invitation"].due_on == NOW.date()
        assert found["Seat cards, agendas, projector"].due_on == soon.date()

    write(run)


def test_a_visit_is_ready_once_what_is_required_is_done(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        by, enquiry = acting(settings=settings), confirmed(session, settings)
        assert not tasks.readiness(session, [enquiry.id], actor=staff_actor())[enquiry.id].ready
        for task in tasks.tasks(session, enquiry):
            if task.required:
                assert not tasks.readiness(session, [enquiry.id], actor=staff_actor())[enquiry.id].ready
                tasks.tick(session, enquiry, task.id, done=True, by=by)
                tasks.tick(session, enquiry, task.id, done=True, by=by)
        assert tasks.readiness(session, [enquiry.id], actor=staff_actor())[enquiry.id].ready
        gift = by_title(session, enquiry)["Gift"]
        tasks.tick(session, enquiry, gift.id, done=False, by=by)
        assert (gift.done_at, gift.done_by, gift.due_on) == (None, "", date(2027, 3, 2))
        assert not tasks.readiness(session, [enquiry.id], actor=staff_actor())[enquiry.id].ready
        own = tasks.add(session, enquiry, "  Ask  for the menu ", date(2027, 3, 5), None, by=by)
        assert (own.title["en"], own.offset) == ("Ask for the menu", -2)
        for title, owner, fault in (("", None, "title"), ("x" * 201, None, "title"), ("Menu", 999, "owner")):
            with pytest.raises(Invalid) as error:
                tasks.add(session, enquiry, title, None, owner, by=by)
            assert set(error.value.faults) == {fault}
        tasks.remove(session, enquiry, gift.id, by=by)
        assert tasks.readiness(session, [enquiry.id], actor=staff_actor())[enquiry.id].ready
        with pytest.raises(NotFound):
            tasks.tick(session, confirmed(session, settings), own.id, done=True, by=by)
        with pytest.raises(NotAllowed):
            tasks.tick(session, enquiry, own.id, done=True, by=acting(staff_actor(Role.OBSERVER), settings=settings))
        emptying.enquiries(session, [enquiry.id], by=by)
        session.expire_all()
        assert {str(task.title) + task.done_by for task in tasks.tasks(session, enquiry)} == {"{}"}

    write(run)


def test_who_owns_a_task_is_reminded_when_it_is_due(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        by, enquiry = acting(settings=settings), confirmed(session, settings)
        office, host = make_person(session), make_person(session, role=Role.HOST)
        gift = by_title(session, enquiry)["Gift"]
        tasks.give(session, enquiry, gift.id, office.id, by=by)

        def told(person: Any, today: date) -> list[str]:
            rows = tasks.due_for(session, actor=staff(person), today=today, limit=50)
            return [row.title["en"] for row in rows if row.title["en"] in ("Gift", "Photographer")]

        assert told(office, date(2027, 3, 1)) == []
        assert sorted(told(office, date(2027, 3, 2))) == ["Gift", "Photographer"], "what no one owns is the office's"
        assert told(host, date(2027, 3, 2)) == []
        other = make_person(session)
        assert told(other, date(2027, 3, 2)) == ["Photographer"]
        office.active = False
        assert told(other, date(2027, 3, 2)) == ["Gift", "Photographer"], (
            "what was with someone who left is the office's"
        )
        office.active = True
        tasks.tick(session, enquiry, gift.id, done=True, by=by)
        assert told(office, date(2027, 3, 2)) == ["Photographer"]
        actions.act(session, enquiry, Action.DECLINE, text="Because.", by=by)
        assert told(office, date(2027, 3, 2)) == [], "no one prepares what was called off"

    write(run)


def test_the_office_changes_the_steps_of_a_level_and_takes_back_the_default_ones(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> None:
        by = acting(settings=settings)
        before = [step.title["en"] for step in runbook.steps(session, Level.C)]
        runbook.add(session, Level.C, {Language.EN: "Hot water", Language.ZH_HANT: "熱水"}, -1, required=True, by=by)
        room = next(step for step in runbook.steps(session, Level.C) if step.title["en"] == "Room")
        runbook.remove(session, Level.C, room.position, by=by)
        with pytest.raises(NotFound):
            runbook.remove(session, Level.C, room.position, by=by)
        after = [step.title["en"] for step in runbook.steps(session, Level.C)]
        assert sorted(after) == sorted({*before, "Hot water"} - {"Room"})
        assert [step.title["en"] for step in runbook.steps(session, Level.B)].count("Room") == 1
        for title, offset, field in (({}, -1, "title"), ({Language.EN: "x"}, 251, "days")):
            with pytest.raises(Invalid) as error:
                runbook.add(session, Level.C, title, offset, required=False, by=by)
            assert set(error.value.faults) == {field}
        with pytest.raises(NotAllowed):
            runbook.reset(session, Level.C, by=acting(staff_actor(Role.LIAISON), settings=settings))
        for step in list(runbook.steps(session, Level.C))[1:]:
            runbook.remove(session, Level.C, step.position, by=by)
        with pytest.raises(Invalid):
            runbook.remove(session, Level.C, runbook.steps(session, Level.C)[0].position, by=by)
        runbook.reset(session, Level.C, by=by)
        assert [step.title["en"] for step in runbook.steps(session, Level.C)] == before

    write(run)
