"""The approver's page: one question about one enquiry. Its addresses are those of decisions."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.decisions import approvals
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.links import opening
from webapp.models import Approval
from webapp.vocabulary import ApprovalOutcome
from webapp.web import edge
from webapp.web.decisions.asked import asked
from webapp.web.decisions.forms import ApprovalForm


def show(found: Approval, token: str) -> Response:
    """Show the question, or the answer that was given."""
    return _page(found, token, ApprovalForm(formdata=None))


def answer(found: Approval, token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with what was typed."""
    _speak(found)
    form = ApprovalForm()
    if not form.validate():
        return _page(found, token, form, 422)
    try:
        with transaction() as session:
            outcome, note = ApprovalOutcome(form.outcome.data), form.note.data or ""
            approvals.answer(session, token, outcome, note=note, now=edge.now(), settings=edge.settings())
    except Invalid:
        form.note.errors = [_("Write a few words first.")]
        return _page(_again(token), token, form, 422)
    except NotAllowed:
        return _page(_again(token), token, form, 409)
    flash(_("Thank you. Your answer is with the colleagues who asked."), "good")
    return redirect(url_for("decisions.show", token=token), 303)


def _again(token: str) -> Approval:
    return opening.of_kind(db.session(), Approval, token, now=edge.now())


def _speak(found: Approval) -> None:
    if not request.args.get("language"):
        edge.set_language(found.language)


def _page(found: Approval, token: str, form: ApprovalForm, code: int = 200) -> Response:
    _speak(found)
    opening.complete(db.session(), found)
    page = render_template(
        "decisions/approval.html",
        approval=found,
        token=token,
        form=form,
        open=found.is_wanted,
        **asked(found.enquiry),
    )
    return make_response(page, code)
