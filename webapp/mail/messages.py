"""The door of this package: every mail that the service writes, and what it is written from."""

from webapp.mail.approver import Request, approver_asked, liaison_approval
from webapp.mail.arranging import partner_converted, partner_split
from webapp.mail.calendar import (
    LONGEST_LIST,
    Dated,
    closure_notice,
    liaison_closure,
    liaison_digest,
    liaison_urgent,
    partner_closure,
)
from webapp.mail.faculty import Referred, Returned, faculty_asked, faculty_recalled, liaison_returned
from webapp.mail.liaison import (
    liaison_handed_over,
    liaison_partner_wrote,
    liaison_received,
    liaison_withdrawn,
    staff_mentioned,
)
from webapp.mail.networks import Entry, staff_networks_due
from webapp.mail.partner import partner_link, partner_merged, partner_message, partner_receipt
from webapp.mail.status import partner_status
from webapp.mail.values import (
    DECISION_TOKEN_MARK,
    TRACKING_TOKEN_MARK,
    Addressee,
    Block,
    Button,
    Case,
    Facts,
    HandOver,
    House,
    Mail,
    Paragraph,
    Quote,
    Small,
    decision_mark,
)

__all__ = [
    "DECISION_TOKEN_MARK",
    "LONGEST_LIST",
    "TRACKING_TOKEN_MARK",
    "Addressee",
    "Block",
    "Button",
    "Case",
    "Dated",
    "Entry",
    "Facts",
    "HandOver",
    "House",
    "Mail",
    "Paragraph",
    "Quote",
    "Referred",
    "Request",
    "Returned",
    "Small",
    "approver_asked",
    "closure_notice",
    "decision_mark",
    "faculty_asked",
    "faculty_recalled",
    "liaison_approval",
    "liaison_closure",
    "liaison_digest",
    "liaison_handed_over",
    "liaison_partner_wrote",
    "liaison_received",
    "liaison_returned",
    "liaison_urgent",
    "liaison_withdrawn",
    "partner_closure",
    "partner_converted",
    "partner_link",
    "partner_merged",
    "partner_message",
    "partner_receipt",
    "partner_split",
    "partner_status",
    "staff_mentioned",
    "staff_networks_due",
]
