"""What is to be done for a visit: made from the runbook when it is confirmed, moved with it, and ticked off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload

from webapp import questions
from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.enquiries import visiting
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible, visit_visible
from webapp.domain.visits import runbook
from webapp.models import Enquiry, Person, Visit, VisitTask
from webapp.vocabulary import Language, Level, Permission, VisitState

MOST = 80
# What a required task adds to the sum that counts tasks, required ones and open ones; more than there are of any.
_REQUIRED = 1_000
_OPEN = _REQUIRED**2


@dataclass(frozen=True)
class Readiness:
    """How far a visit is prepared: `open` of its `required` tasks are not done; `tasks` counts them all."""

    tasks: int
    required: int
    open: int

    @property
    def ready(self) -> bool:
        return self.tasks > 0 and self.open == 0


def level_of(visit: Visit, enquiry: Enquiry, settings: Settings) -> Level:
    """Return the level whose runbook a visit follows: as the office chose, else by its leader's rank."""
    return visit.level or settings.levels.of(questions.RANK.of(enquiry.answers)) or Level.C


def due(visit: Visit, offset: int, days: Calendar, *, today: date) -> date | None:
    """Return the day that lies so many working days before or after a visit; what would be past is due at once."""
    if visit.first_day is None or visit.last_day is None:
        return None
    day, left, step = (visit.last_day, offset, 1) if offset > 0 else (visit.first_day, -offset, -1)
    while left:
        day += timedelta(step)
        left -= 1 if days.halves(day) else 0
    return max(day, today)


def follow(session: Session, enquiry: Enquiry, visit: Visit, *, makes: bool, by: Acting) -> None:
    """Bring the tasks of a visit in line with its days: what is done stays as it is.

    With `makes` they are made where there are none. Without a day they are kept, and are due on none.
    """
    present = tasks(session, enquiry)
    if not present and makes and visit.state is VisitState.CONFIRMED:
        steps = runbook.steps(session, level_of(visit, enquiry, by.settings))
        rows = [
            VisitTask(enquiry_id=enquiry.id, title=step.title, offset=step.offset, required=step.required)
            for step in steps
        ]
        session.add_all(rows)
        present = rows
    days = office_calendar.around(session, visit.first_day or by.today, settings=by.settings)
    for task in present:
        if task.offset is not None and task.done_at is None:
            task.due_on = due(visit, task.offset, days, today=by.today)
    session.flush()


def tasks(session: Session, enquiry: Enquiry) -> Sequence[VisitTask]:
    """Return the tasks of a visit with who does them, first due first."""
    last = VisitTask.due_on.is_(None)
    query = select(VisitTask).where(VisitTask.enquiry_id == enquiry.id).options(joinedload(VisitTask.owner))
    return session.scalars(query.order_by(last, VisitTask.due_on, VisitTask.offset, VisitTask.id)).all()


def own(session: Session, enquiry: Enquiry, *, actor: Actor) -> list[VisitTask]:
    """Return the tasks of a visit that were given to the actor, first due first."""
    return [task for task in tasks(session, enquiry) if task.owner_id == actor.person_id]


def readiness(session: Session, enquiry_ids: Collection[int], *, actor: Actor) -> dict[int, Readiness]:
    """Return how far these visits are prepared, by enquiry: one statement.

    Those without tasks are left out, and those of which the actor does not see the enquiry. The tasks of each are
    looked up by its index: for the list of a month PostgreSQL might rather read all tasks there are.
    """
    required, done = VisitTask.required.is_(True), VisitTask.done_at.is_not(None)
    worth = 1 + case((required, _REQUIRED), else_=0) + case((required & ~done, _OPEN), else_=0)
    counted = select(func.sum(worth)).where(VisitTask.enquiry_id == Enquiry.id).correlate(Enquiry).scalar_subquery()
    query = select(Enquiry.id, counted).where(Enquiry.id.in_(enquiry_ids), visible(actor))
    rows = session.execute(query).all() if enquiry_ids else ()
    return {
        number: Readiness(tasks=found % _REQUIRED, required=found // _REQUIRED % _REQUIRED, open=found // _OPEN)
        for number, found in rows
        if found is not None
    }


def make(session: Session, enquiry: Enquiry, *, by: Acting) -> None:
    """Make the tasks of a confirmed visit that has none, as of one from before there was a runbook."""
    visit = _visit(session, enquiry, by)
    if visit.state is not VisitState.CONFIRMED:
        raise NotAllowed("not confirmed")
    follow(session, enquiry, visit, makes=True, by=by)


def add(
    session: Session,
    enquiry: Enquiry,
    title: str,
    due_on: date | None,
    owner_id: int | None,
    *,
    required: bool = False,
    by: Acting,
) -> VisitTask:
    """Add a task to the visit of a locked enquiry; with a day it moves with the visit. Raises Invalid by its fields."""
    visit, title = _visit(session, enquiry, by), " ".join(title.split())
    faults = {}
    if not title:
        faults["title"] = "needed"
    elif len(title) > runbook.LONGEST_TITLE:
        faults["title"] = "long"
    elif len(tasks(session, enquiry)) >= MOST:
        faults["title"] = "many"
    _check_owner(session, owner_id, faults)
    if faults:
        raise Invalid(faults)
    made = VisitTask(
        enquiry_id=enquiry.id,
        title={Language.EN: title},
        offset=_offset(session, visit, due_on, by),
        due_on=due_on,
        owner_id=owner_id,
        required=required,
    )
    session.add(made)
    session.flush()
    return made


def tick(session: Session, enquiry: Enquiry, task_id: int, *, done: bool, by: Acting) -> None:
    """Tick a task off, or untick it; nothing happens where someone did so before. Raises NotFound, NotAllowed."""
    visit, task = _visit(session, enquiry, by), _task(session, enquiry, task_id)
    if (task.done_at is not None) == done:
        return
    task.done_at, task.done_by = (by.now, by.actor.name) if done else (None, "")
    if not done:
        follow(session, enquiry, visit, makes=False, by=by)


def give(session: Session, enquiry: Enquiry, task_id: int, owner_id: int | None, *, by: Acting) -> None:
    """Give a task to someone, or to who handles the enquiry. Raises NotFound, Invalid, NotAllowed."""
    _visit(session, enquiry, by)
    task = _task(session, enquiry, task_id)
    faults: dict[str, str] = {}
    _check_owner(session, owner_id, faults)
    if faults:
        raise Invalid(faults)
    task.owner_id = owner_id


def remove(session: Session, enquiry: Enquiry, task_id: int, *, by: Acting) -> None:
    """Take a task from a visit. Raises NotFound, NotAllowed."""
    _visit(session, enquiry, by)
    session.delete(_task(session, enquiry, task_id))


def due_for(session: Session, *, actor: Actor, today: date, limit: int) -> Sequence[VisitTask]:
    """Return the open tasks of confirmed visits that the actor owns and that are due, with their enquiries."""
    query = (
        select(VisitTask)
        .join(VisitTask.enquiry)
        .join(Visit, Visit.enquiry_id == Enquiry.id)
        .where(
            VisitTask.done_at.is_(None),
            VisitTask.due_on <= today,
            Visit.state == VisitState.CONFIRMED,
            visit_visible(actor),
            with_actor(VisitTask.owner_id, actor),
        )
        .order_by(VisitTask.due_on, VisitTask.id)
        .limit(limit)
        .options(contains_eager(VisitTask.enquiry).load_only(Enquiry.reference, Enquiry.organisation))
    )
    return session.scalars(query).all()


def with_actor(owner: InstrumentedAttribute[int | None], actor: Actor) -> ColumnElement[bool]:
    """Return the condition that something is the actor's to do: theirs, or no one's (any more) and they handle it."""
    left = exists().where(Person.id == owner, Person.active.is_(False))
    return or_(owner == actor.person_id, and_(or_(owner.is_(None), left), handles(actor)))


def handles(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an enquiry is with the actor, or with no one and the actor is of the office."""
    mine = Enquiry.assignee_id == actor.person_id
    return or_(mine, Enquiry.assignee_id.is_(None)) if actor.can(Permission.ENQUIRY_ASSIGN) else mine


def _visit(session: Session, enquiry: Enquiry, by: Acting) -> Visit:
    require(by.actor, Permission.ENQUIRY_NOTE)
    visit = visiting.of(session, enquiry)
    if visit is None or enquiry.emptied_at is not None:
        raise NotFound("visit")
    return visit


def _task(session: Session, enquiry: Enquiry, task_id: int) -> VisitTask:
    task = session.get(VisitTask, task_id)
    if task is None or task.enquiry_id != enquiry.id:
        raise NotFound("task")
    return task


def _check_owner(session: Session, owner_id: int | None, faults: dict[str, str]) -> None:
    owner = session.get(Person, owner_id) if owner_id is not None else None
    if owner_id is not None and (owner is None or not owner.active):
        faults["owner"] = "unknown"


def _offset(session: Session, visit: Visit, due_on: date | None, by: Acting) -> int | None:
    """Return how many working days lie between a day and the visit, so that it can be moved with it."""
    if due_on is None or visit.first_day is None or visit.last_day is None:
        return None
    days = office_calendar.around(session, visit.first_day, settings=by.settings)
    if due_on > visit.last_day:
        between = office_calendar.days(visit.last_day + timedelta(1), due_on)
        return min(sum(1 for day in between if days.halves(day)), runbook.FARTHEST)
    between = office_calendar.days(due_on, visit.first_day - timedelta(1))
    return -min(sum(1 for day in between if days.halves(day)), runbook.FARTHEST)
