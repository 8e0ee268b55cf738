"""All emails at once: held, looked at, and let go."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.messages import holding
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp

_LONGEST_REASON = 200


@bp.get("/messages/held")
@edge.permission(Permission.SETTINGS_EDIT)
def held_emails() -> str:
    """Show whether emails are held and what would leave, with what decides about it."""
    return _page()


@bp.post("/messages/hold")
@edge.permission(Permission.SETTINGS_EDIT)
def hold_emails() -> AnyResponse:
    """Let no email leave from now on."""
    reason = fields.tidy_line(request.form.get("reason"))[:_LONGEST_REASON]
    with transaction() as session:
        done = holding.hold(session, reason, by=edge.acting())
    flash(_("No email leaves from now on.") if done else _("Emails were held already."), "good" if done else "info")
    return redirect(url_for("desk.held_emails"), 303)


@bp.post("/messages/release")
@edge.permission(Permission.SETTINGS_EDIT)
def release_emails() -> AnyResponse | tuple[str, int]:
    """Let emails leave: those that came since, and of the older ones what was chosen."""
    waiting, doubtful = request.form.get("waiting"), request.form.get("doubtful") == "send"
    if request.form.get("asks") and waiting not in {"send", "leave"}:
        return _page(missing=True, doubtful=doubtful), 400
    since = _moment(request.form.get("since", ""))
    number = None
    if since is not None:
        with transaction() as session:
            choices = {"waiting": waiting != "leave", "doubtful": doubtful}
            number = holding.release(session, since, **choices, by=edge.acting())
    if number is None:
        flash(_("Someone released these emails, or held them again, in the meantime. Nothing was done."), "info")
        return redirect(url_for("desk.held_emails"), 303)
    said = ngettext("%(num)s email leaves now.", "%(num)s emails leave now.", number)
    flash(said if number else _("Emails leave again. None was waiting."), "good")
    return redirect(url_for("desk.outbox"), 303)


def _page(*, missing: bool = False, doubtful: bool = False) -> str:
    found = holding.outlook(db.session(), actor=edge.actor())
    return render_template("desk/messages/held.html", found=found, missing=missing, doubtful=doubtful)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
