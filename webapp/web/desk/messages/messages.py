"""Messages as they were sent, and those that did not arrive."""

from datetime import timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import addresses, loading
from webapp.domain.errors import Conflict
from webapp.domain.messages import outbox
from webapp.domain.security.permissions import Actor
from webapp.models import Message
from webapp.vocabulary import MessageState, Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.messages.forms import AddressForm

# A message shows itself, and does nothing: no script, no form, nothing fetched, no link that leads the frame elsewhere.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
# A message in one of these states can be sent again.
ENDED = (MessageState.SENT, MessageState.FAILED, MessageState.BOUNCED)
_ID = "<id:message_id>"


@bp.get("/messages/", endpoint="outbox")
@edge.permission(Permission.MESSAGE_READ)
def undelivered() -> str:
    """Show the messages that wait for too long, and those that ended undelivered, with what can be done."""
    session, actor = db.session(), edge.actor()
    late = edge.now() - timedelta(minutes=edge.environment().alert_minutes)
    messages = outbox.troubled(session, actor=actor)
    failed = any(message.state is MessageState.FAILED for message in messages)
    waiting = outbox.waiting(session, actor=actor, since=late)
    return render_template("desk/messages/outbox.html", messages=messages, waiting=waiting, failed=failed)


@bp.get("/messages/again")
@edge.permission(Permission.MESSAGE_RESEND)
def retry_failed() -> str:
    """Ask whether all that failed is to be sent again, and say how much that is."""
    emails, addresses = outbox.failed_count(db.session(), actor=edge.actor())
    return render_template("desk/messages/outbox_again.html", emails=emails, addresses=addresses, most=outbox.AT_ONCE)


@bp.post("/messages/again", endpoint="retry_failed_now")
@edge.permission(Permission.MESSAGE_RESEND)
def retry_failed_now() -> AnyResponse:
    """Send what failed again."""
    with transaction() as session:
        number = outbox.retry_failed(session, by=edge.acting())
    if number:
        said = ngettext("%(num)s email is on its way again.", "%(num)s emails are on their way again.", number)
        flash(said, "good")
    else:
        flash(_("No email was still undelivered; someone may have sent them already."), "info")
    return redirect(url_for("desk.outbox"), 303)


@bp.post(f"/messages/{_ID}/aside")
@edge.permission(Permission.MESSAGE_RESEND)
def set_message_aside(message_id: int) -> AnyResponse:
    """Take a message that no one needs any more from the list."""
    actor = edge.actor()
    with transaction() as session:
        found = outbox.message(session, message_id, actor=actor, lock=True)
        outbox.set_aside(session, found, by=edge.acting())
    flash(_("The email is set aside. Its page still has it, and can send it again."), "good")
    return redirect(url_for("desk.outbox"), 303)


@bp.get(f"/messages/{_ID}")
@edge.permission(Permission.MESSAGE_READ)
def message(message_id: int) -> Response:
    """Show one message: headers, delivery and text."""
    return _page(message_id, AddressForm(formdata=None))


@bp.get(f"/messages/{_ID}/html")
@edge.permission(Permission.MESSAGE_READ)
def message_html(message_id: int) -> Response:
    """Show the HTML of one message, for the sandboxed frame of its page."""
    response = make_response(outbox.message(db.session(), message_id, actor=edge.actor()).html)
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    return response


@bp.post(f"/messages/{_ID}/retry")
@edge.permission(Permission.MESSAGE_RESEND)
def retry_message(message_id: int) -> AnyResponse:
    """Send a message again, to a corrected address if one is given; a partner's is kept if that was ticked."""
    form, actor = AddressForm(), edge.actor()
    if not form.validate():
        return _page(message_id, form, 400)
    email = str(form.email.data)
    try:
        with transaction() as session:
            found = outbox.message(session, message_id, actor=actor, lock=True)
            corrected = email if email != found.recipient_email else None
            lasts = corrected is not None and bool(form.lasting.data) and addresses.is_partners(found)
            if lasts:
                _correct(session, found, email, actor)
            outbox.retry(session, found, email=corrected, by=edge.acting())
    except Conflict:
        form.email.errors = [
            _("Someone has corrected the address of this enquiry in the meantime. Please check it again.")
        ]
        return _page(message_id, form, 409)
    flash(_("The email is on its way again, to %(email)s.", email=email), "good")
    if lasts:
        flash(_("Later emails about this enquiry go there too."), "good")
    here = url_for("desk.message", message_id=message_id)
    return redirect(edge.desk_path(request.form.get("back", ""), here), 303)


def _correct(session: Session, found: Message, email: str, actor: Actor) -> None:
    assert found.enquiry is not None
    held = loading.locked(session, found.enquiry.reference, actor=actor)
    known = fields.tidy_line(request.form.get("known"))
    addresses.correct(session, held, email, known=known, by=edge.acting())


def _page(message_id: int, form: AddressForm, code: int = 200) -> Response:
    found = outbox.message(db.session(), message_id, actor=edge.actor())
    to_partner = addresses.is_partners(found)
    if not form.is_submitted():
        form.email.data = found.enquiry.contact_email if to_partner and found.enquiry else found.recipient_email
    can_retry = found.state in ENDED
    page = render_template(
        "desk/messages/message.html", message=found, form=form, can_retry=can_retry, to_partner=to_partner
    )
    return make_response(page, code)
