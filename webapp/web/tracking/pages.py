"""An enquiry's page behind its secret link: read, write, withdraw, download. GET shows, POST does."""

from dataclasses import replace
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import actions, tracking
from webapp.domain.enquiries.workflow import rule
from webapp.domain.errors import Invalid
from webapp.models import Enquiry
from webapp.vocabulary import Action, Language, Status
from webapp.web import audited, edge, uploads
from webapp.web.limits import WRITE_PER_ADDRESS, limiter
from webapp.web.tracking.blueprint import bp, wants_json
from webapp.web.tracking.facts import earlier_facts, facts, main_facts
from webapp.web.tracking.forms import MessageForm, WithdrawalForm
from webapp.web.tracking.standing import as_json, standing


@bp.get("/track/<secret:token>", strict_slashes=False)
@edge.public
def show(token: str) -> Response:
    """Show the status of the enquiry; the same as an object where JSON is asked for."""
    found = tracking.enquiry(db.session(), token)
    if wants_json():
        return jsonify(as_json(found))
    return _page(found, token, MessageForm(formdata=None))


@bp.post("/track/<secret:token>/messages")
@edge.public
@edge.takes_files("attachments")
@limiter.limit(WRITE_PER_ADDRESS)
def message(token: str) -> AnyResponse:
    """Take the partner's message with its files; where one of them cannot be taken, nothing is sent."""
    form = MessageForm()
    files, refused = uploads.read(request.files.getlist("attachments"), edge.settings())
    if len(files) > edge.settings().attachment_count:
        refused.append(_("Send at most %(count)s files with one message.", count=edge.settings().attachment_count))
    if not form.validate() or refused:
        form.refuse(refused)
        return _page(tracking.enquiry(db.session(), token), token, form)
    given: dict[str, Any] = {"uploads": files, "now": edge.now(), "settings": edge.settings()}
    try:
        with transaction() as session:
            found = tracking.locked(session, token)
            tracking.write(session, found, form.message.data or "", **given)
            _speak(found)
    except Invalid:
        form.refuse([_("This enquiry holds as many files as it can. Send further ones to the office by email.")])
        return _page(tracking.enquiry(db.session(), token), token, form)
    flash(_("Your message has been sent."), "good")
    return _back(token, "messages")


@bp.get("/track/<secret:token>/withdraw")
@edge.public
def withdraw(token: str) -> AnyResponse:
    """Ask whether the enquiry is to be withdrawn; an ended one has nothing to ask."""
    found = tracking.enquiry(db.session(), token)
    if not may_withdraw(found):
        return _back(token)
    return _question(found, token, WithdrawalForm(formdata=None))


@bp.post("/track/<secret:token>/withdraw")
@edge.public
@limiter.limit(WRITE_PER_ADDRESS)
def withdraw_now(token: str) -> AnyResponse:
    """Withdraw the enquiry; doing it again changes nothing."""
    form = WithdrawalForm()
    if not form.validate():
        return _question(tracking.enquiry(db.session(), token), token, form)
    with transaction() as session:
        found = tracking.locked(session, token)
        if found.status is not Status.WITHDRAWN:
            tracking.withdraw(session, found, form.reason.data or "", now=edge.now(), settings=edge.settings())
        _speak(found)
    flash(_("Your enquiry has been withdrawn."), "good")
    return _back(token)


@bp.get("/track/<secret:token>/files/<int(max=2147483647):attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page."""
    found = tracking.attachment(db.session(), token, attachment_id)
    enquiry = tracking.enquiry(db.session(), token)
    by = replace(actions.partner(enquiry), origin=edge.origin())
    return audited.download(found, enquiry.reference, by=by)


def may_withdraw(enquiry: Enquiry) -> bool:
    """Return whether the partner may still withdraw."""
    return rule(enquiry.status, Action.WITHDRAW, enquiry.kind) is not None


def _page(found: Enquiry, token: str, form: MessageForm) -> Response:
    _speak(found)
    page = render_template(
        "tracking/enquiry.html",
        enquiry=found,
        token=token,
        form=form,
        now=standing(found),
        facts=facts(found),
        earlier=earlier_facts(found),
        main_facts=main_facts(found),
        may_withdraw=may_withdraw(found),
        kept_language=_kept_language(),
        accept=uploads.ACCEPT,
        settings=edge.settings(),
    )
    return make_response(page, 422 if form.errors else 200)


def _question(found: Enquiry, token: str, form: WithdrawalForm) -> Response:
    _speak(found)
    page = render_template(
        "tracking/withdraw.html", enquiry=found, token=token, form=form, kept_language=_kept_language()
    )
    return make_response(page, 422 if form.errors else 200)


def _speak(found: Enquiry) -> None:
    """Answer in the enquiry's language unless another was asked for."""
    if not _kept_language():
        edge.set_language(found.language)


def _kept_language() -> Language | None:
    asked = request.args.get("language")
    return Language(asked) if asked in list(Language) else None


def _back(token: str, place: str | None = None) -> AnyResponse:
    return redirect(url_for("tracking.show", token=token, language=_kept_language(), _anchor=place), 303)
