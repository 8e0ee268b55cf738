"""All models, so that whoever imports the package knows every table."""

from webapp.models.approval import Approval
from webapp.models.decision import Decision
from webapp.models.desk import CannedReply, ChecklistItem, Mention, Relation, SavedView, Tag, enquiry_tags
from webapp.models.directory import Network, Term
from webapp.models.enquiry import NEVER, Attachment, Draft, Enquiry, Event
from webapp.models.leave import Leave
from webapp.models.outbox import Message
from webapp.models.people import Person, SignInFailure, StaffSession

__all__ = [
    "NEVER",
    "Approval",
    "Attachment",
    "CannedReply",
    "ChecklistItem",
    "Decision",
    "Draft",
    "Enquiry",
    "Event",
    "Leave",
    "Mention",
    "Message",
    "Network",
    "Person",
    "Relation",
    "SavedView",
    "SignInFailure",
    "StaffSession",
    "Tag",
    "Term",
    "enquiry_tags",
]
