"""All models, so that importing the package makes every table known."""

from webapp.models.aftermath import Gift, Promise, Survey, VisitReport
from webapp.models.alert import Alert
from webapp.models.approval import Approval
from webapp.models.audit import AuditEntry, Change
from webapp.models.bucket import Bucket
from webapp.models.calendar import CalendarChange, CalendarDay, Closure, ClosureMove, ClosureNotice, Reminder
from webapp.models.calendar_feed import CalendarFeed
from webapp.models.data_request import DataRequest
from webapp.models.delegate import Delegate, Passport
from webapp.models.desk import CannedReply, ChecklistItem, Mention, Relation, SavedView, Tag, enquiry_tags
from webapp.models.directory import Network, RemovedNetwork, Term
from webapp.models.enquiry import NEVER, RUNNING, Attachment, Draft, Enquiry, Event, in_status
from webapp.models.faculty import Faculty, Referral
from webapp.models.leave import Leave
from webapp.models.letter import LetterText
from webapp.models.link import Link
from webapp.models.link_request import LinkRequest
from webapp.models.mail_hold import MailHold
from webapp.models.office import Logo, OfficeSettings, PrivacyNotice
from webapp.models.organisation import Contact, Merge, Organisation, OrganisationKey, memberships
from webapp.models.outbound import BlockedPeriod, Trip, TripMember, TripStop
from webapp.models.outbox import Message, MessageLine, in_state
from webapp.models.people import AccountLink, Person, StaffSession, WaitingWords
from webapp.models.programme import SlotHost, VisitSlot
from webapp.models.public_version import PublicVersion
from webapp.models.roster import RosterChange, RosterDraft
from webapp.models.runbook import RunbookStep, VisitTask
from webapp.models.saved_form import SavedForm
from webapp.models.search import EnquiryTerms
from webapp.models.second_step import PasskeyChallenge, RecoveryCode, SecondFactor, WaitingSignIn
from webapp.models.untold import Untold
from webapp.models.visit import Hold, Room, Visit, VisitOption
from webapp.models.visit_letter import InvitationLetter, PaperOrder, VisitPaper

__all__ = [
    "NEVER",
    "RUNNING",
    "AccountLink",
    "Alert",
    "Approval",
    "Attachment",
    "AuditEntry",
    "BlockedPeriod",
    "Bucket",
    "CalendarChange",
    "CalendarDay",
    "CalendarFeed",
    "CannedReply",
    "Change",
    "ChecklistItem",
    "Closure",
    "ClosureMove",
    "ClosureNotice",
    "Contact",
    "DataRequest",
    "Delegate",
    "Draft",
    "Enquiry",
    "EnquiryTerms",
    "Event",
    "Faculty",
    "Gift",
    "Hold",
    "InvitationLetter",
    "Leave",
    "LetterText",
    "Link",
    "LinkRequest",
    "Logo",
    "MailHold",
    "Mention",
    "Merge",
    "Message",
    "MessageLine",
    "Network",
    "OfficeSettings",
    "Organisation",
    "OrganisationKey",
    "PaperOrder",
    "PasskeyChallenge",
    "Passport",
    "Person",
    "PrivacyNotice",
    "Promise",
    "PublicVersion",
    "RecoveryCode",
    "Referral",
    "Relation",
    "Reminder",
    "RemovedNetwork",
    "Room",
    "RosterChange",
    "RosterDraft",
    "RunbookStep",
    "SavedForm",
    "SavedView",
    "SecondFactor",
    "SlotHost",
    "StaffSession",
    "Survey",
    "Tag",
    "Term",
    "Trip",
    "TripMember",
    "TripStop",
    "Untold",
    "Visit",
    "VisitOption",
    "VisitPaper",
    "VisitReport",
    "VisitSlot",
    "VisitTask",
    "WaitingSignIn",
    "WaitingWords",
    "enquiry_tags",
    "in_state",
    "in_status",
    "memberships",
]
