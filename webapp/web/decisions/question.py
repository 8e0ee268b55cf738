"""The page of someone who is asked one question about one enquiry: an approver, or a faculty."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain.decisions import approvals, authority, referrals
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.links.opening import Opened
from webapp.vocabulary import LinkKind
from webapp.web import edge
from webapp.web.decisions import answered
from webapp.web.decisions.asked import asked
from webapp.web.decisions.blueprint import kept_language, opened, speak, taking
from webapp.web.decisions.forms import ApprovalForm, FindingForm


class _Page(NamedTuple):
    """Of one kind of question: its template, its form, and the verb that takes the answer."""

    template: str
    form: type[ApprovalForm] | type[FindingForm]
    answer: Callable[..., Any]


_PAGES = {
    LinkKind.APPROVAL: _Page("decisions/approval.html", ApprovalForm, approvals.answer),
    LinkKind.REFERRAL: _Page("decisions/referral.html", FindingForm, referrals.answer),
}


def show(found: Opened) -> Response:
    """Show the question, or the answer that was given."""
    return _page(found, _PAGES[found.kind].form(formdata=None))


def answer(found: Opened) -> AnyResponse:
    """Take the answer, or say why it was not taken, with what was typed."""
    speak(found)
    form = _PAGES[found.kind].form()
    if not form.validate():
        return _page(found, form, 422 if authority.is_open(found) else 409)
    try:
        with taking(found) as session:
            given: dict[str, Any] = {"note": form.note.data or "", "now": edge.now(), "settings": edge.settings()}
            _PAGES[found.kind].answer(session, found, form.answer(), **given)
    except Invalid:
        form.note.errors = [_("Write a few words first.")]
        return _page(opened(found.token), form, 422)
    except NotAllowed:
        return _page(opened(found.token), form, 409)
    flash(_("Thank you. Your answer is with the colleagues who asked."), "good")
    return redirect(url_for("decisions.show", token=found.token, language=kept_language()), 303)


def _page(found: Opened, form: ApprovalForm | FindingForm, code: int = 200) -> Response:
    if not authority.is_open(found):
        return answered.page(found, code)
    speak(found)
    page = render_template(
        _PAGES[found.kind].template,
        question=found.question,
        token=found.token,
        kept_language=kept_language(),
        form=form,
        today=edge.today(),
        **asked(found.enquiry),
    )
    return make_response(page, code)
