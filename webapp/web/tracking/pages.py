"""An enquiry's page behind its secret link: read, write, withdraw, download. GET shows, POST does."""

from dataclasses import replace

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import actions, tracking
from webapp.domain.enquiries.workflow import rule
from webapp.domain.errors import Invalid, NotFound, TooMany
from webapp.domain.links import opening
from webapp.domain.links.opening import Opened
from webapp.models import Enquiry
from webapp.vocabulary import Action, Status
from webapp.web import audited, edge, limits, pages, purposes, uploads
from webapp.web.tracking import visit
from webapp.web.tracking.blueprint import bp, kept_language, opened, wants_json
from webapp.web.tracking.facts import earlier_facts, facts
from webapp.web.tracking.forms import MessageForm, WithdrawalForm
from webapp.web.tracking.standing import as_json, standing


@bp.get("/track/<secret:token>", strict_slashes=False)
@edge.public
def show(token: str) -> Response:
    """Show the status of the enquiry; the same as an object where JSON is asked for."""
    found = opened(token)
    if wants_json():
        shown = as_json(found.enquiry, hides_replies=tracking.hides_replies(found))
        return jsonify({**shown, "visit": visit.as_json(found)})
    return _page(found, MessageForm(formdata=None))


@bp.post("/track/<secret:token>/messages")
@edge.public
@edge.takes_files("attachments")
@limits.by_network(limits.WRITE)
@purposes.takes(Action.WRITE)
def message(token: str) -> AnyResponse:
    """Take the partner's message with its files; where one of them cannot be taken, nothing is sent."""
    found, form = opened(token), MessageForm()
    files, refused = uploads.read(request.files.getlist("attachments"), edge.settings())
    if len(files) > edge.settings().attachment_count:
        refused.append(_("Send at most %(count)s files with one message.", count=edge.settings().attachment_count))
    if not form.validate() or refused:
        form.refuse(refused)
        return _page(found, form)
    try:
        with transaction() as session:
            held = tracking.locked(session, found, now=edge.now())
            words = form.message.data or ""
            sent = tracking.write(session, held, words, uploads=files, now=edge.now(), settings=edge.settings()).id
    except TooMany as error:
        return _wait(opened(token), form, error)
    except Invalid:
        full = _(
            "This %(enquiry)s holds as many files as it can. Send further ones to the office by email.",
            enquiry=pages.enquiry_word(found.enquiry.kind),
        )
        form.refuse([full])
        return _page(opened(token), form)
    flash(_("Your message has been sent."), "sent")
    return _back(token, f"message-{sent}")


@bp.get("/track/<secret:token>/withdraw")
@edge.public
def withdraw(token: str) -> AnyResponse:
    """Ask whether the enquiry is to be withdrawn; an ended one has nothing to ask."""
    found = opened(token, whole=False)
    if not may_withdraw(found.enquiry):
        return _back(token)
    return _question(found, WithdrawalForm(formdata=None))


@bp.post("/track/<secret:token>/withdraw")
@edge.public
@limits.by_network(limits.WRITE)
@purposes.takes(Action.WITHDRAW)
def withdraw_now(token: str) -> AnyResponse:
    """Withdraw the enquiry; doing it again changes nothing."""
    found, form = opened(token, whole=False), WithdrawalForm()
    if not form.validate():
        return _question(found, form)
    with transaction() as session:
        held = tracking.locked(session, found, now=edge.now())
        if held.status is not Status.WITHDRAWN:
            tracking.withdraw(session, held, form.reason.data or "", now=edge.now(), settings=edge.settings())
    flash(_("Your %(enquiry)s has been withdrawn.", enquiry=pages.enquiry_word(found.enquiry.kind)), "good")
    return _back(token)


@bp.post("/track/<secret:token>/new-link")
@edge.public
@limits.by_network(limits.LOST_LINK)
@purposes.takes(Action.REQUEST_LINK)
def new_link(token: str) -> AnyResponse:
    """Email the partner a new link, which no one who has this one can read; this one ends."""
    found = opened(token, whole=False)
    with transaction() as session:
        held = tracking.locked(session, found, now=edge.now())
        tracking.replace_link(session, held, now=edge.now(), settings=edge.settings())
    flash(_("A new link is on its way to your email address. The one that you used here has ended."), "good")
    return redirect(url_for("tracking.lost", language=edge.language()), 303)


@bp.post("/track/<secret:token>/confirm")
@edge.public
@limits.by_network(limits.WRITE)
def confirm(token: str) -> AnyResponse:
    """Take the word of who has the email that the enquiry is theirs."""
    found = opened(token, whole=False)
    with transaction() as session:
        tracking.locked(session, found, now=edge.now())
    flash(_("Thank you. The office knows now that this address is yours."), "good")
    return _back(token)


@bp.get("/track/<secret:token>/files/<id:attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page."""
    found = opened(token, whole=False)
    wanted = opening.attachment(db.session(), found, attachment_id)
    if not tracking.may_have(db.session(), found, wanted.id):
        raise NotFound("file")
    partner = replace(actions.partner(found.enquiry), origin=edge.origin())
    return audited.download(wanted, found.enquiry.reference, actor=partner)


def may_withdraw(enquiry: Enquiry) -> bool:
    """Return whether the partner may still withdraw."""
    return rule(enquiry.status, Action.WITHDRAW, enquiry.kind) is not None


def _page(found: Opened, form: MessageForm) -> Response:
    enquiry, planned = found.enquiry, visit.planned(found)
    asked = facts(enquiry)
    page = render_template(
        "tracking/enquiry.html",
        enquiry=enquiry,
        token=found.token,
        form=form,
        now=standing(enquiry, planned, hides_replies=tracking.hides_replies(found)),
        kind=found.kind,
        visit=visit.panel(enquiry, planned),
        facts=asked.all,
        earlier=earlier_facts(enquiry),
        main_facts=asked.main,
        may_withdraw=may_withdraw(enquiry),
        may_renew=rule(enquiry.status, Action.REQUEST_LINK, enquiry.kind) is not None,
        kept_language=kept_language(),
        our_files=tracking.our_files(enquiry),
        accept=uploads.ACCEPT,
        settings=edge.settings(),
    )
    return make_response(page, 422 if form.errors else 200)


def _wait(found: Opened, form: MessageForm, error: TooMany) -> Response:
    """Say that enough was written for today, beside the words, which stay in their field."""
    form.message.errors = [
        _(
            "You have written many messages about this %(enquiry)s today. Send this one later, or by email to "
            "the office.",
            enquiry=pages.enquiry_word(found.enquiry.kind),
        )
    ]
    form.refuse([])
    response = _page(found, form)
    response.status_code = 429
    response.headers["Retry-After"] = str(max(1, round((error.retry_at - edge.now()).total_seconds())))
    return response


def _question(found: Opened, form: WithdrawalForm) -> Response:
    said = {"enquiry": found.enquiry, "token": found.token, "kept_language": kept_language()}
    page = render_template("tracking/withdraw.html", form=form, **said)
    return make_response(page, 422 if form.errors else 200)


def _back(token: str, place: str | None = None) -> AnyResponse:
    return redirect(url_for("tracking.show", token=token, language=kept_language(), _anchor=place), 303)
