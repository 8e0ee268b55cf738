"""Views of one's own: the present filters under a name, renamed, shared with the office, deleted."""

from collections.abc import Mapping

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.triage import saved_views
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.queue import filters, queue

_PARAMETERS = ("view", "status", "kind", "network", "assignee", "priority", "tag", "q", "sort")


@bp.get("/views")
@edge.permission(Permission.ENQUIRY_READ)
def saved() -> Response:
    """Show one's own views and those that the office shares."""
    return _page()


@bp.post("/views")
@edge.permission(Permission.ENQUIRY_READ)
def save_view() -> AnyResponse:
    """Keep the filters that the form carries under a name, and go on to them."""
    actor = edge.actor()
    given = {name: request.form[name] for name in _PARAMETERS if request.form.get(name)}
    query = filters.read(given, queue.known(db.session(), actor, given)).parameters()
    name, shared = fields.tidy_line(request.form.get("name")), "shared" in request.form
    try:
        with transaction() as session:
            saved_views.save(session, name, query, shared=shared, by=edge.acting())
    except Invalid as error:
        return _page(new=query, name=name, shared=shared, fault=error.faults["name"], code=400)
    flash(_("The view “%(name)s” is saved.", name=name), "good")
    return redirect(url_for("desk.queue", **query), 303)


@bp.post("/views/<id:view_id>")
@edge.permission(Permission.ENQUIRY_READ)
def change_view(view_id: int) -> AnyResponse:
    """Rename a view of one's own, share it or keep it to oneself."""
    name, shared = fields.tidy_line(request.form.get("name")), "shared" in request.form
    version = parameters.sent_version()
    try:
        with transaction() as session:
            saved_views.change(session, view_id, name, shared=shared, version=version, actor=edge.actor())
    except Conflict:
        return _overtaken(view_id, version, name, shared)
    except Invalid as error:
        return _page(changing=view_id, name=name, shared=shared, fault=error.faults["name"], code=400)
    flash(_("The view “%(name)s” is changed.", name=name), "good")
    return redirect(url_for("desk.saved"), 303)


@bp.post("/views/<id:view_id>/delete")
@edge.permission(Permission.ENQUIRY_READ)
def delete_view(view_id: int) -> AnyResponse:
    """Delete a view of one's own; the page asked before."""
    version = parameters.sent_version()
    try:
        with transaction() as session:
            name = saved_views.delete(session, view_id, version=version, actor=edge.actor()).name
    except Conflict:
        found = saved_views.own(db.session(), view_id, actor=edge.actor())
        return _page(clash=meanwhile.of_button(found, version), code=409)
    flash(_("The view “%(name)s” is deleted. Its enquiries have not changed.", name=name), "good")
    return redirect(url_for("desk.saved"), 303)


def _overtaken(view_id: int, version: int, name: str, shared: bool) -> Response:
    """Take in what the other window changed alone, and show what both did; the form carries what it had been."""
    found = saved_views.own(db.session(), view_id, actor=edge.actor())
    was_name, was_shared = request.form.get("was_name"), request.form.get("was_shared") == "1"
    yes, both = {True: _("Yes"), False: _("No")}, []
    if was_name != found.name:
        name = found.name if name == was_name else name
        both.append((_("Name"), found.name, name))
    if was_shared is not found.shared:
        shared = found.shared if shared is was_shared else shared
        both.append((_("For the whole office"), yes[found.shared], yes[shared]))
    clash = meanwhile.of_values(found, version, both)
    return _page(changing=view_id, name=name, shared=shared, clash=clash, code=409)


def _page(
    *,
    new: Mapping[str, str] | None = None,
    changing: int | None = None,
    name: str = "",
    shared: bool = False,
    fault: str = "",
    clash: Clash | None = None,
    code: int = 200,
) -> Response:
    session, actor = db.session(), edge.actor()
    found = saved_views.saved_views(session, actor=actor)
    known = queue.known(session, actor, *(row.query for row in found))
    return make_response(
        render_template(
            "desk/queue/saved_views.html",
            found=[
                (row, chosen.parameters(), chosen.unknown("desk.queue"))
                for row, chosen in ((row, filters.read(row.query, known)) for row in found)
            ],
            new=new,
            changing=changing,
            typed={"name": name, "shared": shared},
            was={each: request.form.get(f"was_{each}", "") for each in ("name", "shared")} if fault else None,
            fault=_fault(fault),
            version=parameters.sent_version() if fault else None,
            clash=clash,
        ),
        code,
    )


def _fault(fault: str) -> str:
    match fault:
        case "":
            return ""
        case "needed":
            return _("Give the view a name.")
        case "known":
            return _("You have a view of this name already. Choose another one.")
        case "many":
            return _("You have 20 views. Delete one that you no longer use.")
        case _other:
            return _("Use at most 60 characters.")
