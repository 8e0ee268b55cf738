"""Two records become one: a look at what moves, then the merge, and its undoing."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.organisations import merging as domain
from webapp.domain.organisations import records as organisation_records
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.organisations.organisations import ID
from webapp.web.guards import number


@bp.get(f"/organisations/{ID}/merge")
@edge.permission(Permission.ORGANISATION_EDIT)
def merge_preview(organisation_id: int) -> AnyResponse:
    """Show what merging the record `other` into this one would move; nothing is changed."""
    other = parameters.named(request.args.get("other", ""), "organisation")
    if other is None:
        return redirect(url_for("desk.organisation_list", into=organisation_id), 303)
    return _preview(organisation_id, other, 200)


@bp.post(f"/organisations/{ID}/merge")
@edge.permission(Permission.ORGANISATION_EDIT)
def merge_organisations(organisation_id: int) -> AnyResponse:
    """Merge, as the preview said; where one of the two was changed since, show what would move now."""
    actor, other = edge.actor(), number(request.form.get("other", "")) or 0
    versions = (parameters.sent_version(), parameters.sent_version("other_version"))
    try:
        with transaction() as session:
            first, second = sorted((organisation_id, other))  # always in this order, so that two merges never wait
            held = {each: organisation_records.locked(session, each, actor=actor) for each in (first, second)}
            domain.merge(session, held[organisation_id], held[other], versions=versions, by=edge.acting())
    except Conflict:
        return _preview(organisation_id, other, 409, versions)
    flash(_("The two records are one. The merge can be undone below."), "good")
    return redirect(url_for("desk.organisation", organisation_id=organisation_id), 303)


@bp.post("/organisations/merges/<id:merge_id>/undo")
@edge.permission(Permission.ORGANISATION_EDIT)
def undo_merge(merge_id: int) -> AnyResponse:
    """Part two records again."""
    try:
        with transaction() as session:
            kept, gone = domain.undo(session, merge_id, by=edge.acting())
            kept_id, name = kept.id, gone.name
    except NotAllowed:
        flash(_("This merge was undone already, or the record became part of another since."), "bad")
        return redirect(url_for("desk.organisation_list"), 303)
    flash(_("%(name)s is a separate record again.", name=name), "good")
    return redirect(url_for("desk.organisation", organisation_id=kept_id), 303)


def _preview(kept_id: int, gone_id: int, code: int, versions: tuple[int, int] | None = None) -> Response:
    session, actor = db.session(), edge.actor()
    session.expire_all()
    kept = organisation_records.record(session, kept_id, actor=actor)
    gone = organisation_records.record(session, gone_id, actor=actor)
    try:
        plan = domain.preview(session, kept, gone)
    except Invalid:
        plan = None
    clash = None
    if versions is not None:
        changed, version = (kept, versions[0]) if kept.version != versions[0] else (gone, versions[1])
        clash = meanwhile.of_button(changed, version)
    page = render_template("desk/organisations/merge.html", kept=kept, gone=gone, plan=plan, clash=clash)
    return make_response(page, code if plan else 400)
