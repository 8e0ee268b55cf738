"""The page behind the link in a mail: whoever answers sees one enquiry and one form. GET shows, only POST decides."""

from datetime import datetime
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain import approvals, decisions, tracking
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound, NotYet
from webapp.models import Decision, Enquiry
from webapp.vocabulary import CLOCK_STATUSES, ActorKind, Choice
from webapp.web import edge
from webapp.web.decisions import approval
from webapp.web.decisions.blueprint import bp
from webapp.web.decisions.forms import DONE, NOTES, DecisionForm
from webapp.web.limits import WRITE_PER_ADDRESS, limiter


@bp.get("/decisions/<token>")
@edge.public
def show(token: str) -> Response:
    """One enquiry and one form, however often and by whomever it is opened; nothing happens."""
    try:
        found = decisions.decision(db.session(), token, now=edge.now())
    except NotFound:
        return approval.show(token)
    return _page(found, token, DecisionForm(formdata=None))


@bp.post("/decisions/<token>")
@edge.public
@limiter.limit(WRITE_PER_ADDRESS)
def decide(token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with everything that was typed."""
    try:
        found = decisions.decision(db.session(), token, now=edge.now())
    except NotFound:
        return approval.answer(token)
    _speak(found)
    form = DecisionForm()
    form.offer(found.enquiry)
    if _version(form) != found.enquiry.version or not decisions.choices(found.enquiry):
        return _page(found, token, form, 409)
    if not _valid(form):
        return _page(found, token, form, 422)
    try:
        with transaction() as session:
            decisions.decide(
                session, token, form.answer(), version=_version(form), now=edge.now(), settings=edge.settings()
            )
    except (Invalid, NotYet) as error:
        form.refuse(error.faults if isinstance(error, Invalid) else {"choice": error.step})
        return _page(_again(token), token, form, 422)
    except (Conflict, NotAllowed):
        return _page(_again(token), token, form, 409)
    flash(_(DONE[Choice(form.choice.data)]), "good")
    return redirect(url_for("decisions.show", token=token), 303)


@bp.get("/decisions/<token>/files/<int(max=2147483647):attachment_id>")
@edge.public
def file(token: str, attachment_id: int) -> Response:
    """Hand out a file of the enquiry as it came, never to be opened in the page."""
    try:
        found = decisions.attachment(db.session(), token, attachment_id, now=edge.now())
    except NotFound:
        found = approvals.attachment(db.session(), token, attachment_id, now=edge.now())
    return edge.download(found.name, found.content)


def _again(token: str) -> Decision:
    return decisions.decision(db.session(), token, now=edge.now())


def _valid(form: DecisionForm) -> bool:
    """Windows that were typed for another choice are nobody's business now."""
    if form.choice.data != Choice.PROPOSE_DATES:
        for window in form.windows:
            window.form.process(None)
    return form.validate()


def _version(form: DecisionForm) -> int:
    sent = form.version.data or ""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _speak(found: Decision) -> None:
    """Answer in the person's language unless another was asked for."""
    if not request.args.get("language"):
        edge.set_language(found.person.language)


def _page(found: Decision, token: str, form: DecisionForm, code: int = 200) -> Response:
    _speak(found)
    enquiry = found.enquiry
    form.offer(enquiry)
    form.version.data = str(enquiry.version)
    page = render_template(
        "decisions/enquiry.html",
        person=found.person,
        enquiry=enquiry,
        token=token,
        form=form,
        notes={choice.value: _(text) for choice, text in NOTES.items()},
        open=bool(form.choice.choices),
        changed=code == 409,
        decided=_decided(enquiry),
        running=enquiry.status in CLOCK_STATUSES,
        late=edge.today() > enquiry.promised_on,
        answers=labels.answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        earlier=labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        country=labels.country_name(enquiry.country, edge.language()),
        thread=_thread(enquiry),
    )
    return make_response(page, code)


def _decided(enquiry: Enquiry) -> dict[str, Any] | None:
    """By whom and when it came to its present status, or None where nobody has decided anything."""
    for event in reversed(enquiry.events):
        if tracking.change(event):
            partner = event.actor_kind is ActorKind.PARTNER
            name = enquiry.contact_name if partner else event.actor_name or _("the office")
            return {
                "who": name,
                "at": event.at,
                "label": _(labels.STATUS_DESK[enquiry.status]),
            }
    return None


def _thread(enquiry: Enquiry) -> list[tuple[str, datetime, str, bool]]:
    """The words that went both ways: who, when, what, and whether they are ours."""
    first = (enquiry.contact_name, enquiry.submitted_at, enquiry.message, False)
    rest = [
        (
            event.actor_name or enquiry.contact_name,
            event.at,
            event.text,
            event.actor_kind is not ActorKind.PARTNER,
        )
        for event in enquiry.events
        if event.text
    ]
    return [first, *rest]
