"""The approver's page: one question about one enquiry. Its addresses are those of decisions."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain import approvals
from webapp.domain.errors import Invalid, NotAllowed
from webapp.models import Approval
from webapp.vocabulary import Outcome
from webapp.web import edge
from webapp.web.decisions.forms import ApprovalForm


def show(token: str) -> Response:
    """The question, or the answer that was given. Raises NotFound, Gone."""
    return _page(approvals.approval(db.session(), token, now=edge.now()), token, ApprovalForm(formdata=None))


def answer(token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with what was typed. Raises NotFound, Gone."""
    found = approvals.approval(db.session(), token, now=edge.now())
    _speak(found)
    form = ApprovalForm()
    if not form.validate():
        return _page(found, token, form, 422)
    try:
        with transaction() as session:
            outcome, note = Outcome(form.outcome.data), form.note.data or ""
            approvals.answer(session, token, outcome, note=note, now=edge.now(), settings=edge.settings())
    except Invalid:
        form.note.errors = [_("Write a few words first.")]
        return _page(approvals.approval(db.session(), token, now=edge.now()), token, form, 422)
    except NotAllowed:
        return _page(approvals.approval(db.session(), token, now=edge.now()), token, form, 409)
    flash(_("Thank you. Your answer is with the colleagues who asked."), "good")
    return redirect(url_for("decisions.show", token=token), 303)


def _speak(found: Approval) -> None:
    if not request.args.get("language"):
        edge.set_language(found.language)


def _page(found: Approval, token: str, form: ApprovalForm, code: int = 200) -> Response:
    _speak(found)
    enquiry = found.enquiry
    page = render_template(
        "decisions/approval.html",
        approval=found,
        enquiry=enquiry,
        token=token,
        form=form,
        open=approvals.is_wanted(found),
        answers=labels.answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        earlier=labels.earlier_answer_rows(enquiry.kind, enquiry.answers, _, edge.language()),
        country=labels.country_name(enquiry.country, edge.language()),
    )
    return make_response(page, code)
