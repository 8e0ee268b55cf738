"""Messages as they were sent, and those that did not arrive."""

from datetime import timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.decisions import sending_again
from webapp.domain.enquiries import addresses
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.messages import outbox
from webapp.i18n import N_
from webapp.vocabulary import MessageState, Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.colleagues import refusal
from webapp.web.desk.messages.forms import AddressForm

# A message shows itself, and does nothing: no script, no form, nothing fetched, no link that leads the frame elsewhere.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
# Why a message is not sent to another address.
_NOT_THERE = {
    "list": N_(
        "This email has private links of the person whom it was written to. It goes only to the address on record: "
        "correct that under “People”; the next list goes there."
    ),
    "ended": N_("The question in this email is closed, and its private link has ended. It goes to no other address."),
    "person": N_(
        "This email has the private link by which this person answers. It goes only to the address on record: "
        "correct that under “People” first."
    ),
    "faculty": N_(
        "This email has the private link of the faculty. It goes only to the address on record: "
        "correct that under “Faculties” first."
    ),
}
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
    """Send a message again, to a corrected address if one is given; a private link goes only to whom it belongs."""
    form, actor = AddressForm(), edge.actor()
    if not form.validate():
        return _page(message_id, form, 400)
    email = str(form.email.data)
    try:
        with transaction() as session:
            found = outbox.message(session, message_id, actor=actor, lock=True)
            before = found.enquiry.contact_email if found.enquiry else ""
            known = fields.tidy_line(request.form.get("known")) or before
            sending_again.send_again(session, found, email, known=known, by=edge.acting())
            lasts = addresses.is_partners(found) and email.lower() != before.lower()
    except Conflict:
        form.email.errors = [
            _("Someone has corrected the address of this enquiry in the meantime. Please check it again.")
        ]
        return _page(message_id, form, 409)
    except Invalid as error:
        fault = error.faults["email"]
        form.email.errors = [_(_NOT_THERE[fault]) if fault in _NOT_THERE else refusal(fault)]
        return _page(message_id, form, 400)
    flash(_("The email is on its way again, to %(email)s.", email=email), "good")
    if lasts:
        flash(_("Later emails about this enquiry go there too, and the link that was sent before has ended."), "good")
    here = url_for("desk.message", message_id=message_id)
    return redirect(edge.desk_path(request.form.get("back", ""), here), 303)


def _page(message_id: int, form: AddressForm, code: int = 200) -> Response:
    session = db.session()
    found = outbox.message(session, message_id, actor=edge.actor())
    to_partner = addresses.is_partners(found)
    if not form.is_submitted():
        form.email.data = found.enquiry.contact_email if to_partner and found.enquiry else found.recipient_email
    shown = {"can_retry": outbox.can_retry(found), "carried": sending_again.carried(session, found)}
    page = render_template("desk/messages/message.html", message=found, form=form, to_partner=to_partner, **shown)
    return make_response(page, code)
