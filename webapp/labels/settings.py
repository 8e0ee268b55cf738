"""What administrators choose at the desk."""

from webapp.i18n import N_
from webapp.institution import name_field
from webapp.questions import LEADER_RANK
from webapp.vocabulary import Language

# What is there once for each language.
_NAMES = {
    "institution": N_("Name"),
    "institution_short": N_("Short name"),
    "institution_address": N_("Address"),
}
# What administrators choose at the desk, by the setting's name; names without their language.
OFFICE_FIELD: dict[str, str] = {
    "screening_required": N_("Screening is required before accepting"),
    "screening_lists": N_("Lists that are usually looked at"),
    **{name_field(name, language): label for name, label in _NAMES.items() for language in Language},
    "office_phone": N_("Phone of the office"),
    "brand": N_("Colour"),
    "logo_name": N_("Logo"),
    "promise_days_visit": N_("Working days for a visit"),
    "promise_days_collaboration": N_("Working days for a collaboration"),
    "promise_days_question": N_("Working days for a question"),
    **{f"level_{rank}": label for rank, label in LEADER_RANK.items()},
    "level_signing": N_("At least, with a signing ceremony"),
    "level_senior": N_("At least, where university leaders are wanted"),
    "host_a": N_("Suggested host, level A"),
    "host_b": N_("Suggested host, level B"),
    "host_c": N_("Suggested host, level C"),
    "tell_a": N_("Who must be informed, level A"),
    "tell_b": N_("Who must be informed, level B"),
    "tell_c": N_("Who must be informed, level C"),
    "approve_a": N_("Who must approve, level A"),
    "approve_b": N_("Who must approve, level B"),
    "approve_c": N_("Who must approve, level C"),
    "notice_a": N_("Working days of notice, level A"),
    "notice_b": N_("Working days of notice, level B"),
    "notice_c": N_("Working days of notice, level C"),
    "notice_online": N_("Working days of notice, meeting online"),
    "visits_half_day": N_("Visits in one half day"),
    "visits_day": N_("Visits on one day"),
    "walk_minutes": N_("Minutes between two buildings"),
    "walk_minutes_group": N_("Minutes between two buildings, for a group"),
    "walk_group": N_("A group has more guests than"),
    "table_shape": N_("Table of a meeting"),
    "host_faces_door": N_("Hosts face the door, and guests have it at their backs"),
    "interpreter_seat": N_("Where an interpreter sits"),
    "weekend": N_("Days of the week without work"),
    "reminders_from": N_("Hour from which reminders leave"),
    "reminders_until": N_("Hour by which reminders have left"),
    "colleague_domains": N_("Whose addresses are colleagues’"),
    "asked_per_enquiry": N_("People who may be asked about one enquiry"),
    "asked_per_day": N_("People whom one person may ask on one day"),
    "keep_enquiries": N_("Months after which a closed enquiry is emptied"),
    "keep_spam": N_("Months after which spam is emptied"),
    "keep_messages": N_("Months after which the text of an email is erased"),
    "keep_contacts": N_("Months after which a contact without an enquiry is deleted"),
    "keep_colleagues": N_("Months after which a colleague whose account is closed becomes a number"),
    "keep_leave": N_("Months after which leave that is over is deleted"),
}
