"""What is known about a window of dates for a visit: it warns, and never blocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext, ngettext

from webapp import questions
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import WEEKEND, WHOLE, Calendar, halves_between
from webapp.i18n import bracketed, date_long, date_range, listed
from webapp.web import edge, shown
from webapp.web.public.asking import FlexibleWindowForm
from webapp.web.public.blueprint import route
from webapp.web.public.forms import EnquiryForm
from webapp.web.windows import fault_of

# What the notice that a visit needs depends on, by the names of the form's fields.
DEPENDS_ON = (questions.MODE.name, questions.RANK.name)


@dataclass(frozen=True)
class Note:
    """What the page says about a window: tone is "good" or "warn"."""

    tone: str
    title: str
    text: str = ""


@route("/enquiries/dates")
@edge.public
def enquiry_dates() -> Response:
    """Answer with what is known about the window `start` to `end`, given what it depends on, as a fragment."""
    form = FlexibleWindowForm(formdata=request.args)
    form.validate()
    needed = _needed({name: request.args.get(name, "") for name in DEPENDS_ON})
    faults = [*form.start.errors, *form.end.errors]
    complete = form.start.data and form.end.data
    said = (
        Note("warn", str(faults[0]))
        if faults and complete
        else note(form.start.data, form.end.data, _calendar(), needed)
    )
    response = make_response(render_template("public/enquiry_dates.html", note=said))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def notes(form: EnquiryForm) -> dict[str, Note | None]:
    """Return what is known about each window of a form, by its id; nothing while it has no days."""
    if not any(window.form.start.data and window.form.end.data for window in form.windows):
        return dict.fromkeys(window.id for window in form.windows)
    days, needed = _calendar(), _needed({name: form[name].data for name in DEPENDS_ON if name in form})
    return {window.id: note(window.form.start.data, window.form.end.data, days, needed) for window in form.windows}


def warned(answers: Mapping[str, Any]) -> list[Note]:
    """Return what the windows among the answers of a checked form are warned of, below the dates that each means."""
    given = questions.WINDOWS.of(answers) or ()
    windows = [(date.fromisoformat(each["start"]), date.fromisoformat(each["end"])) for each in given]
    if not windows:
        return []
    days, needed, language = _calendar(), _needed(answers), edge.language()
    return [
        Note(
            "warn",
            date_range(start, end, language),
            language.writing.sentences.join(filter(None, (said.title, said.text))),
        )
        for start, end in windows
        if (said := note(start, end, days, needed)) is not None and said.tone == "warn"
    ]


def _needed(given: Mapping[str, Any]) -> int:
    """Return the working days of notice that such a visit needs; while nothing is known of it, those that all need."""
    rank = questions.RANK.of(given)
    known = rank if rank in questions.RANK.choices else None
    return edge.settings().levels.needed(mode=questions.MODE.of(given), rank=known)


def _calendar() -> Calendar:
    return shown.calendar(edge.settings(), edge.today(), edge.language())


def note(start: date | None, end: date | None, days: Calendar, needed: int) -> Note | None:
    """Return what is known about a window that needs so many working days of notice; None while it is not usable."""
    if not start or not end or fault_of(start, end):
        return None
    warnings = list(_warnings(start, end, days, needed))
    if not warnings:
        return Note("good", gettext("These days look open"), _when(start, end))
    more = [*warnings[1:], gettext("You can still request these dates.")]
    return Note("warn", warnings[0], edge.language().writing.sentences.join(more))


def _when(start: date, end: date) -> str:
    dates = date_range(start, end, edge.language())
    return ngettext(
        "%(dates)s, %(num)s day from today.",
        "%(dates)s, %(num)s days from today.",
        (start - edge.today()).days,
        dates=dates,
    )


def _warnings(start: date, end: date, days: Calendar, needed: int) -> Iterable[str]:
    if halves_between(edge.today(), start, days) < needed * WHOLE:
        yield gettext("Short notice: we normally need %(notice)s working days to prepare a visit.", notice=needed)
    holidays, closed, half = _named(start, end, days)
    if len(holidays) == 1:
        ((day, name),) = holidays
        yield gettext("%(day)s is a general holiday: %(name)s.", day=date_long(day, edge.language()), name=name)
    elif holidays:
        yield gettext("General holidays fall on these days: %(list)s.", list=_listed(holidays))
    if closed:
        yield gettext("Offices are closed on these days: %(list)s.", list=_listed(closed))
    if half:
        yield gettext("Offices are open for half of these days: %(list)s.", list=_listed(half))
    if weekend := _idle_weekend(start, end, days):
        yield _weekend(weekend, whole=len(weekend) == (end - start).days + 1)


def _weekend(weekend: list[date], *, whole: bool) -> str:
    if len(weekend) == 1:
        return gettext(
            "%(day)s is at the weekend, when offices are closed.", day=date_long(weekend[0], edge.language())
        )
    if whole:
        return gettext("These days are a weekend, when offices are closed.")
    return gettext("A weekend falls on these days; offices are closed then.")


def _idle_weekend(start: date, end: date, days: Calendar) -> list[date]:
    """Return the days of the weekend on which no one works."""
    return [day for day in office_calendar.days(start, end) if days.is_weekend(day) and not days.halves(day)]


def _named(start: date, end: date, days: Calendar) -> tuple[list[tuple[date, str]], ...]:
    """Return general holidays, other days on which the office is closed, and half days, each with its name."""
    named = [
        (day, days.why(day) or "") for day in office_calendar.days(start, end) if days.why(day) not in (None, WEEKEND)
    ]
    return (
        [(day, name) for day, name in named if day not in days.marks],
        [(day, name) for day, name in named if day in days.marks and not days.halves(day)],
        [(day, name) for day, name in named if days.halves(day)],
    )


def _listed(holidays: list[tuple[date, str]]) -> str:
    language = edge.language()
    return listed((bracketed(name, date_range(day, day, language), language) for day, name in holidays), language)
