"""What administrators choose at the desk."""

from webapp.i18n import N_
from webapp.questions import LEADER_RANK

# What administrators choose at the desk, by the setting's name.
OFFICE_FIELD: dict[str, str] = {
    "screening_required": N_("Screening is required before accepting"),
    "screening_lists": N_("Lists that are usually looked at"),
    "institution": N_("Name in English"),
    "institution_zh_hant": N_("Name in Traditional Chinese"),
    "institution_zh_hans": N_("Name in Simplified Chinese"),
    "institution_short": N_("Short name in English"),
    "institution_short_zh_hant": N_("Short name in Traditional Chinese"),
    "institution_short_zh_hans": N_("Short name in Simplified Chinese"),
    "institution_address": N_("Address in English"),
    "institution_address_zh_hant": N_("Address in Traditional Chinese"),
    "institution_address_zh_hans": N_("Address in Simplified Chinese"),
    "brand": N_("Colour"),
    "promise_days_visit": N_("Working days for a visit"),
    "promise_days_collaboration": N_("Working days for a collaboration"),
    "promise_days_question": N_("Working days for a question"),
    **{f"level_{rank}": label for rank, label in LEADER_RANK.items()},
    "notice_a": N_("Working days of notice, level A"),
    "notice_b": N_("Working days of notice, level B"),
    "notice_c": N_("Working days of notice, level C"),
    "notice_online": N_("Working days of notice, meeting online"),
    "keep_enquiries": N_("Months after which a closed enquiry is emptied"),
    "keep_spam": N_("Months after which spam is emptied"),
    "keep_messages": N_("Months after which the text of an email is erased"),
    "keep_contacts": N_("Months after which a contact without an enquiry is deleted"),
    "keep_leave": N_("Months after which leave that is over is deleted"),
}
