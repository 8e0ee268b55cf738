"""The audit log: every action on the records that staff keep, for administrators."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.history import changes as history_changes
from webapp.vocabulary import Permission, RecordType
from webapp.web import edge
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.unknown import unknown


@bp.get("/changes")
@edge.permission(Permission.CHANGE_READ)
def changes() -> str:
    """Show all audit actions, latest first, or those on one kind of record."""
    given = request.args.get("subject", "")
    record_type = RecordType(given) if given in set(RecordType) else None
    after = parameters.place(request.args.get("after", ""))
    fails = bool(given) and record_type is None
    found, following = (
        ((), None)
        if fails
        else history_changes.listed(db.session(), actor=edge.actor(), record_type=record_type, after=after)
    )
    return render_template(
        "desk/administration/changes.html",
        rows=[(change, record_changes.line(change), record_changes.record_name(change)) for change in found],
        subjects=[*labels.options(labels.SUBJECT, _), *([(given, given)] if fails else [])],
        subject=given,
        unknown=[unknown(_("Record"), given, url_for("desk.changes"))] if fails else [],
        following=following,
        paged=after is not None,
    )
