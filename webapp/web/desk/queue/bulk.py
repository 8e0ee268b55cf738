"""One change for the enquiries that are ticked in the queue: asked first where it cannot be undone, told after."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import actions, loading
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import bulk as domain
from webapp.domain.triage.bulk import BulkChange, Done
from webapp.models import Enquiry
from webapp.vocabulary import Action, Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.queue.filters import Known
from webapp.web.guards import number

MOST = 50
_SHOWN = 40


@dataclass(frozen=True)
class SelectedEnquiry:
    """A ticked enquiry in the version that was read; `value` goes with an undo, where each has its own."""

    reference: str
    version: int
    value: str = ""

    def __str__(self) -> str:
        return f"{self.reference}:{self.version}:{self.value}"


@dataclass
class BulkResult:
    """What came of it: rows that changed with how they are undone, how many were so already, and what was refused."""

    done: list[tuple[SelectedEnquiry, Done]]
    same: int
    refused: list[tuple[str, str]]


def options(known: Known, actor: Actor, can: Collection[Action]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what `can` be done to some of a page when ticked, in groups: (heading, [(value, label)])."""
    groups = []
    if Action.ASSIGN in can:
        groups.append((_("Assign to"), people(known, actor)))
    if moves := [action for action in domain.moves() if action in can]:
        groups.append((_("Status"), [(action.value, _move_label(action)) for action in moves]))
    if Action.PRIORITISE in can:
        given = labels.options(labels.PRIORITY, _)
        groups.append((_("Priority"), [(f"prioritise:{value}", label) for value, label in given]))
    return groups


def people(known: Known, actor: Actor) -> list[tuple[str, str]]:
    """Return to whom enquiries can be given, as changes: the reader, the others, and no one."""
    others = [(str(person.id), person.name) for person in known.assignable if person.id != actor.person_id]
    given = [(str(actor.person_id), _("Me")), *others, ("", _("No one"))]
    return [(f"{Action.ASSIGN}:{value}", name) for value, name in given]


def possible(row: Enquiry, actor: Actor) -> list[Action]:
    """Return what may be done now to an enquiry together with others."""
    return [action for action in actions.allowed(row, actor) if TABLE[action].in_bulk]


def _move_label(action: Action) -> str:
    label = _(labels.ACTION[action].button)
    # translators: the name of an action that asks for something more first
    return label if BulkChange(action).can_be_undone else _("%(action)s …", action=label)


@bp.post("/bulk")
@edge.permission(Permission.ENQUIRY_READ)
def change_many() -> AnyResponse:
    """Change what is ticked, or ask first where it cannot be taken back; then say what was done, refused and why."""
    rows, change = _rows(), _change()
    if not rows or change is None:
        flash(_("Tick at least one enquiry.") if not rows else _("Choose what to do with them."), "warn")
        return redirect(_back(), 303)
    undoing = "undo" in request.form and change.can_be_undone
    if not (change.can_be_undone or "sure" in request.form):
        return _ask(rows, change)
    outcome = _carry_out(rows, change, edge.actor())
    _tell(change, outcome, undoing=undoing)
    return redirect(_back(), 303)


def _rows() -> list[SelectedEnquiry]:
    found = []
    for sent in request.form.getlist("row")[:MOST]:
        reference, _colon, rest = sent.partition(":")
        version, _colon, value = rest.partition(":")
        # What cannot be read is refused with the others, and not left out.
        name = read_reference(reference) or fields.tidy_line(reference)[:_SHOWN]
        found.append(SelectedEnquiry(name, number(version) or 0, fields.tidy_line(value)))
    return found


def _change() -> BulkChange | None:
    action, colon, value = (request.form.get("tagging") or request.form.get("change", "")).partition(":")
    # What takes an assignment back says of each row whose it was; otherwise no one has to be chosen as such.
    whose = colon or "undo" in request.form
    if action not in list(Action) or (action == Action.ASSIGN and not whose):
        return None
    if not TABLE[Action(action)].in_bulk:
        return None
    if action in (Action.TAG, Action.UNTAG):
        value = fields.tidy_line(request.form.get("tag"))
    return BulkChange(Action(action), value)


def _back() -> str:
    return edge.desk_path(request.form.get("back", ""), url_for("desk.queue"))


def _ask(rows: list[SelectedEnquiry], change: BulkChange) -> AnyResponse:
    """What happens cannot be taken back without the partners hearing of it: show whom it concerns first."""
    versions = {row.reference: row for row in rows}
    found = loading.several(db.session(), list(versions), actor=edge.actor())
    can = [enquiry for enquiry in found if change.action in actions.allowed(enquiry, edge.actor())]
    if not can:
        # No one has to be sure of what cannot be.
        what = _(labels.ACTION[change.action].button)
        flash(_("%(what)s: not possible for any of these in their present status.", what=what), "warn")
        return redirect(_back(), 303)
    page = render_template(
        "desk/queue/bulk.html",
        label=_(labels.ACTION[change.action].button),
        before=_(labels.ACTION[change.action].before),
        change=change,
        rows=[(versions[enquiry.reference], enquiry) for enquiry in can],
        others=[enquiry for enquiry in found if enquiry not in can],
        back=_back(),
    )
    return make_response(page)


def _carry_out(rows: list[SelectedEnquiry], change: BulkChange, actor: Actor) -> BulkResult:
    """Each in a transaction of its own: what is refused for one holds up no other."""
    outcome = BulkResult([], 0, [])
    by = edge.acting()
    for row in rows:
        wanted = BulkChange(change.action, row.value or change.value)
        try:
            with transaction() as session:
                done = domain.apply(session, wanted, row.reference, version=row.version, by=by)
        except (Conflict, NotAllowed, NotFound, Invalid) as error:
            outcome.refused.append((row.reference, _why(error, row, actor)))
            continue
        if done.changed:
            outcome.done.append((row, done))
        else:
            outcome.same += 1
    return outcome


def _why(error: Exception, row: SelectedEnquiry, actor: Actor) -> str:
    if isinstance(error, Conflict):
        name = loading.changed_by(db.session(), row.reference, actor=actor)
        return _("%(name)s changed it in the meantime", name=name) if name else _("someone changed it in the meantime")
    if isinstance(error, NotAllowed):
        return _("not possible in its present status, or not for your role")
    if isinstance(error, Invalid):
        return _fault(error)
    return _("there is no such enquiry")


def _fault(error: Invalid) -> str:
    if "assignee" in error.faults:
        return _("this person cannot take enquiries")
    if error.faults.get("tag") == "many":
        return _("it has as many tags as it may have")
    return _("not a valid tag: use 1 to 40 characters") if "tag" in error.faults else _("that cannot be done")


def _tell(change: BulkChange, outcome: BulkResult, *, undoing: bool) -> None:
    """Say in one notice what was done, what was so before and what was refused; with Undo where there is one."""
    said, refused = edge.language().writing.sentences.join(_said(change, outcome, undoing=undoing)), outcome.refused
    inverses = [(row, done.version, done.inverse) for row, done in outcome.done if done.inverse]
    if not inverses or undoing:
        flash(said, "warn" if refused else "good" if outcome.done else "info")
        return
    rows = [str(SelectedEnquiry(row.reference, version, inverse.value)) for row, version, inverse in inverses]
    first = inverses[0][2]
    tag = first.value if first.action in (Action.TAG, Action.UNTAG) else ""
    notice = {"said": said, "tone": "warn" if refused else "good"}
    cookie["undo"] = {**notice, "change": first.action.value, "tag": tag, "rows": rows, "back": _back()}


def _said(change: BulkChange, outcome: BulkResult, *, undoing: bool) -> Iterable[str]:
    number = len(outcome.done)
    what = _(labels.ACTION[change.action].button)
    if undoing and number:
        yield ngettext("Undone for %(num)s enquiry.", "Undone for %(num)s enquiries.", number)
    elif number:
        # translators: the name of an action, such as “Start review”
        yield ngettext(
            "%(what)s: done for %(num)s enquiry.", "%(what)s: done for %(num)s enquiries.", number, what=what
        )
    if outcome.same:
        yield ngettext("%(num)s enquiry was already set.", "%(num)s enquiries were already set.", outcome.same)
    if outcome.refused:
        refusals = "; ".join(f"{reference}: {why}" for reference, why in outcome.refused)
        yield _("Not changed: %(refused)s.", refused=refusals)
