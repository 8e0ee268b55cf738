"""When an answer is due, as the desk says it: in a row of the queue, and with the reason beside an enquiry."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.calendar import clock, working_days
from webapp.i18n import date_short
from webapp.models import Enquiry
from webapp.vocabulary import CLOCK_STATUSES, Status
from webapp.web import edge, shown

_ANSWERED = (Status.ACCEPTED, Status.SCHEDULED, Status.COMPLETED, Status.DECLINED)


@dataclass(frozen=True)
class Due:
    """A date (None: nothing is owed), what it means today, and its tone: '', 'warn' or 'bad'."""

    date: date | None
    note: str
    tone: str = ""


@dataclass(frozen=True)
class PromisePanel:
    """The promise of one enquiry; `state` is running, late, waiting, answered or none, `not_counted` days with why."""

    due: Due
    state: str
    answered_on: date | None
    working_days: int
    not_counted: list[tuple[date, str]]


def due(enquiry: Enquiry) -> Due:
    """Return when an enquiry's first answer is due, for its row in the queue."""
    if enquiry.status in CLOCK_STATUSES:
        return _running(enquiry.promised_on, edge.today())
    if enquiry.status is Status.AWAITING_PARTNER and enquiry.clock_stopped_on is not None:
        return Due(None, _("clock paused %(day)s", day=_short(enquiry.clock_stopped_on)))
    return Due(None, _("answered") if enquiry.status in _ANSWERED else "–")


def _running(promised: date, today: date) -> Due:
    left = (promised - today).days
    if left < 0:
        return Due(promised, ngettext("%(num)s day late", "%(num)s days late", -left), "bad")
    if left < 2:
        return Due(promised, _("tomorrow") if left else _("today"), "warn")
    return Due(promised, ngettext("in %(num)s day", "in %(num)s days", left))


def promised(enquiry: Enquiry) -> PromisePanel:
    """Return the promise of an enquiry (with its events) and how its date came about."""
    settings, today = edge.settings(), edge.today()
    days = shown.calendar(settings, today, edge.language())
    counted = working_days.account(clock.start(enquiry, settings), enquiry.promised_on, clock.stops(enquiry), days)
    left = working_days.halves_between(today, enquiry.promised_on, days)
    return PromisePanel(
        due=due(enquiry),
        state=_state(enquiry),
        answered_on=_answered_on(enquiry),
        working_days=-(-left // working_days.WHOLE),
        not_counted=[(day.date, _reason(day)) for day in counted if day.why is not None],
    )


def _state(enquiry: Enquiry) -> str:
    if enquiry.status in CLOCK_STATUSES:
        return "late" if edge.today() > enquiry.promised_on else "running"
    if enquiry.status is Status.AWAITING_PARTNER:
        return "waiting"
    return "answered" if _answered_on(enquiry) else "none"


def _answered_on(enquiry: Enquiry) -> date | None:
    """Return the day of the first decision, whatever came after it."""
    for event in enquiry.events:
        change = event.status_change
        if change and change.after in (Status.ACCEPTED, Status.DECLINED):
            return _day(event.at)
    return None


def _reason(day: working_days.Day) -> str:
    if day.why == working_days.STOPPED:
        return _("paused")
    if day.why == working_days.WEEKEND:
        return _("weekend")
    # translators: the name of a day, such as a holiday’s
    return _("%(name)s (half a day)", name=day.why) if day.halves else day.why or ""


def _day(moment: datetime) -> date:
    return moment.astimezone(edge.settings().zone).date()


def _short(day: date) -> str:
    return date_short(day, edge.language(), year=day.year != edge.today().year)
