"""The page of someone who is asked to receive visitors in one slot of a visit."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import programme_mails
from webapp.domain.visits import hosting
from webapp.i18n import translations
from webapp.mail.programme import slot_rows
from webapp.models import SlotHost
from webapp.vocabulary import SlotAnswer
from webapp.web import edge
from webapp.web.decisions.blueprint import opened, speak, taking
from webapp.web.hosting_form import HostingForm


def show(found: Opened) -> Response:
    """Show the slot, with what was answered so far; it may be answered otherwise until the slot is over."""
    host = _host(found)
    form = HostingForm(formdata=None)
    form.answer.data = host.answer.value if host.answer is not SlotAnswer.NONE else ""
    form.note.data = host.note
    return _page(found, form)


def answer(found: Opened) -> AnyResponse:
    """Take the answer, or say why it was not taken, with what was typed."""
    speak(found)
    form = HostingForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        with taking(found) as session:
            hosting.answer_by_link(session, found, form.reply(), now=edge.now(), settings=edge.settings())
    except Invalid as error:
        form.refuse(error.faults)
        return _page(opened(found.token), form, 422)
    except NotAllowed:
        return _page(opened(found.token), form, 409)
    flash(_("Thank you. Your answer is with the colleagues who asked."), "good")
    return redirect(url_for("decisions.show", token=found.token), 303)


def _host(found: Opened) -> SlotHost:
    assert isinstance(found.question, SlotHost)
    return found.question


def _page(found: Opened, form: HostingForm, code: int = 200) -> Response:
    speak(found)
    host, t = _host(found), translations(edge.language())
    assert found.link.person is not None
    page = render_template(
        "decisions/hosting.html",
        enquiry=found.enquiry,
        host=host,
        name=found.link.person.name,
        rows=slot_rows(programme_mails.details_of(host.slot), edge.language(), t),
        token=found.token,
        form=form,
        refused=code == 409,
    )
    return make_response(page, code)
