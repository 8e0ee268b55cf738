"""One visit: what is planned of it, and the form that plans, confirms, changes and postpones it."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.notifications import visit_mails
from webapp.domain.security.permissions import visit_visible
from webapp.domain.visits import freed, visits
from webapp.domain.visits.holds import Taken
from webapp.domain.visits.overruling import Impossible
from webapp.i18n import city, date_range
from webapp.mail.visit import desk_rows
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Action, Holder, Permission, Role
from webapp.web import edge, purposes
from webapp.web.desk.calendar import clashing
from webapp.web.desk.enquiry import history
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits import papers, received, tasks, way
from webapp.web.desk.visits.forms import PlanForm, PostponeForm
from webapp.web.desk.visits.loaded import load

# So many ranges of days a partner is offered at once.
_MOST_OFFERED = 3
# Where the buttons of the form lead.
_WAYS = ("arrange_visit", "confirm_visit", "move_visit")


@bp.get("/visits/<reference>")
@edge.permission(Permission.ENQUIRY_READ)
def visit(reference: str) -> Response:
    """Show one visit, by its enquiry's reference; who only receives the visitors has a page of their own."""
    enquiry, found = load(reference, seen=visit_visible)
    if not loading.sees(db.session(), enquiry, actor=edge.actor()):
        return received.page(enquiry, found)
    return _page(enquiry, found, PlanForm.of(found))


@bp.post("/visits/<reference>/arrange")
@edge.permission(Permission.ENQUIRY_DECIDE)
@purposes.takes(Action.ARRANGE)
def arrange_visit(reference: str) -> AnyResponse:
    """Note what was entered; no one hears of it."""
    return _plan(reference, Action.ARRANGE, visits.arrange)


@bp.post("/visits/<reference>/confirm")
@edge.permission(Permission.ENQUIRY_DECIDE)
@purposes.takes(Action.SCHEDULE)
def confirm_visit(reference: str) -> AnyResponse:
    """Confirm what was entered; partner and host get an email."""
    return _plan(reference, Action.SCHEDULE, visits.confirm, language=edge.language())


@bp.post("/visits/<reference>/move")
@edge.permission(Permission.ENQUIRY_DECIDE)
@purposes.takes(Action.MOVE)
def move_visit(reference: str) -> AnyResponse:
    """Change a confirmed visit to what was entered; partner and host get an email."""
    return _plan(reference, Action.MOVE, visits.move, language=edge.language())


def _plan(reference: str, action: Action, verb: Callable[..., object], **more: Any) -> AnyResponse:
    """Do with what was entered what a button says; whatever is refused comes back as it was typed."""
    form = PlanForm()
    enquiry, found = load(reference)
    form.keep(found)
    if not form.validate():
        return _page(enquiry, found, form, 422)
    by, version = edge.acting(), parameters.sent_version()
    plan, words = form.plan(ZoneInfo(found.timezone)), form.text.data or ""
    try:
        with transaction() as session:
            held = loading.locked(session, enquiry.reference, actor=by.actor)
            verb(session, held, plan, text=words, by=by, version=version, **more)
    except Invalid as error:
        if isinstance(error, Impossible):
            form.object_to([clashing.sentence(clash) for clash in error.clashes])
        form.refuse(error.faults)
        return _again(reference, form, 422)
    except Taken as error:
        return _again(reference, _taken(form, error), 409)
    except Conflict:
        return _again(reference, form, 409, missed=version)
    except NotAllowed:
        return _again(reference, form, 409, refused=True)
    flash(_(labels.ACTION[action].done), "good")
    return redirect(url_for("desk.visit", reference=enquiry.reference), 303)


@bp.post("/visits/<reference>/postpone")
@edge.permission(Permission.ENQUIRY_DECIDE)
@purposes.takes(Action.POSTPONE)
def postpone_visit(reference: str) -> AnyResponse:
    """Take its day from a confirmed visit, with a reason for its partner."""
    enquiry, found = load(reference)
    reason = PostponeForm()
    if not reason.validate():
        return _page(enquiry, found, PlanForm.of(found), 422, postponing=reason)
    by, version = edge.acting(), parameters.sent_version()
    try:
        with transaction() as session:
            held = loading.locked(session, enquiry.reference, actor=by.actor)
            visits.postpone(session, held, text=reason.text.data or "", by=by, version=version)
    except Conflict:
        return _again(reference, None, 409, missed=version, postponing=reason)
    except Invalid:
        reason.text.errors = [_("Replace the words in braces.")]
        return _again(reference, None, 422, postponing=reason)
    except NotAllowed:
        return _again(reference, None, 409, refused=True, postponing=reason)
    flash(_(labels.ACTION[Action.POSTPONE].done), "good")
    return redirect(url_for("desk.visit", reference=enquiry.reference), 303)


def _taken(form: PlanForm, error: Taken) -> PlanForm:
    field, said = (
        (form.room, _("Another visit has this room then.")),
        (form.host, _("This person receives another visit then.")),
    )[error.holder is Holder.PERSON]
    field.errors = [said]
    return form


def _again(reference: str, form: PlanForm | None, code: int, **more: Any) -> Response:
    """Show the page as it is now, with what was typed."""
    db.session().expire_all()
    enquiry, found = load(reference)
    if form is not None:
        form.keep(found)
        if missed := more.get("missed"):
            form.follow(loading.changes_since(enquiry, missed))
    return _page(enquiry, found, form or PlanForm.of(found), code, **more)


def _page(
    enquiry: Enquiry,
    found: Visit,
    form: PlanForm,
    code: int = 200,
    *,
    missed: int | None = None,
    refused: bool = False,
    postponing: FlaskForm | None = None,
) -> Response:
    possible = actions.allowed(enquiry, edge.actor())
    since = [] if missed is None else loading.changes_since(enquiry, missed)
    # What is over clashes with nothing any more.
    is_over = found.last_day is not None and found.last_day < edge.today()
    against = None if is_over else clashing.of_visit(db.session(), enquiry, found)
    offerable = _offerable(possible, found, against)
    page = render_template(
        "desk/visits/visit.html",
        enquiry=enquiry,
        visit=found,
        rows=desk_rows(visit_mails.details_of(found), enquiry.country, edge.language(), _),
        form=form,
        postponing=postponing or PostponeForm(formdata=None),
        steps=_steps(enquiry),
        course=way.steps(enquiry, found),
        # A host reads when, where and who comes; how it was arranged is the office's.
        plans=edge.actor().role is not Role.HOST,
        tasks=tasks.panel(enquiry, found),
        may_postpone=Action.POSTPONE in possible,
        possible=possible,
        overtaken=missed is not None,
        changes=[history.line(event, enquiry) for event in since],
        refused=refused,
        freed=freed.after(db.session(), enquiry, found, by=edge.acting()),
        against=against,
        offerable=offerable,
        offered_days=edge.language().writing.things.join(
            str(date_range(first, last, edge.language())) for first, last in offerable
        ),
        level=clashing.level_words(clashing.level(enquiry, found, edge.settings())),
        papers=papers.panel(enquiry, found),
        city=city(ZoneInfo(found.timezone), edge.language()),
    )
    return make_response(page, code)


def _offerable(
    possible: Collection[Action], visit: Visit, against: clashing.Clashing | None
) -> list[tuple[date, date]]:
    """Return the days that can be offered with one press: those asked for, while none is agreed or offered."""
    if against is None or Action.PROPOSE_DATES not in possible or visit.first_day is not None or visits.offered(visit):
        return []
    return clashing.possible_days(against)[:_MOST_OFFERED]


def _steps(enquiry: Enquiry) -> list[tuple[Action, labels.ActionWords, str]]:
    """Return which buttons the form has now, with their words and where they lead."""
    possible = actions.allowed(enquiry, edge.actor())
    views: list[Any] = [current_app.view_functions[f"desk.{way}"] for way in _WAYS]
    known = [(view.takes, f"desk.{way}") for view, way in zip(views, _WAYS, strict=True)]
    return [
        (action, labels.ACTION[action], url_for(way, reference=enquiry.reference))
        for action, way in known
        if action in possible
    ]
