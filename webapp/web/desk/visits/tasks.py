"""What is prepared for a visit: its tasks, ticked off, added, removed and given to someone; and each undone."""

from dataclasses import dataclass, field

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.errors import Invalid
from webapp.domain.security.permissions import visible, visit_visible
from webapp.domain.visits import rooms, runbook, tasks
from webapp.domain.visits.tasks import Readiness
from webapp.models import Enquiry, Visit, VisitTask
from webapp.vocabulary import Permission, VisitState
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.found import held, visit_of
from webapp.web.guards import number


def owners() -> fields.Choices:
    """Return whom something can be given to."""
    people = [(str(person.id), person.name) for person in rooms.hosts(db.session())]
    return [("", _("Who handles the enquiry")), *people]


def owner_sent() -> int | None:
    """Return whom something is given to; 0, which is no one's number, for what is none."""
    sent = request.form.get("owner", "").strip()
    return (number(sent) or 0) if sent else None


class TaskForm(FlaskForm):
    """Something more to do for a visit."""

    title = fields.line(_l("To do"), limit=runbook.LONGEST_TITLE, required=_l("Enter what is to be done."))
    due_on = fields.DayField(_l("Due"), description=_l("It moves with the visit."))
    owner = fields.ChoiceField(_l("Who"), owners)
    required = fields.TickField(_l("The visit is ready only when this is done"))


@dataclass(frozen=True)
class TaskPanel:
    """What a panel of tasks shows; `level` is that of the runbook."""

    tasks: list[VisitTask]
    words: str
    ready: bool
    level: str
    may_make: bool
    form: TaskForm
    owners: fields.Choices = field(default_factory=list)


def panel(enquiry: Enquiry, visit: Visit, form: TaskForm | None = None) -> TaskPanel | None:
    """Return the tasks of a visit; None for one that was never confirmed and has none."""
    rows = list(tasks.tasks(db.session(), enquiry))
    confirmed = visit.state is VisitState.CONFIRMED
    if not rows and not confirmed:
        return None
    required = [row for row in rows if row.required]
    counted = Readiness(len(rows), len(required), sum(1 for row in required if row.done_at is None))
    form = form or TaskForm(formdata=None)
    return TaskPanel(
        rows,
        prepared(counted),
        counted.ready,
        _(labels.LEVEL[tasks.level_of(visit, enquiry, edge.settings())]),
        may_make=confirmed and not rows,
        form=form,
        owners=form.owner.choices,
    )


def prepared(found: Readiness | None) -> str:
    """Return in words how far a visit is prepared; nothing where it has no tasks."""
    if found is None or not found.tasks:
        return ""
    if found.ready:
        return _("Ready")
    return ngettext("%(num)s required task open", "%(num)s required tasks open", found.open)


@bp.get("/visits/<reference>/tasks")
@edge.permission(Permission.ENQUIRY_READ)
def visit_tasks(reference: str) -> AnyResponse:
    """Show the tasks of a visit by themselves."""
    return _page(reference, None)


@bp.post("/visits/<reference>/tasks")
@edge.permission(Permission.ENQUIRY_NOTE)
def change_tasks(reference: str) -> AnyResponse:
    """Add a task, or do with one what its button says (`do`): tick, untick, remove, give; or make them all."""
    do, task_id = request.form.get("do", "add"), number(request.form.get("task", "")) or 0
    seen = visit_visible if do in ("tick", "untick") and _is_own(reference, task_id) else visible
    visit_of(reference, seen=seen)
    form = TaskForm() if do == "add" else None
    if form is not None and not form.validate():
        return _page(reference, form)
    owner = owner_sent()
    try:
        with transaction() as session:
            enquiry, by = held(session, reference, seen=seen), edge.acting()
            if form is not None:
                tasks.add(session, enquiry, form.title.data or "", form.due_on.data, owner,
                          required=form.required.data, by=by)  # fmt: skip
            elif do in ("tick", "untick"):
                tasks.tick(session, enquiry, task_id, done=do == "tick", by=by)
            elif do == "remove":
                tasks.remove(session, enquiry, task_id, by=by)
            elif do == "give":
                tasks.give(session, enquiry, task_id, owner, by=by)
            elif do == "make":
                tasks.make(session, enquiry, by=by)
    except Invalid as error:
        form = form or TaskForm(formdata=None)
        if "owner" in error.faults:
            form.owner.errors = [_("This person is not active any more. Choose someone else.")]
        else:
            form.title.errors = [_("A visit has at most %(num)s tasks.", num=tasks.MOST)]
        return _page(reference, form)
    return redirect(url_for("desk.visit", reference=reference, _anchor="tasks"), 303)


def _is_own(reference: str, task_id: int) -> bool:
    """Whether a task was given to the reader: who receives a visit ticks off their own tasks, and no others."""
    enquiry, _visit = visit_of(reference, seen=visit_visible)
    return any(task.id == task_id for task in tasks.own(db.session(), enquiry, actor=edge.actor()))


def _page(reference: str, form: TaskForm | None) -> AnyResponse:
    db.session().expire_all()
    enquiry, visit = visit_of(reference)
    page = render_template(
        "desk/visits/tasks.html",
        enquiry=enquiry,
        tasks=panel(enquiry, visit, form),
        form=form or TaskForm(formdata=None),
    )
    return make_response(page, 422 if form is not None and form.errors else 200)
