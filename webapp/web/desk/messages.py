"""Mails as they were sent, and those that did not arrive."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain import outbox
from webapp.vocabulary import MessageState, Permission
from webapp.web import edge
from webapp.web.desk.blueprint import bp
from webapp.web.desk.forms import AddressForm

# A mail shows itself, and does nothing: no script, no form, nothing fetched, no link that leads the frame elsewhere.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
# A mail in one of these states can be sent again.
ENDED = (MessageState.SENT, MessageState.FAILED, MessageState.BOUNCED)
_ID = "<int(max=2147483647):message_id>"


@bp.get("/messages/", endpoint="outbox")
@edge.permission(Permission.MESSAGE_READ)
def undelivered() -> str:
    """The mails that ended undelivered, with what can be done."""
    return render_template("desk/outbox.html", messages=outbox.troubled(db.session(), actor=edge.actor()))


@bp.get(f"/messages/{_ID}")
@edge.permission(Permission.MESSAGE_READ)
def message(message_id: int) -> Response:
    """One mail: headers, delivery and text."""
    return _page(message_id, AddressForm(formdata=None))


@bp.get(f"/messages/{_ID}/html")
@edge.permission(Permission.MESSAGE_READ)
def message_html(message_id: int) -> Response:
    """The HTML of one mail, for the sandboxed frame of its page."""
    response = make_response(outbox.message(db.session(), message_id, actor=edge.actor()).html)
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    return response


@bp.post(f"/messages/{_ID}/retry")
@edge.permission(Permission.MESSAGE_RESEND)
def retry_message(message_id: int) -> AnyResponse:
    """Send a mail again, to a corrected address if one is given."""
    form, actor = AddressForm(), edge.actor()
    if not form.validate():
        return _page(message_id, form, 400)
    email = str(form.email.data)
    with transaction() as session:
        found = outbox.message(session, message_id, actor=actor)
        corrected = email if email != found.recipient_email else None
        outbox.retry(session, found, actor=actor, now=edge.now(), email=corrected)
    flash(_("The mail is on its way again, to %(email)s.", email=email), "good")
    here = url_for("desk.message", message_id=message_id)
    return redirect(edge.desk_path(request.form.get("back", ""), here), 303)


def _page(message_id: int, form: AddressForm, code: int = 200) -> Response:
    found = outbox.message(db.session(), message_id, actor=edge.actor())
    if not form.is_submitted():
        form.email.data = found.recipient_email
    return make_response(
        render_template("desk/message.html", message=found, form=form, can_retry=found.state in ENDED), code
    )
