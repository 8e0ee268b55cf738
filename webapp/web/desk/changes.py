"""Who changed what: every deed on the records that staff keep, for administrators."""

from flask import render_template, request
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain import audit
from webapp.vocabulary import Permission, Subject
from webapp.web import edge
from webapp.web.desk import records
from webapp.web.desk.blueprint import bp
from webapp.web.desk.organisations import number


@bp.get("/changes")
@edge.permission(Permission.CHANGE_READ)
def changes() -> str:
    """All deeds, latest first, or those on one kind of record."""
    given = request.args.get("subject", "")
    subject = Subject(given) if given in set(Subject) else None
    after = number(request.args.get("after", ""))
    found, following = audit.listed(db.session(), actor=edge.actor(), subject=subject, after=after)
    return render_template(
        "desk/changes.html",
        rows=[(change, records.line(change), records.subject_name(change)) for change in found],
        subjects=labels.options(labels.SUBJECT, _),
        subject=subject or "",
        following=following,
        paged=after is not None,
    )
