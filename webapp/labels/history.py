"""Records whose changes are kept."""

from webapp.i18n import N_
from webapp.vocabulary import RecordType

SUBJECT: dict[RecordType, str] = {
    RecordType.ORGANISATION: N_("Organisation"),
    RecordType.CONTACT: N_("Contact"),
    RecordType.LETTER: N_("Letter"),
    RecordType.REPLY: N_("Canned reply"),
    RecordType.SETTINGS: N_("Settings of the office"),
    RecordType.PERSON: N_("Person"),
    RecordType.NETWORK: N_("Network"),
    RecordType.FACULTY: N_("Faculty or department"),
    RecordType.LEAVE: N_("Leave"),
    RecordType.DAY: N_("Day of the calendar"),
    RecordType.CLOSURE: N_("Unplanned closure"),
}
