"""The field of a day on which something is planned: it lies within a lifetime."""

from typing import Any

from flask_babel import gettext

from webapp.web import edge
from webapp.web.fields import DayField

# Far beyond are slips of the keyboard, up to days that have no tomorrow.
YEARS = 100


class PlannedDayField(DayField):
    """A date as `DayField` reads it; a year that no plan reaches is said like a date that is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data and abs(self.data.year - edge.today().year) > YEARS:
            self.data = None
            raise ValueError(gettext("%(label)s: enter a date such as 2027-03-09.", label=self.label.text))
