"""Records whose changes are kept."""

from webapp.i18n import N_
from webapp.vocabulary import Subject

SUBJECT: dict[Subject, str] = {
    Subject.ORGANISATION: N_("Organisation"),
    Subject.CONTACT: N_("Contact"),
    Subject.LETTER: N_("Letter"),
    Subject.REPLY: N_("Canned reply"),
    Subject.SETTINGS: N_("Settings of the office"),
    Subject.PERSON: N_("Person"),
    Subject.NETWORK: N_("Network"),
    Subject.FACULTY: N_("Faculty or department"),
    Subject.LEAVE: N_("Leave"),
    Subject.DAY: N_("Day of the calendar"),
    Subject.CLOSURE: N_("Unplanned closure"),
}
