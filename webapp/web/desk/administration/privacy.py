"""Personal data, for administrators: requests for erasure, what has passed its time, and the records of processing."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp import i18n, labels
from webapp.db import db, transaction
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.privacy import person, requests
from webapp.domain.privacy.erasure import Erased, Mention
from webapp.domain.privacy.personal_data import TABLE, Keeping
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp

# So many enquiries are named for each place; the notice is read at a glance.
_MOST_NAMED = 10
_ID = "<id:request_id>"


@bp.get("/privacy")
@edge.permission(Permission.PRIVACY_MANAGE)
def privacy() -> str:
    """Show the requests for erasure: those that wait first."""
    return render_template("desk/administration/privacy.html", rows=requests.listed(db.session(), actor=edge.actor()))


@bp.get(f"/privacy/{_ID}")
@edge.permission(Permission.PRIVACY_MANAGE)
def data_request(request_id: int) -> Response:
    """Show one request with what would be erased."""
    return _page(request_id)


@bp.post(f"/privacy/{_ID}")
@edge.permission(Permission.PRIVACY_MANAGE)
def decide_request(request_id: int) -> AnyResponse:
    """Erase what a request asks for (`do=erase`), or refuse it for a `reason`."""
    reason = fields.tidy_text(request.form.get("reason"))
    erases = request.form.get("do") == "erase"
    try:
        with transaction() as session:
            found = requests.waiting(session, request_id, actor=edge.actor(), lock=True)
            done = requests.grant(session, found, by=edge.acting()) if erases else None
            if not erases:
                requests.refuse(session, found, reason, by=edge.acting())
    except Invalid as error:
        return _page(request_id, fault=error.faults["reason"], reason=reason, code=400)
    except NotAllowed:
        return _page(request_id, fault="ours", code=409)
    flash(_said(done) if done else _("The decision is saved."), "good")
    return redirect(url_for("desk.data_request", request_id=request_id), 303)


def _said(done: Erased) -> str:
    parts = [ngettext("%(num)s enquiry was erased.", "%(num)s enquiries were erased.", done.counts["enquiries"])]
    if done.is_partial:
        parts.append(_("The rest is erased by itself in the night after its legal hold ends."))
    if done.kept:
        parts.append(_("On legal hold, and kept: %(references)s.", references=i18n.listed(done.kept, edge.language())))
    if done.mentions:
        where = i18n.listed(map(_place, done.mentions), edge.language())
        parts.append(_("The name is still written in: %(places)s. Please read there.", places=where))
    return " ".join(parts)


def _place(found: Mention) -> str:
    """Return where a name is written still, in words, with the enquiries or else in how many rows."""
    more = len(found.references) - _MOST_NAMED
    named = [*found.references[:_MOST_NAMED], *([f"+{more}"] if more > 0 else [])]
    rows = i18n.listed(named, edge.language()) if named else str(found.count)
    return i18n.bracketed(_(labels.DATA_PLACE[found.table]), rows, edge.language())


def _page(request_id: int, *, fault: str = "", reason: str = "", code: int = 200) -> Response:
    found = requests.waiting(db.session(), request_id, actor=edge.actor())
    held = person.find(db.session(), found.email) if found.email else None
    page = render_template("desk/administration/data_request.html", asked=found, held=held, fault=fault, reason=reason)
    return make_response(page, code)


@bp.get("/privacy/records")
@edge.permission(Permission.PRIVACY_MANAGE)
def processing_records() -> str:
    """Show the records of processing: every column with personal data, from the table."""
    rows: dict[Keeping, list[str]] = {}
    for table, columns in TABLE.items():
        for column, keeping in columns.items():
            rows.setdefault(keeping, []).append(f"{table}.{column}")
    months = edge.settings()
    return render_template(
        "desk/administration/processing_records.html",
        rows=[(keeping, names, _period(keeping, months)) for keeping, names in rows.items()],
        columns=sum(map(len, rows.values())),
    )


def _period(keeping: Keeping, settings: object) -> str:
    """Return how long, in the words of the table, with the months that administrators chose."""
    names = labels.KEEPING_MONTHS.get(keeping.period)
    return _(labels.KEEPING_PERIOD[keeping.period], months=getattr(settings, names) if names else 0)
