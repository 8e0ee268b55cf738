"""The final press while others send too many forms: a code by email lets this one through."""

import unicodedata
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import ValidationError

from webapp.db import transaction
from webapp.domain.enquiries import challenge, drafts, senders
from webapp.domain.enquiries.challenge import Tried
from webapp.domain.errors import NotFound, TooMany
from webapp.i18n import N_
from webapp.models import Draft
from webapp.tidying import emails
from webapp.web import browser, edge, fields, limits
from webapp.web.public import sending
from webapp.web.public.blueprint import route

_DIGITS = 6
_SAID = {
    Tried.WRONG: N_("This is not the code of the latest email. Look at it again."),
    Tried.TOO_OFTEN: N_("Too many wrong codes were entered. Send another code, and enter that one."),
    Tried.ENDED: N_("There is no code for this form and address any more. Send another code, and enter that one."),
}


class CodeForm(FlaskForm):
    """The digits of the email."""

    code = fields.line(
        _l("Code"),
        required=_l("Enter the six digits."),
        limit=40,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )

    @property
    def digits(self) -> str:
        """The code without spaces and hyphens, in plain digits."""
        plain = unicodedata.normalize("NFKC", self.code.data or "")
        return "".join(sign for sign in plain if not sign.isspace() and sign != "-")

    def validate_code(self, _field: StringField) -> None:
        """Refuse what can be no code before it counts as a try."""
        if len(self.digits) != _DIGITS or not (self.digits.isascii() and self.digits.isdigit()):
            raise ValidationError(gettext("Enter the six digits."))


def send(form_id: str) -> AnyResponse:
    """Send the form; where others of its domain or network sent too many, email a code and ask for it.

    Raises TooMany where no code helps: its own mailbox sent too many, or a program asked.
    """
    try:
        return sending.send(form_id, seen=request.form.get("seen", ""))
    except TooMany as error:
        if error.limit not in senders.SHARED or request.accept_mimetypes.best == "application/json":
            raise
    return _ask(form_id, 429)


@route("/enquiries/code/<form_id>", methods=["GET"])
@edge.public
def enquiry_back_to_check(form_id: str) -> AnyResponse:
    """Lead to where the form is sent from: that asks for a code where one is needed."""
    return redirect(url_for(".enquiry_check", form_id=form_id), 303)


@route("/enquiries/code/<form_id>", methods=["POST"])
@edge.public
@limits.by_network(limits.FORM)
def enquiry_code(form_id: str) -> AnyResponse:
    """Send the form if the code is right, as the final press would have."""
    form = CodeForm()
    given: dict[str, Any] = {"now": edge.now(), "settings": edge.settings()}
    try:
        with transaction() as session:
            draft = drafts.locked(session, form_id, browser.own())
            email = _email(draft)
            if not email:
                return sending.locked(session, form_id, draft)
            if form.validate():
                found = challenge.tried(session, draft, form.digits, email=email, **given)
                if found is Tried.RIGHT:
                    return sending.locked(session, form_id, draft, proven=True)
                form.code.errors = [gettext(_SAID[found])]
    except NotFound:
        return sending.expired()
    return _page(form, form_id, email, 422)


@route("/enquiries/code/<form_id>/another", methods=["POST"])
@edge.public
@limits.by_network(limits.LOST_LINK)
def enquiry_another_code(form_id: str) -> AnyResponse:
    """Email another code; the one before is good no more."""
    return _ask(form_id, 200, another=True)


def _ask(form_id: str, status: int, *, another: bool = False) -> AnyResponse:
    given: dict[str, Any] = {"address": limits.address(), "now": edge.now()}
    settings = edge.settings()
    try:
        with transaction() as session:
            draft = drafts.locked(session, form_id, browser.own())
            email = _email(draft)
            if not email:
                return sending.locked(session, form_id, draft)
            if another and not challenge.is_needed(session, email=email, **given):
                return enquiry_back_to_check(form_id)
            challenge.ask(session, draft, email=email, another=another, settings=settings, **given)
    except NotFound:
        return sending.expired()
    return _page(CodeForm(formdata=None), form_id, email, status, another=another)


def _email(draft: Draft) -> str:
    """Return the address of a draft; nothing where it was sent or has none: the final press says so.

    The form is not built for it: that may need another connection, which others hold who wait for this draft.
    """
    if draft.enquiry_id is not None:
        return ""
    try:
        return emails.read(next(iter(draft.fields.get("contact_email", [])), ""))
    except emails.NoAddress:
        return ""


def _page(form: CodeForm, form_id: str, email: str, status: int, *, another: bool = False) -> Response:
    given = {"form": form, "form_id": form_id, "email": email, "another": another}
    return edge.private(make_response(render_template("public/enquiry_code.html", **given), status))
