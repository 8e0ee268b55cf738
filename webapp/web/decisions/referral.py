"""The faculty's page: one question about one enquiry, and what is returned. Its addresses are those of decisions."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.decisions import referrals
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.links import opening
from webapp.models import Referral
from webapp.vocabulary import Finding
from webapp.web import edge
from webapp.web.decisions.asked import asked
from webapp.web.decisions.forms import FindingForm


def show(found: Referral, token: str) -> Response:
    """Show the question, or the answer that was given."""
    return _page(found, token, FindingForm(formdata=None))


def answer(found: Referral, token: str) -> AnyResponse:
    """Take the answer, or say why it was not taken, with what was typed."""
    _speak(found)
    form = FindingForm()
    if not form.validate():
        return _page(found, token, form, 422 if found.is_open else 409)
    try:
        with transaction() as session:
            finding, note = Finding(form.finding.data), form.note.data or ""
            referrals.answer(session, token, finding, note=note, now=edge.now(), settings=edge.settings())
    except Invalid:
        form.note.errors = [_("Write a few words first.")]
        return _page(_again(token), token, form, 422)
    except NotAllowed:
        return _page(_again(token), token, form, 409)
    flash(_("Thank you. Your answer is with the colleagues who asked."), "good")
    return redirect(url_for("decisions.show", token=token), 303)


def _again(token: str) -> Referral:
    return opening.of_kind(db.session(), Referral, token, now=edge.now())


def _speak(found: Referral) -> None:
    if not request.args.get("language"):
        edge.set_language(found.language)


def _page(found: Referral, token: str, form: FindingForm, code: int = 200) -> Response:
    _speak(found)
    opening.complete(db.session(), found)
    page = render_template(
        "decisions/referral.html",
        referral=found,
        token=token,
        form=form,
        open=found.is_open,
        late=found.is_late(edge.today()),
        refused=code == 409,
        **asked(found.enquiry),
    )
    return make_response(page, code)
