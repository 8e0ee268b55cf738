"""The office's calendar: the year, its days and closures, and colleagues' leave."""

from webapp.web.desk.calendar import (  # noqa: F401 - their routes
    closures,
    days,
    leave,
    year,
)
