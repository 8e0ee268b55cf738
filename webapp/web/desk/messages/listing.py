"""The list of all emails: to whom, about what, and what became of each."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db
from webapp.domain.messages import listing
from webapp.tidying import emails
from webapp.vocabulary import MessageState, Permission
from webapp.web import edge, fields
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.unknown import unknown

_LONGEST = 200


@bp.get("/messages/all")
@edge.permission(Permission.MESSAGE_READ)
def all_emails() -> str | AnyResponse:
    """Show all emails, newest first, by address and state."""
    if "" in request.args.values():
        given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
        return redirect(url_for("desk.all_emails", **given))
    address = _address(fields.tidy_line(request.args.get("to"))[:_LONGEST])
    state = request.args.get("state", "")
    asked: dict[str, Any] = {name: value for name, value in {"to": address, "state": state}.items() if value}
    known = not state or state in set(MessageState)
    page = listing.EmailPage((), None)
    if known:
        page = listing.emails(
            db.session(),
            actor=edge.actor(),
            address=address,
            state=MessageState(state) if state else None,
            before=parameters.place(request.args.get("before", "")),
        )
    return render_template(
        "desk/messages/all.html",
        page=page,
        address=address,
        state=state,
        states=[*labels.options(labels.MESSAGE_STATE, _), *([] if known else [(state, state)])],
        unknown=[] if known else [unknown(_("State"), state, url_for("desk.all_emails", to=address or None))],
        asked=asked,
        next=url_for("desk.all_emails", **asked, before=page.before) if page.before else "",
    )


def _address(typed: str) -> str:
    """Return the address that is meant; what is none is looked for as it was typed, and not found."""
    try:
        return emails.read(typed)
    except emails.NoAddress:
        return typed
