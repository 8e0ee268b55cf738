"""Days of the week, kinds of days, and occasions of reminders."""

from webapp.i18n import N_
from webapp.vocabulary import DayKind, Occasion, Weekday

WEEKDAY: dict[Weekday, str] = {
    Weekday.MON: N_("Monday"),
    Weekday.TUE: N_("Tuesday"),
    Weekday.WED: N_("Wednesday"),
    Weekday.THU: N_("Thursday"),
    Weekday.FRI: N_("Friday"),
    Weekday.SAT: N_("Saturday"),
    Weekday.SUN: N_("Sunday"),
}

DAY_KIND: dict[DayKind, str] = {
    DayKind.CLOSED: N_("Office closed"),
    DayKind.HALF: N_("Half day"),
    DayKind.WORKING: N_("Make-up working day"),
}

OCCASION: dict[Occasion, str] = {
    Occasion.SOON: N_("Due on the next working day"),
    Occasion.TODAY: N_("Due today"),
    Occasion.OVERDUE: N_("Overdue"),
    Occasion.ESCALATED: N_("No one has replied yet: please step in"),
}
