"""The hours of working days in which emails that no one waits for may leave."""

from datetime import datetime

from webapp.domain.calendar.working_days import Calendar

# Emails of a working day leave between these hours, by the institution's clock.
FIRST_HOUR, LAST_HOUR = 8, 18


def works(here: datetime, days: Calendar) -> bool:
    """Return whether reminders leave at a time of the institution: on a day that is worked, in the hours of the day."""
    return FIRST_HOUR <= here.hour < LAST_HOUR and bool(days.halves(here.date()))
