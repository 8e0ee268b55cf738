"""A window of dates as forms ask for it: a first and a last day that go together."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, FormField

from webapp.questions import LONGEST_WINDOW
from webapp.web import edge
from webapp.web.fields import DayField

YEARS_AHEAD = 3


class WindowForm(Form):
    """One window of possible dates; it may be empty, but not half of it."""

    start = DayField(_l("First day"))
    end = DayField(_l("Last day"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each date, then the two together."""
        if super().validate(*args, **kwargs) and (fault := self._fault()):
            name, message = fault
            self[name].errors = [message]
        return not self.errors

    def _fault(self) -> tuple[str, str] | None:
        start, end = self.start.data, self.end.data
        if start and end:
            return fault_of(start, end)
        if start or end:
            name = "end" if start else "start"
            return name, incomplete(name)
        return None


class WindowsForm(FlaskForm):
    """Up to three windows that are offered to a partner; the first must be there."""

    windows_0 = FormField(WindowForm, name="windows-0")
    windows_1 = FormField(WindowForm, name="windows-1")
    windows_2 = FormField(WindowForm, name="windows-2")

    @classmethod
    def beginning(cls, first: date | None, last: date | None) -> "WindowsForm":
        """Return a form whose first window is these days, or an empty one."""
        form = cls(formdata=None)
        form.windows_0.form.start.data, form.windows_0.form.end.data = (first, last) if first and last else (None, None)
        return form

    @property
    def windows(self) -> list[FormField]:
        return [self.windows_0, self.windows_1, self.windows_2]

    def given(self) -> list[tuple[date, date]]:
        """Return the first and last day of each window that was filled in."""
        parts = [window.form for window in self.windows]
        return [(part.start.data, part.end.data) for part in parts if part.start.data and part.end.data]

    def ask_for_the_first(self) -> None:
        """Say at the first window's days that one is needed."""
        self.windows_0.form.start.errors = [gettext("Enter at least one date.")]


def fault_of(start: date, end: date) -> tuple[str, str] | None:
    """Return which of the two dates of a window cannot be, with a sentence that says why, or None."""
    today = edge.today()
    if end < start:
        return "end", gettext("The last day is before the first day.")
    if start < today:
        return "start", gettext("The first day has passed.")
    if end - start >= timedelta(LONGEST_WINDOW):
        return "end", gettext("Choose at most %(days)s days, or give another choice of dates.", days=LONGEST_WINDOW)
    if end > today + timedelta(366 * YEARS_AHEAD):
        return "end", gettext("Choose dates within the next %(years)s years.", years=YEARS_AHEAD)
    return None


def incomplete(name: str) -> str:
    """Return the sentence that asks for a window's missing day, `start` or `end`."""
    return gettext("Enter the first day.") if name == "start" else gettext("Enter the last day.")
