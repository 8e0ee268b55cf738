"""One enquiry: its page, its files, and the one address through which staff act on it."""

from datetime import date

from flask import Response, abort, flash, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.decisions import approvals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.enquiries import actions as enquiry_actions
from webapp.domain.enquiries import assignment, conversion, held, loading, relations
from webapp.domain.enquiries.workflow import TABLE, ActionField, Place
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound, NotYet
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import ONLY_READ, Actor
from webapp.domain.triage import notes
from webapp.models import Enquiry
from webapp.vocabulary import Action, AuditKind, Kind, Permission
from webapp.web import audited, edge, fields
from webapp.web.desk.enquiry.approvals import ApproversForm
from webapp.web.desk.enquiry.done import done, versioned, way_back
from webapp.web.desk.enquiry.forms import KindForm
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.guards import number
from webapp.web.windows import WindowsForm

LONGEST = 10_000


@bp.get("/enquiries/<reference>")
@edge.permission(Permission.ENQUIRY_READ)
def enquiry(reference: str) -> Response:
    """Show one enquiry on one screen; that someone looked who only reads is in the audit log."""
    shown = page(_read(reference))
    if edge.actor().role in ONLY_READ:
        audited.look(AuditKind.ENQUIRY_VIEWED, _read(reference), actor=edge.actor())
    return shown


@bp.get("/enquiries/<reference>/files/<id:attachment_id>")
@edge.permission(Permission.ENQUIRY_READ)
def attachment(reference: str, attachment_id: int) -> Response:
    """Show a file that the partner sent, to save: never shown by the browser as a page of ours."""
    found = loading.attachment(db.session(), _read(reference), attachment_id, actor=edge.actor())
    return audited.download(found, _read(reference), actor=edge.actor())


@bp.post("/enquiries/<reference>/actions/<action>")
@edge.permission(Permission.ENQUIRY_READ)
def act(reference: str, action: str) -> AnyResponse:
    """Take an action of the workflow table; whatever is refused comes back with the text that was typed."""
    if action not in list(Action) or TABLE[Action(action)].place is Place.OWN_ADDRESS:
        abort(404)
    attempt = _attempt(Action(action))
    try:
        found, undo = _act(_read(reference), attempt, edge.actor())
    except Conflict:
        return page(_read(reference), attempt, code=409)
    except NotYet as error:
        return page(_read(reference), attempt.refused(error.step), code=409)
    except NotAllowed:
        return page(_read(reference), attempt.refused("not allowed"), code=409)
    except Invalid as error:
        if attempt.windows is not None and "windows" in error.faults and not attempt.windows.errors:
            attempt.windows.ask_for_the_first()
        if attempt.kinds is not None and "same" in error.faults.values():
            attempt.kinds.refuse_present()
        if attempt.approvers is not None:
            attempt.approvers.refuse(error.faults)
        return page(_read(reference), attempt.refused(next(iter(error.faults.values()))), code=400)
    return _onwards(found, attempt, undo)


def _read(reference: str) -> str:
    """Return the reference in an address, however it was typed."""
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    return found


def _attempt(action: Action) -> ActionAttempt:
    assignee, needs = request.form.get("assignee", ""), TABLE[action].needs
    return ActionAttempt(
        action=action,
        version=parameters.sent_version(),
        text=fields.tidy_text(request.form.get("text")),
        # Who cannot be read is someone unknown, and not no one.
        assignee=(number(assignee) or 0) if assignee else None,
        windows=WindowsForm() if needs is ActionField.WINDOWS else None,
        approvers=ApproversForm() if needs is ActionField.APPROVERS else None,
        kinds=KindForm() if needs is ActionField.KIND else None,
        named=tuple(number(sent) or 0 for sent in request.form.getlist("mention")),
    )


def _act(reference: str, attempt: ActionAttempt, actor: Actor) -> tuple[Enquiry, dict[str, str] | None]:
    """Do it in one transaction; returns the enquiry as it is then, and what takes it back, if anything.

    A note is in no one's way: it minds no version.
    """
    if len(attempt.text) > LONGEST:
        raise Invalid({"text": "long"})
    version = None if attempt.action is Action.NOTE else attempt.version
    windows = _windows(attempt)
    by = edge.acting()
    with transaction() as session:
        hold = relations.locked_to_reopen if attempt.action is Action.REOPEN else loading.locked
        found = hold(session, reference, actor=actor)
        undo = way_back(found, attempt.action)
        if attempt.action is Action.ASSIGN:
            assignment.assign(session, found, attempt.assignee, version=version, by=by)
        elif attempt.action is Action.PROPOSE_DATES:
            enquiry_actions.propose_dates(session, found, windows, text=attempt.text, by=by, version=version)
        elif attempt.approvers is not None:
            in_order, people = bool(attempt.approvers.in_order.data), _approvers(attempt.approvers)
            approvals.ask(session, found, people, in_order=in_order, text=attempt.text, by=by, version=version)
        elif attempt.kinds is not None:
            conversion.convert(session, found, _kind(attempt.kinds), text=attempt.text, by=by, version=version)
        elif attempt.action is Action.CHASE_APPROVAL:
            approvals.chase(session, found, by=by, version=version)
        elif attempt.action is Action.NOTE:
            notes.add(session, found, attempt.text, named=attempt.named, by=by)
        else:
            enquiry_actions.act(session, found, attempt.action, text=attempt.text, by=by, version=version)
        return found, versioned(undo, found)


def _approvers(form: ApproversForm) -> list[Approver]:
    if not form.validate():
        raise Invalid({"approvers": "wrong"})
    return form.given()


def _kind(form: KindForm) -> Kind:
    if not form.validate():
        raise Invalid({"kind": "wrong"})
    return Kind(form.kind.data)


def _windows(attempt: ActionAttempt) -> list[tuple[date, date]]:
    """Return the dates that were entered; nothing where one of them cannot be, which the form says by its field."""
    form = attempt.windows
    return form.given() if form is not None and form.validate() else []


def _onwards(found: Enquiry, attempt: ActionAttempt, undo: dict[str, str] | None) -> AnyResponse:
    action = attempt.action
    if action is Action.MARK_SPAM and held.is_held(found):
        flash(_(labels.ACTION[action].done), "good")
        return redirect(url_for("desk.queue", view="suspect"), 303)
    if action is Action.MARK_SPAM:
        cookie["undo"] = {"reference": found.reference, "version": found.version}
        return redirect(url_for("desk.queue"), 303)
    said = ""
    if action is Action.ASSIGN:
        said = _("Assigned to %(name)s.", name=found.assignee.name) if found.assignee else _("Assigned to no one now.")
    # What was written is read at the end of the conversation.
    return done(found.reference, action, at="latest" if action is Action.NOTE else "", said=said, undo=undo)
