"""The office's calendar: the year, its days and closures, leave and trips, rooms and blocked periods."""

from webapp.web.desk.calendar import (  # noqa: F401 - their routes
    blocked,
    closures,
    days,
    leave,
    rooms,
    trips,
    year,
)
