"""Other dates that a partner can be offered."""

from collections.abc import Sequence
from datetime import date, timedelta

ALTERNATIVES = 3


def alternatives(earliest: date, asked: date | None, working: Sequence[date]) -> list[date]:
    """Return up to ALTERNATIVES working days from `earliest` on, a week apart, on the weekday that was asked for.

    `working` are the working days of the weeks to come, in order; a closed day gives way to the next working one.
    """
    weekday = asked.weekday() if asked else earliest.weekday()
    start = earliest + timedelta((weekday - earliest.weekday()) % 7)
    wanted = (start + timedelta(7 * week) for week in range(ALTERNATIVES))
    found = [next((day for day in working if day >= wish), None) for wish in wanted]
    return sorted({day for day in found if day is not None})
