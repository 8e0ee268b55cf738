"""Marking a day in the calendar: what it would move is said before anything is changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.calendar import marked_days as domain
from webapp.domain.calendar.clock import PromiseMove
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.calendar.working_days import Mark
from webapp.models import CalendarDay
from webapp.vocabulary import Language, Permission
from webapp.web import edge
from webapp.web.desk.calendar.forms import YEARS, DayForm
from webapp.web.desk.frame.blueprint import bp


@bp.get("/calendar/day")
@edge.permission(Permission.CALENDAR_EDIT)
def calendar_day() -> Response:
    """Show the form of one day, by `?on=`; of a new one without."""
    day = _day(request.args.get("on", ""))
    form = DayForm(formdata=None, day=day)
    known = domain.marked(db.session(), day) if day else None
    if known is not None:
        form.kind.data = known.kind.value
        form.show_names(known.name)
    return _page(form, known)


@bp.post("/calendar/day")
@edge.permission(Permission.CALENDAR_EDIT)
def mark_day() -> AnyResponse:
    """Mark a day; what that moves is asked first, and done once it is confirmed."""
    form, actor, settings = DayForm(), edge.actor(), edge.settings()
    known = domain.marked(db.session(), form.day.data) if form.day.data else None
    form.keep_names(known.name if known else {})
    if not form.validate():
        return _page(form, known, code=400)
    day: Any = form.day.data  # a valid form has one
    mark = Mark(form.chosen_kind(), form.texts()[Language.EN])
    moves = domain.would_move(db.session(), day, mark, actor=actor, settings=settings)
    if moves and not _confirmed(moves):
        return _page(form, known, moves=moves)
    marked_day = MarkedDay(day, mark.kind, form.texts())
    with transaction() as session:
        moved = domain.mark(session, marked_day, actor=actor, now=edge.now(), settings=settings)
    return _done(day, len(moved))


@bp.post("/calendar/day/remove")
@edge.permission(Permission.CALENDAR_EDIT)
def unmark_day() -> AnyResponse:
    """Take a day's mark away; what that moves is asked first."""
    actor, settings, day = edge.actor(), edge.settings(), _day(request.form.get("day", ""))
    known = domain.marked(db.session(), day) if day else None
    if day is None or known is None:
        return redirect(url_for("desk.calendar"), 303)
    moves = domain.would_move(db.session(), day, None, actor=actor, settings=settings)
    if moves and not _confirmed(moves):
        form = DayForm(formdata=None, day=day, kind=known.kind.value)
        form.show_names(known.name)
        return _page(form, known, moves=moves, removing=True)
    with transaction() as session:
        moved = domain.unmark(session, day, actor=actor, now=edge.now(), settings=settings)
    return _done(day, len(moved))


def _confirmed(moves: Sequence[PromiseMove]) -> bool:
    """Return whether the form confirmed these moves; if there are others by now, the page asks again."""
    return request.form.get("moves", "") == str(len(moves))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if abs(found.year - edge.today().year) <= YEARS else None


def _done(day: date, moved: int) -> AnyResponse:
    if moved:
        text = ngettext("Saved. %(num)s promise has moved.", "Saved. %(num)s promises have moved.", moved)
    else:
        text = _("Saved. No promise had to move.")
    flash(text, "good")
    return redirect(url_for("desk.calendar", year=day.year), 303)


def _page(
    form: DayForm,
    known: CalendarDay | None,
    *,
    moves: Sequence[PromiseMove] = (),
    removing: bool = False,
    code: int = 200,
) -> Response:
    page = render_template("desk/calendar/day.html", form=form, known=known, moves=moves, removing=removing)
    return make_response(page, code)
