"""A visit as its partner sees it: when and where, the dates that they can choose from, and how many come."""

from dataclasses import dataclass, replace
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import actions, tracking, visiting
from webapp.domain.enquiries.workflow import rule
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import visit_mails
from webapp.domain.papers import versions
from webapp.domain.security.acting import Acting
from webapp.domain.visits import aftermath, visits
from webapp.i18n import short_range
from webapp.mail.invitation import Method, written
from webapp.mail.visit import visit_rows
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Action, AuditKind, Paper, VisitState
from webapp.web import audited, edge, limits, purposes
from webapp.web.fields import ChoiceField, DayField, NumberField, text
from webapp.web.tracking import days_said, programme
from webapp.web.tracking.blueprint import bp, kept_language, opened

NONE = "none"


class DatesForm(FlaskForm):
    """Which of the dates that were offered suits, or none."""

    option = ChoiceField(_l("Dates"), list, required=_l("Choose one of the dates, or none of them."))
    day = DayField(
        _l("One day of these"), description=_l("If you come on one day only. Leave it empty if all of them suit you.")
    )
    text = text(_l("Anything that we should know?"), render_kw={"rows": 4})

    def offer(self, enquiry: Enquiry, visit: Visit) -> None:
        """Offer the dates of a visit, and none of them; `said` is all that a partner learns of those that got busy."""
        language = edge.language()
        dates = [(str(each.id), short_range(each.first_day, each.last_day, language)) for each in visits.offered(visit)]
        self.option.choices = [*dates, (NONE, _("None of these dates suits us"))]
        self.said = days_said.by_option(enquiry, visit)
        self.has_ranges = any(each.first_day != each.last_day for each in visits.offered(visit))


class GroupForm(FlaskForm):
    """How many come."""

    guests = NumberField(
        _l("Number of delegates"), 1, visits.MOST_GUESTS, required=_l("Enter the number of delegates.")
    )
    text = text(_l("Anything that we should know?"), render_kw={"rows": 4})


@dataclass(frozen=True)
class VisitPanel:
    """What the enquiry's page says of its visit: `dates` is how many can be chosen from."""

    state: VisitState
    rows: tuple[tuple[str, str], ...]
    has_time: bool
    dates: int
    may_choose: bool
    may_change_group: bool
    has_programme: bool
    may_answer: bool
    days: programme.Days = ()


def planned(found: Opened) -> Visit | None:
    """Return an enquiry's visit; None where nothing is yet, or it is not for the reader."""
    return None if tracking.hides_replies(found) else visiting.of(db.session(), found.enquiry)


def panel(enquiry: Enquiry, visit: Visit | None) -> VisitPanel | None:
    """Return what there is to say of an enquiry's visit, where it has one."""
    if visit is None:
        return None
    offered = len(visits.offered(visit))
    return VisitPanel(
        state=visit.state,
        rows=visit_rows(visit_mails.details_of(visit), enquiry.country, edge.language(), _),
        has_time=visit.starts_at is not None,
        dates=offered,
        may_choose=bool(offered) and rule(enquiry.status, Action.TAKE_DATES, enquiry.kind) is not None,
        may_change_group=rule(enquiry.status, Action.CHANGE_GROUP, enquiry.kind) is not None,
        has_programme=programme.is_for_partner(visit) and bool(versions.of(db.session(), enquiry.id, Paper.PROGRAMME)),
        may_answer=may_answer(enquiry, visit),
        days=programme.shown(visit),
    )


def may_answer(enquiry: Enquiry, visit: Visit) -> bool:
    """Return whether the partner is asked how the visit was, and has not said so yet."""
    return aftermath.asks(enquiry, visit, today=edge.today()) and aftermath.survey(db.session(), enquiry) is None


def as_json(found: Opened) -> dict[str, Any] | None:
    """Return a visit as programs receive it; None while nothing is known of when it is."""
    enquiry, visit = found.enquiry, planned(found)
    if visit is None or visit.state is VisitState.ARRANGING:
        return None
    return {
        "state": visit.state,
        "starts_at": visits.local(visit, visit.starts_at).isoformat() if visit.starts_at else None,
        "ends_at": visits.local(visit, visit.ends_at).isoformat() if visit.ends_at else None,
        "timezone": visit.timezone,
        "venue": visit_mails.place(visit, edge.environment().spoken(enquiry.language)),
        "sequence": visit.sequence,
    }


@bp.get("/track/<secret:token>/visit.ics")
@edge.public
def entry(token: str) -> AnyResponse:
    """Hand out a confirmed visit as an entry for the partner's calendar; before there is none."""
    found = opened(token, whole=False)
    visit = planned(found)
    if visit is None or visit.state is not VisitState.CONFIRMED or not (visit.starts_at and visit.ends_at):
        raise NotFound("visit")
    language, settings = edge.environment().spoken(found.language), edge.settings()
    times = (visit.starts_at, visit.ends_at)
    shown = visit_mails.entry_of(visit, found.enquiry, language, times=times, of_partner=True, settings=settings)
    response = make_response(written([shown], Method.PUBLISH))
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{found.enquiry.reference}.ics"'
    return response


@bp.get("/track/<secret:token>/programme.pdf")
@edge.public
def programme_file(token: str) -> AnyResponse:
    """Hand out the newest programme of a confirmed visit; before there is one, there is nothing."""
    found = opened(token, whole=False)
    enquiry = found.enquiry
    visit = None if tracking.hides_replies(found) else visiting.of(db.session(), enquiry)
    if visit is None or not programme.is_for_partner(visit):
        raise NotFound("visit")
    content = versions.content(db.session(), enquiry.id, Paper.PROGRAMME)
    partner = replace(actions.partner(enquiry), origin=edge.origin())
    said = {"paper": Paper.PROGRAMME.value}
    kind = AuditKind.PAPER_DOWNLOADED
    return audited.paper(content, Paper.PROGRAMME, enquiry.reference, kind, actor=partner, **said)


@bp.get("/track/<secret:token>/dates")
@edge.public
def dates(token: str) -> AnyResponse:
    """Show the dates to choose from; what a link in an email names is chosen already, and nothing happens before the
    button is pressed."""
    found = opened(token, whole=False)
    form = DatesForm(formdata=None)
    form.option.data = request.args.get("option", "")
    return _dates(found, form)


@bp.post("/track/<secret:token>/dates")
@edge.public
@limits.by_network(limits.WRITE)
@purposes.takes(Action.TAKE_DATES)
def choose_dates(token: str) -> AnyResponse:
    """Take the partner's choice; what is not offered any more is said, with what is."""
    found, form = opened(token, whole=False), DatesForm()
    visit = _offering(found)
    if visit is None:
        return _nothing_offered(token)
    form.offer(found.enquiry, visit)
    if not form.validate():
        return _dates(found, form)
    passes = form.option.data == NONE
    try:
        with transaction() as session:
            held = tracking.locked(session, found, now=edge.now())
            by = Acting(actions.partner(held), edge.now(), edge.settings())
            words = form.text.data or ""
            if passes:
                visits.pass_over(session, held, text=words, by=by)
            else:
                visits.take(session, held, int(form.option.data), form.day.data, text=words, by=by)
    except Invalid:
        form.day.errors = [_("Choose a day within the dates that you chose above.")]
        return _dates(found, form)
    except NotFound:
        form.option.errors = [_("These dates are not offered any more. Please choose again.")]
        return _dates(found, form)
    if passes:
        flash(_("Thank you. The office will look for other dates."), "good")
    else:
        flash(_("Thank you. The office knows your choice and will confirm the visit."), "good")
    return back(token)


@bp.get("/track/<secret:token>/group")
@edge.public
def group(token: str) -> AnyResponse:
    """Ask how many come."""
    found = opened(token, whole=False)
    visit = planned(found)
    if visit is None or rule(found.enquiry.status, Action.CHANGE_GROUP, found.enquiry.kind) is None:
        return back(token)
    form = GroupForm(formdata=None)
    form.guests.data = visit.guests
    return _page("tracking/group.html", found, form)


@bp.post("/track/<secret:token>/group")
@edge.public
@limits.by_network(limits.WRITE)
@purposes.takes(Action.CHANGE_GROUP)
def change_group(token: str) -> AnyResponse:
    """Take how many come; the office hears of it."""
    found, form = opened(token, whole=False), GroupForm()
    if tracking.hides_replies(found):
        return back(token)
    if not form.validate():
        return _page("tracking/group.html", found, form)
    with transaction() as session:
        held = tracking.locked(session, found, now=edge.now())
        by = Acting(actions.partner(held), edge.now(), edge.settings())
        visits.change_group(session, held, form.guests.data or 0, text=form.text.data or "", by=by)
    flash(_("Thank you. The office knows the new number."), "good")
    return back(token)


def _offering(found: Opened) -> Visit | None:
    """Return the visit whose dates can be chosen from now, or None."""
    visit = planned(found)
    possible = rule(found.enquiry.status, Action.TAKE_DATES, found.enquiry.kind) is not None
    return visit if visit is not None and possible and visits.offered(visit) else None


def _dates(found: Opened, form: DatesForm) -> AnyResponse:
    visit = _offering(found)
    if visit is None:
        return _nothing_offered(found.token)
    form.offer(found.enquiry, visit)
    if not form.errors and form.option.data not in dict(form.option.known()):
        form.option.data = ""
    return _page("tracking/dates.html", found, form)


def _nothing_offered(token: str) -> AnyResponse:
    """Lead back who comes with a button of an older email, and say why."""
    flash(_("There are no dates to choose from now. If something has changed for you, write to us here."), "warn")
    return back(token)


def _page(template: str, found: Opened, form: FlaskForm) -> AnyResponse:
    said = {"enquiry": found.enquiry, "token": found.token, "kept_language": kept_language()}
    return make_response(render_template(template, form=form, **said), 422 if form.errors else 200)


def back(token: str) -> AnyResponse:
    """Lead back to the page of the enquiry."""
    return redirect(url_for("tracking.show", token=token, language=kept_language()), 303)
