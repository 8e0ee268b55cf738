"""Five short questions to a partner after their visit, answered once."""

from flask import flash, make_response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import actions, tracking, visiting
from webapp.domain.errors import NotAllowed
from webapp.domain.links.opening import Opened
from webapp.domain.security.acting import Acting
from webapp.domain.visits import aftermath
from webapp.domain.visits.aftermath import SurveyAnswers
from webapp.web import edge, fields, limits
from webapp.web.tracking.blueprint import bp, kept_language, opened, speak
from webapp.web.tracking.visit import back, may_answer

_YES = "yes"


def _marks() -> fields.Choices:
    return [("5", _("5 – fully")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _("1 – not at all"))]


def _yes_no() -> fields.Choices:
    return [(value, str(label)) for value, label in fields.YES_NO]


class SurveyForm(FlaskForm):
    """What a partner says of their visit."""

    aims = fields.ChoiceField(_l("Did the visit reach its aims?"), _marks, required=_l("Choose a mark for the aims."))
    right_people = fields.ChoiceField(
        _l("Did you meet the right people?"), _yes_no, required=_l("Choose whether you met the right people.")
    )
    organisation = fields.ChoiceField(
        _l("Was it well organised?"), _marks, required=_l("Choose a mark for the organisation.")
    )
    next_step = fields.text(_l("What should be the next step?"), render_kw={"rows": 4})
    photos = fields.ChoiceField(
        _l("May we publish photographs of the visit?"),
        _yes_no,
        required=_l("Choose whether we may publish photographs."),
    )


def is_asked(found: Opened) -> bool:
    """Return whether a partner is asked now, and has not answered yet."""
    visit = None if tracking.hides_replies(found) else visiting.of(db.session(), found.enquiry)
    return visit is not None and may_answer(found.enquiry, visit)


@bp.get("/track/<secret:token>/survey")
@edge.public
def survey(token: str) -> AnyResponse:
    """Ask, where there is something to ask."""
    found = opened(token, whole=False)
    return _page(found, SurveyForm(formdata=None)) if is_asked(found) else back(token)


@bp.post("/track/<secret:token>/survey")
@edge.public
@limits.by_network(limits.WRITE)
def answer_survey(token: str) -> AnyResponse:
    """Keep the answers; a second time changes nothing."""
    found, form = opened(token, whole=False), SurveyForm()
    if tracking.hides_replies(found) or not form.validate():
        return back(token) if tracking.hides_replies(found) else _page(found, form)
    answers = SurveyAnswers(
        aims=int(form.aims.data),
        right_people=form.right_people.data == _YES,
        organisation=int(form.organisation.data),
        next_step=form.next_step.data or "",
        photos=form.photos.data == _YES,
    )
    try:
        with transaction() as session:
            held = tracking.locked(session, found, now=edge.now())
            by = Acting(actions.partner(held), edge.now(), edge.settings())
            kept = aftermath.answer(session, held, answers, by=by)
    except NotAllowed:
        return back(token)
    speak(found)
    if kept:
        flash(_("Thank you. Your answers help us with the next visit."), "good")
    else:
        flash(_("Your answers were kept before, and stay as they were."))
    return back(token)


def _page(found: Opened, form: SurveyForm) -> AnyResponse:
    speak(found)
    said = {"enquiry": found.enquiry, "token": found.token, "kept_language": kept_language()}
    page = render_template("tracking/survey.html", form=form, **said)
    return make_response(page, 422 if form.errors else 200)
