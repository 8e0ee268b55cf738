"""The door of this package: every email that the service writes, and what it is written from."""

from webapp.mail.accounts import staff_invited, staff_password_changed, staff_reset
from webapp.mail.approver import ApprovalRequest, approver_asked, liaison_approval
from webapp.mail.arranging import partner_converted, partner_split
from webapp.mail.away import liaison_away
from webapp.mail.calendar import (
    LONGEST_LIST,
    DatedEnquiry,
    closure_notice,
    liaison_closure,
    liaison_digest,
    liaison_moved,
    liaison_urgent,
    partner_closure,
)
from webapp.mail.code import person_code
from webapp.mail.copied import staff_copied, staff_mentioned
from webapp.mail.faculty import ReferralAnswer, ReferralDetails, faculty_asked, faculty_recalled, liaison_returned
from webapp.mail.gathered import Written, liaison_partner_wrote_again
from webapp.mail.hosting import staff_hosting
from webapp.mail.liaison import (
    liaison_handed_over,
    liaison_partner_wrote,
    liaison_received,
    liaison_withdrawn,
)
from webapp.mail.networks import DueNetwork, staff_networks_due
from webapp.mail.own_data import person_decided, person_own_data
from webapp.mail.partner import partner_link, partner_merged, partner_message, partner_receipt
from webapp.mail.programme import SlotDetails, liaison_slot, staff_slot
from webapp.mail.saved_form import person_saved_form
from webapp.mail.second_step import staff_second_step
from webapp.mail.status import partner_status
from webapp.mail.values import (
    ACCOUNT_TOKEN_SLOT,
    CODE_SLOT,
    DECISION_TOKEN_SLOT,
    OWN_DATA_TOKEN_SLOT,
    SAVED_FORM_TOKEN_SLOT,
    TRACKING_TOKEN_SLOT,
    Addressee,
    Block,
    Button,
    EmailContent,
    EnquiryDetails,
    FactTable,
    HandOver,
    Institution,
    Paragraph,
    Quote,
    Small,
    decision_mark,
)
from webapp.mail.visit import (
    liaison_dates,
    liaison_group,
    liaison_roster,
    partner_dates,
    partner_visit_moved,
    partner_visit_postponed,
)

__all__ = [
    "ACCOUNT_TOKEN_SLOT",
    "CODE_SLOT",
    "DECISION_TOKEN_SLOT",
    "LONGEST_LIST",
    "OWN_DATA_TOKEN_SLOT",
    "SAVED_FORM_TOKEN_SLOT",
    "TRACKING_TOKEN_SLOT",
    "Addressee",
    "ApprovalRequest",
    "Block",
    "Button",
    "DatedEnquiry",
    "DueNetwork",
    "EmailContent",
    "EnquiryDetails",
    "FactTable",
    "HandOver",
    "Institution",
    "Paragraph",
    "Quote",
    "ReferralAnswer",
    "ReferralDetails",
    "SlotDetails",
    "Small",
    "Written",
    "approver_asked",
    "closure_notice",
    "decision_mark",
    "faculty_asked",
    "faculty_recalled",
    "liaison_approval",
    "liaison_away",
    "liaison_closure",
    "liaison_dates",
    "liaison_digest",
    "liaison_group",
    "liaison_handed_over",
    "liaison_moved",
    "liaison_partner_wrote",
    "liaison_partner_wrote_again",
    "liaison_received",
    "liaison_returned",
    "liaison_roster",
    "liaison_slot",
    "liaison_urgent",
    "liaison_withdrawn",
    "partner_closure",
    "partner_converted",
    "partner_dates",
    "partner_link",
    "partner_merged",
    "partner_message",
    "partner_receipt",
    "partner_split",
    "partner_status",
    "partner_visit_moved",
    "partner_visit_postponed",
    "person_code",
    "person_decided",
    "person_own_data",
    "person_saved_form",
    "staff_copied",
    "staff_hosting",
    "staff_invited",
    "staff_mentioned",
    "staff_networks_due",
    "staff_password_changed",
    "staff_reset",
    "staff_second_step",
    "staff_slot",
]
