"""Marking a day in the calendar: what it would move is said before anything is changed."""

from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.calendar import marked_days as domain
from webapp.domain.calendar.clock import Batch, Preview
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.calendar.working_days import Mark
from webapp.domain.errors import Conflict
from webapp.domain.history import changes
from webapp.models import CalendarDay
from webapp.vocabulary import Language, Permission, RecordType
from webapp.web import edge
from webapp.web.desk.calendar.forms import YEARS, DayForm, shown
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash


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
    form = DayForm()
    known = domain.marked(db.session(), form.day.data) if form.day.data else None
    form.keep_names(known.name if known else {})
    if not form.validate():
        return _page(form, known, code=400)
    day: Any = form.day.data  # a valid form has one
    mark = Mark(form.chosen_kind(), form.texts()[Language.EN])
    version = _read_version(day)
    moves = domain.would_move(db.session(), day, mark, actor=edge.actor(), settings=edge.settings())
    if moves.number and not _confirmed(moves) and version == _version(known):
        return _page(form, known, moves=moves)
    marked_day = MarkedDay(day, mark.kind, form.texts())
    try:
        with transaction() as session:
            moved = domain.mark(session, marked_day, version=version, by=edge.acting())
    except Conflict:
        return _overtaken(form, version)
    return _done(day, moved)


@bp.post("/calendar/day/remove")
@edge.permission(Permission.CALENDAR_EDIT)
def unmark_day() -> AnyResponse:
    """Take a day's mark away; what that moves is asked first."""
    day = _day(request.form.get("day", ""))
    known = domain.marked(db.session(), day) if day else None
    if day is None:
        return redirect(url_for("desk.calendar"), 303)
    if known is None:
        return _overtaken(DayForm(formdata=None, day=day), parameters.sent_version())
    version = _read_version(day)
    moves = domain.would_move(db.session(), day, None, actor=edge.actor(), settings=edge.settings())
    form = DayForm(formdata=None, data={"day": day, **_current(known)})
    if moves.number and not _confirmed(moves) and version == _version(known):
        return _page(form, known, moves=moves, removing=True)
    try:
        with transaction() as session:
            moved = domain.unmark(session, day, version=version, by=edge.acting())
    except Conflict:
        return _overtaken(form, version, pressed=True)
    return _done(day, moved)


def _version(known: CalendarDay | None) -> int:
    return known.version if known else 0


def _read_version(day: date) -> int:
    """Return the version of the mark that the page was made from; no mark (0) where it was made from another day."""
    sent, read = parameters.sent_version(), request.form.get("read", "")
    return sent if sent < 0 or read in ("", day.isoformat()) else 0


def _current(known: CalendarDay) -> dict[str, Any]:
    form = DayForm(formdata=None, kind=known.kind.value)
    form.show_names(known.name)
    return {name: value for name, value in form.data.items() if name not in ("day", "csrf_token")}


def _overtaken(form: DayForm, version: int, *, pressed: bool = False) -> Response:
    day: Any = form.day.data
    known = domain.marked(db.session(), day)
    if known is None:
        since = changes.history(db.session(), RecordType.DAY, day.isoformat(), limit=1)
        clash = meanwhile.of_gone(_("The day is no longer marked"), since)
    elif pressed:
        clash = meanwhile.of_button(known, version)
    else:
        clash = meanwhile.of_form(form, known, version, _current(known), shown)
    return _page(form, known, clash=clash, code=409)


def _confirmed(moves: Preview) -> bool:
    """Return whether the form confirmed these moves; if there are others by now, the page asks again."""
    return request.form.get("moves", "") == str(moves.number)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if abs(found.year - edge.today().year) <= YEARS else None


def _done(day: date, moved: Batch) -> AnyResponse:
    if moved.after is not None:
        text = _("Saved. The promises are being moved.")
    elif moved.moves:
        number = len(moved.moves)
        text = ngettext("Saved. %(num)s promise has moved.", "Saved. %(num)s promises have moved.", number)
    else:
        text = _("Saved. No promise had to move.")
    flash(text, "good")
    return redirect(url_for("desk.calendar", year=day.year), 303)


def _page(
    form: DayForm,
    known: CalendarDay | None,
    *,
    moves: Preview | None = None,
    removing: bool = False,
    clash: Clash | None = None,
    code: int = 200,
) -> Response:
    refused = request.method == "POST" and clash is None and not removing
    page = render_template(
        "desk/calendar/day.html",
        form=form,
        known=known,
        version=parameters.sent_version() if refused else _version(known),
        read=request.form.get("read", "") if refused else known.day.isoformat() if known else "",
        moves=moves,
        removing=removing,
        clash=clash,
    )
    return make_response(page, code)
