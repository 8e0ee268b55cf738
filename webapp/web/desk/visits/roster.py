"""A visit's list of delegates at the desk: read, edited, and what its partner wants otherwise taken in or refused."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster as rosters
from webapp.domain.visits import roster_changes, roster_entries, roster_passports
from webapp.models import Enquiry, RosterChange
from webapp.tidying.roster.columns import OF_CARE
from webapp.vocabulary import Kind, Permission, RosterChangeKind
from webapp.web import edge
from webapp.web import rosters as parts
from webapp.web.desk.frame.blueprint import bp


@bp.get("/visits/<reference>/roster")
@edge.permission(Permission.ENQUIRY_READ)
def roster(reference: str) -> AnyResponse:
    """Show the list and what waits; with `look`, what one sent oneself and has not saved."""
    enquiry = _enquiry(reference)
    shown = parts.preview(db.session(), enquiry, by=edge.acting()) if request.args.get("look") else None
    return _preview(enquiry, shown, None) if shown else _page(enquiry)


@bp.post("/visits/<reference>/roster")
@edge.permission(Permission.ENQUIRY_DECIDE)
@edge.takes_files("roster")
def send_roster(reference: str) -> AnyResponse:
    """Take a list, or one delegate, and show what was read; save it with `confirm`."""
    enquiry = _enquiry(reference)
    if closed := _closed(enquiry):
        return closed
    answer = parts.take(lambda session: _locked(session, enquiry))
    if answer.saved:
        return _done(enquiry, _("The list is saved."))
    shown = None if answer.fault else parts.preview(db.session(), enquiry, by=edge.acting())
    if shown is None:
        return _page(enquiry, fault=answer.fault)
    return _preview(enquiry, shown, 409 if answer.overtaken else None, overtaken=answer.overtaken)


@bp.get("/visits/<reference>/roster/delegates/<int(max=9999):place>")
@edge.permission(Permission.ENQUIRY_DECIDE)
def roster_delegate(reference: str, place: int) -> AnyResponse:
    """Ask for one delegate, without the passport; 0 is someone new."""
    enquiry = _enquiry(reference)
    if closed := _closed(enquiry):
        return closed
    held = rosters.of_office(db.session(), enquiry)
    entry = held.at(place) if place else None
    values = entry.values if entry else {"organisation": enquiry.organisation}
    return _render("desk/visits/roster_delegate.html", enquiry, place=place, mark=held.mark, values=values)


@bp.post("/visits/<reference>/roster/delegates/<int(max=9999):place>")
@edge.permission(Permission.ENQUIRY_DECIDE)
def change_roster(reference: str, place: int) -> AnyResponse:
    """Move a delegate by one, or take them off the list; where it was changed meanwhile, nothing is done."""
    enquiry = _enquiry(reference)
    if closed := _closed(enquiry):
        return closed
    mark, what = request.form.get("mark", ""), request.form.get("do", "")
    try:
        with transaction() as session:
            held, by = _locked(session, enquiry)
            if what == "remove":
                rosters.remove(session, held, place, mark=mark, by=by)
            elif what in ("up", "down"):
                rosters.move(session, held, place, up=what == "up", mark=mark, by=by)
    except (Conflict, NotFound):
        said = _("The list was changed meanwhile, so nothing was done. Here it is as it is now.")
        return _page(_enquiry(reference), fault=said, code=409)
    return _done(enquiry, _("The list is saved."))


@bp.post("/visits/<reference>/roster/changes/<id:change_id>")
@edge.permission(Permission.ENQUIRY_DECIDE)
def decide_roster_change(reference: str, change_id: int) -> AnyResponse:
    """Take in one thing that the partner wants otherwise, or refuse it."""
    enquiry = _enquiry(reference)
    if closed := _closed(enquiry):
        return closed
    takes = request.form.get("do") == "take"
    try:
        with transaction() as session:
            held, by = _locked(session, enquiry)
            (roster_changes.take if takes else roster_changes.refuse)(session, held, change_id, by=by)
    except NotFound:
        said = _("Someone decided about this change already, or the partner sent another list.")
        return _page(_enquiry(reference), fault=said, code=409)
    return _done(enquiry, _("The change is taken in.") if takes else _("The list stays as it is."))


@bp.post("/visits/<reference>/roster/passports")
@edge.permission(Permission.PASSPORT_READ)
def roster_passports_seen(reference: str) -> AnyResponse:
    """Show what the passports say of those who need a letter; the audit log keeps that it was looked at."""
    enquiry = _enquiry(reference)
    with transaction() as session:
        rows = roster_passports.look(session, enquiry, by=edge.acting())
        entries = [roster_entries.of_row(row, passports=True) for row in rows]
    return _render("desk/visits/roster_passports.html", enquiry, entries=entries)


def _enquiry(reference: str) -> Enquiry:
    known = read_reference(reference)
    found = loading.enquiry(db.session(), known, actor=edge.actor()) if known else None
    if found is None or found.kind is not Kind.VISIT:
        raise NotFound("visit")
    return found


def _closed(enquiry: Enquiry) -> AnyResponse | None:
    """Return the way back where no delegates are named now; None where they are."""
    if rosters.is_open(enquiry):
        return None
    flash(_("Delegates are named once the visit is accepted, and until it is over."), "warn")
    return redirect(url_for("desk.enquiry", reference=enquiry.reference), 303)


def _locked(session: Session, enquiry: Enquiry) -> tuple[Enquiry, Acting]:
    by = edge.acting()
    return loading.locked(session, enquiry.reference, actor=by.actor), by


def _done(enquiry: Enquiry, said: str) -> AnyResponse:
    flash(said, "good")
    return redirect(url_for("desk.roster", reference=enquiry.reference), 303)


def _page(enquiry: Enquiry, *, fault: str = "", code: int = 422) -> Response:
    session, actor = db.session(), edge.actor()
    held = rosters.of_office(session, enquiry)
    waiting = roster_changes.waiting(session, enquiry.id)
    may_edit = rosters.is_open(enquiry) and actor.can(Permission.ENQUIRY_DECIDE)
    response = _render(
        "desk/visits/roster.html",
        enquiry,
        roster=held,
        fault=fault,
        changes=[_change(change, held) for change in waiting],
        draft=parts.preview(session, enquiry, by=edge.acting()) if may_edit else None,
        letters=sum(entry.values["invitation_letter"] == "yes" for entry in held.entries),
        may_edit=may_edit,
        may_look=actor.can(Permission.PASSPORT_READ),
        link=lambda place: url_for("desk.roster_delegate", reference=enquiry.reference, place=place),
    )
    response.status_code = code if fault else 200
    return response


def _change(change: RosterChange, held: rosters.Roster) -> dict[str, Any]:
    """Return a change as the page shows it: of whom, and each value before and after; passports only by their name."""
    before = roster_entries.of_row(change.delegate).values if change.delegate else {}
    after = change.after if change.kind is not RosterChangeKind.ORDER else {}
    rows = [
        (_(labels.ROSTER_COLUMN[name]), parts.shown(name, before.get(name, "")), parts.shown(name, value))
        for name, value in after.items()
        if name in labels.ROSTER_COLUMN
        and (value or before.get(name))
        and (name not in OF_CARE or edge.actor().can(Permission.CARE_READ))
    ]
    by_id = {entry.delegate_id: entry.values for entry in held.entries}
    order = [parts.full_name(by_id[each]) for each in change.after.get("ids", ()) if each in by_id]
    who = parts.full_name(before or after)
    has_passport = any(change.passport.values())
    return {"id": change.id, "kind": change.kind, "who": who, "rows": rows, "order": order, "passport": has_passport}


def _preview(enquiry: Enquiry, shown: parts.Preview, code: int | None, **more: Any) -> Response:
    response = _render("desk/visits/roster_preview.html", enquiry, preview=shown, **more)
    response.status_code = code or (200 if shown.is_good or shown.waits else 422)
    return response


def _render(template: str, enquiry: Enquiry, **values: Any) -> Response:
    return make_response(render_template(template, enquiry=enquiry, **parts.words(), **values))
