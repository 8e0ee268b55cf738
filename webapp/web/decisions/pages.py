"""The page behind the link in a mail: whoever answers sees one enquiry and one form. GET shows, only POST decides."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain import approvals, decisions, tracking
from webapp.domain.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotYet
from webapp.domain.decisions import Answer
from webapp.i18n import N_
from webapp.models import Decision, Enquiry
from webapp.vocabulary import CLOCK_STATUSES, ActorKind, Choice
from webapp.web import edge
from webapp.web.decisions import approval
from webapp.web.decisions.blueprint import bp
from webapp.web.decisions.forms import DONE, NOTES, DecisionForm
from webapp.web.limits import WRITE_PER_ADDRESS, limiter

_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

CHOICES = {
    Choice.ACCEPT: N_("Accept"),
    Choice.PROPOSE_DATES: N_("Propose other dates"),
    Choice.ASK_PARTNER: N_("Ask the partner something"),
    Choice.DECLINE: N_("Decline"),
    Choice.PASS_ON: N_("Pass it to a colleague"),
    Choice.AWAY: N_("I am away"),
}
NOTES = {
    Choice.ACCEPT: N_("The partner is told by mail."),
    Choice.PROPOSE_DATES: N_("The partner is asked whether another date suits."),
    Choice.ASK_PARTNER: N_("The clock stands still until they answer."),
    Choice.DECLINE: N_("The partner is told by mail, with your reason."),
    Choice.PASS_ON: N_("They get a mail with a link of their own; yours ends."),
    Choice.AWAY: N_("Your deputy or the office answers meanwhile."),
}
_DONE = {
    Choice.ACCEPT: N_("Thank you. You have accepted; the partner is told by mail."),
    Choice.PROPOSE_DATES: N_("Thank you. Your dates are on their way to the partner."),
    Choice.ASK_PARTNER: N_("Thank you. Your question is on its way to the partner."),
    Choice.DECLINE: N_("Thank you. You have declined; the partner is told by mail."),
    Choice.PASS_ON: N_("Thank you. Your colleague has the enquiry now."),
    Choice.AWAY: N_("Thank you. Others answer until you are back."),
}
_FAULTS = {
    ("text", "needed"): _l("Write a few words first."),
    ("choice", "screening"): _l("The office has to screen the parties before this can be accepted."),
    ("choice", "match"): _l("The office has to clear a match of its screening before this can be accepted."),
    ("colleague", "needed"): _l("Enter your colleague’s address or name."),
    ("colleague", "unknown"): _l("Nobody of this name is known here. Enter their mail address instead."),
    ("colleague", "domain"): _l("Enter an address of the university."),
    ("colleague", "gone"): _l("This person no longer answers here. Choose somebody else."),
    ("colleague", "self"): _l("Enter somebody other than yourself."),
    ("until", "needed"): _l("Enter your last day away."),
    ("until", "before start"): _l("This day is over."),
    ("until", "past"): _l("This day is over."),
    ("until", "long"): _l("Enter a day within the next year; for longer, please tell the office."),
    ("until", "overlap"): _l("You are entered as away on some of these days already."),
}


def _choices() -> list[tuple[str, str]]:
    return [(choice.value, _(text)) for choice, text in CHOICES.items()]


class DecisionForm(WindowsForm):
    """One answer; which fields count depends on the choice."""

    version = HiddenField()
    choice = fields.ChoiceField(_l("Your answer"), _choices, required=_l("Choose your answer."))
    text = fields.text(
        _l("Your words"), description=_l("To the partner, or to your colleague. Needed where you ask or decline.")
    )
    colleague = fields.line(_l("Your colleague"), description=_l("An address of the university, or the full name."))
    until = fields.DayField(_l("Last day away"))

    def offer(self, enquiry: Enquiry) -> None:
        """Offer what can be answered now."""
        possible = {choice.value for choice in decisions.choices(enquiry)}
        self.choice.choices = [(value, label) for value, label in _choices() if value in possible]

    def answer(self) -> Answer:
        return Answer(
            Choice(self.choice.data),
            text=self.text.data or "",
            windows=self.given(),
            colleague=self.colleague.data or "",
            until=self.until.data,
        )

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why the answer was not taken."""
        for name, fault in faults.items():
            if name == "windows":
                self.ask_for_the_first()
            else:
                self[name].errors = [_FAULTS[name, fault]]


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return make_response(render_template("decisions/closed.html", passed_to="", known=False), 404)


@bp.errorhandler(Gone)
def _gone(error: Gone) -> Response:
    return make_response(render_template("decisions/closed.html", passed_to=error.passed_to, known=True), 410)


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
    if not _valid(form, found.enquiry):
        return _page(found, token, form, 422 if form.errors else 409)
    try:
        with transaction() as session:
            decisions.decide(
                session, token, form.answer(), version=_version(form), now=edge.now(), settings=edge.settings()
            )
    except Invalid as error:
        form.refuse(error.faults)
        return _page(_again(token), token, form, 422)
    except NotYet as error:
        form.refuse({"choice": error.step})
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
    content = BytesIO(found.content)
    response = send_file(content, "application/octet-stream", as_attachment=True, download_name=found.name, etag=False)
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _again(token: str) -> Decision:
    return decisions.decision(db.session(), token, now=edge.now())


def _valid(form: DecisionForm, enquiry: Enquiry) -> bool:
    """Windows that were typed for another choice are nobody's business now."""
    if form.choice.data != Choice.PROPOSE_DATES:
        for window in form.windows:
            window.form.process(None)
    return bool(decisions.choices(enquiry)) and form.validate()


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
                "status": enquiry.status,
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
