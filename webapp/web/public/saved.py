"""Save and continue later: a link by email, which gives the form to the browser of who reads that address."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import drafts, saving
from webapp.domain.enquiries.saving import Proof
from webapp.domain.errors import Gone, NotFound, TooMany
from webapp.i18n import N_
from webapp.models import Draft
from webapp.web import browser, edge, fields, limits
from webapp.web.public import sending
from webapp.web.public.blueprint import route

_SAID = {
    Proof.WRONG: N_("This is not the address that the link was sent to. Enter that one."),
    Proof.TOO_OFTEN: N_(
        "Too many other addresses were entered for this link. Open the form in the browser in which you began it, or "
        "begin again."
    ),
}


class AddressForm(FlaskForm):
    """The address that a form's link goes to, or that it went to."""

    email = fields.line(
        _l("Your email address"),
        required=_l("Enter your email address."),
        limit=254,
        checks=[fields.Email()],
        render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false"},
    )


@route("/enquiries/later/<form_id>", methods=["GET"])
@edge.public
def saved_form(form_id: str) -> AnyResponse:
    """Say that the form is kept, and ask where its link should go."""
    draft = drafts.find(db.session(), form_id, browser.own())
    if draft is None:
        return sending.expired()
    if draft.enquiry_id is not None:
        return sending.to_tracking(form_id)
    form = AddressForm(formdata=None)
    form.email.data = next(iter(draft.fields.get("contact_email", [])), "")
    return _page(form, form_id, draft)


@route("/enquiries/later/<form_id>", methods=["POST"])
@edge.public
@limits.by_network(limits.LOST_LINK)
def send_saved_form(form_id: str) -> AnyResponse:
    """Email the link, unless too many were sent; the form stays here all the while."""
    form = AddressForm()
    try:
        with transaction() as session:
            draft = drafts.locked(session, form_id, browser.own())
            if draft.enquiry_id is not None:
                return sending.to_tracking(form_id, session)
            if not form.validate():
                return _page(form, form_id, draft, 422)
            given: dict[str, Any] = {"address": limits.address(), "now": edge.now(), "settings": edge.settings()}
            saving.send_link(session, draft, form.email.data or "", **given)
    except NotFound:
        return sending.expired()
    except TooMany:
        form.email.errors = [gettext("Enough links were sent for now. Try again in an hour; your form is kept.")]
        return _page(form, form_id, draft, 429)
    return _page(form, form_id, draft, sent=True)


@route("/enquiries/saved/<secret:token>", methods=["GET"])
@edge.public
def open_saved_form(token: str) -> Response:
    """Show that there is a form to continue, and nothing of it; the browser that has it is asked for no address."""
    return _opened(AddressForm(formdata=None), token)


@route("/enquiries/saved/<secret:token>", methods=["POST"])
@edge.public
@limits.by_network(limits.WRITE)
def continue_saved_form(token: str) -> AnyResponse:
    """Give the form to this browser, if it has it already or its address is named."""
    form = AddressForm()
    own = browser.own()
    try:
        with transaction() as session:
            found = saving.opened(session, token, now=edge.now(), lock=True)
            proof = Proof.RIGHT if saving.is_of(found, own) else None
            if proof is None and form.validate():
                proof = saving.prove(session, found, form.email.data or "", now=edge.now())
            if proof is Proof.RIGHT:
                form_id = drafts.new_id(own, secret_key=edge.environment().secret_key)
                saving.move(found, form_id, own)
                return redirect(url_for(".enquiry_new", draft=form_id), 303)
    except (NotFound, Gone):
        return _ended()
    if proof is not None:
        form.email.errors = [gettext(_SAID[proof])]
    return _opened(form, token)


def _opened(form: AddressForm, token: str) -> Response:
    try:
        found = saving.opened(db.session(), token, now=edge.now())
    except (NotFound, Gone):
        return _ended()
    known = saving.is_of(found, browser.known())
    page = render_template("public/saved_form_open.html", form=form, token=token, known=known, found=found)
    return edge.private(make_response(page, 422 if form.errors else 200))


def _ended() -> Response:
    return edge.private(make_response(render_template("public/saved_form_ended.html"), 404))


def _page(form: AddressForm, form_id: str, draft: Draft, status: int = 200, *, sent: bool = False) -> Response:
    said = {"form": form, "form_id": form_id, "sent": sent, "until": saving.lasts_until(draft)}
    page = render_template("public/saved_form.html", **said, has_files=bool(draft.attachments))
    return edge.private(make_response(page, status))
