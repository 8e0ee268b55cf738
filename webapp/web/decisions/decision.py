"""The answerer's page: one enquiry and one form."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db
from webapp.domain.decisions import authority, by_link, referrals
from webapp.domain.enquiries import covering, tracking
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotYet
from webapp.domain.links.opening import Opened
from webapp.models import Enquiry
from webapp.vocabulary import CLOCK_STATUSES, ActorKind, DecisionChoice
from webapp.web import edge, former
from webapp.web.decisions import answered
from webapp.web.decisions.asked import asked
from webapp.web.decisions.blueprint import kept_language, opened, speak, taking
from webapp.web.decisions.forms import DONE, NOTES, DecisionForm
from webapp.web.guards import number


def show(found: Opened) -> Response:
    """Show the enquiry with what can be answered now."""
    return _page(found, DecisionForm(formdata=None))


def answer(found: Opened) -> AnyResponse:
    """Take the answer, or say why it was not taken, with everything that was typed."""
    speak(found)
    form = DecisionForm()
    form.offer(found.enquiry)
    if _version(form) != found.enquiry.version or not by_link.choices(found.enquiry):
        return _page(found, form, 409)
    if not _valid(form):
        return _page(found, form, 422)
    try:
        with taking(found) as session:
            given: dict[str, Any] = {"version": _version(form), "now": edge.now(), "settings": edge.settings()}
            by_link.decide(session, found, form.answer(), **given)
    except (Invalid, NotYet) as error:
        form.refuse(error.faults if isinstance(error, Invalid) else {"choice": error.step})
        return _page(opened(found.token), form, 422)
    except (Conflict, NotAllowed):
        return _page(opened(found.token), form, 409)
    flash(_(DONE[DecisionChoice(form.choice.data)]), "good")
    return redirect(url_for("decisions.show", token=found.token, language=kept_language()), 303)


def _valid(form: DecisionForm) -> bool:
    """Windows that were typed for another choice are no one's business now."""
    if form.choice.data != DecisionChoice.PROPOSE_DATES:
        for window in form.windows:
            window.form.process(None)
    return form.validate()


def _version(form: DecisionForm) -> int:
    return number(form.version.data or "") or 0


def _page(found: Opened, form: DecisionForm, code: int = 200) -> Response:
    if not authority.is_open(found):
        return answered.page(found, code)
    speak(found)
    enquiry = found.enquiry
    form.offer(enquiry)
    form.version.data = str(enquiry.version)
    page = render_template(
        "decisions/enquiry.html",
        person=found.link.person,
        token=found.token,
        kept_language=kept_language(),
        form=form,
        notes=_notes(found),
        changed=code == 409,
        decided=_decided(enquiry),
        running=enquiry.status in CLOCK_STATUSES,
        late=edge.today() > enquiry.promised_on,
        referrals=[row for row in referrals.of(db.session(), enquiry) if row.finding or row.is_open],
        **asked(enquiry),
    )
    return make_response(page, code)


def _notes(found: Opened) -> dict[str, str]:
    """Return what is said beside each choice; beside being away, how much goes to others by it."""
    said = {choice.value: _(text) for choice, text in NOTES.items()}
    assert found.link.person is not None
    count = covering.open_with(db.session(), found.link.person, found.enquiry)
    moves = ngettext(
        "For this network alone: %(num)s open enquiry goes to your deputy or the office until then. The email about it "
        "has the way back.",
        "For this network alone: all your %(num)s open enquiries go to your deputy or the office until then. The email "
        "about it has the way back.",
        count,
    )
    return {**said, DecisionChoice.AWAY.value: moves}


def _decided(enquiry: Enquiry) -> dict[str, Any] | None:
    """Return by whom and when it came to its present status, or None where no one has decided anything."""
    for event in reversed(enquiry.events):
        if tracking.change(event):
            partner = event.actor_kind is ActorKind.PARTNER
            name = enquiry.contact_name if partner else former.colleague(event.actor_name) or _("the office")
            return {
                "who": name,
                "at": event.at,
                "label": _(labels.STATUS_DESK[enquiry.status]),
            }
    return None
