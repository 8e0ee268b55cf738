"""The hours of working days in which emails that no one waits for may leave."""

from datetime import datetime

from webapp.domain.calendar.working_days import Calendar
from webapp.institution import InstitutionSettings


def works(here: datetime, days: Calendar, *, settings: InstitutionSettings) -> bool:
    """Return whether reminders leave at a time of the institution: on a day that is worked, in the hours of the day."""
    return settings.reminders_from <= here.hour < settings.reminders_until and bool(days.halves(here.date()))
