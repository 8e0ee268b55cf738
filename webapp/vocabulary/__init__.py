"""The service's words as closed sets, a module for each part of it, handed out here. Imports nothing of ours, so that
everything else may import it."""

from webapp.vocabulary.accounts import (
    ActorKind,
    FactorKind,
    Permission,
    Role,
    RoleSource,
    SecondStepNews,
    SignOnRefusal,
)
from webapp.vocabulary.calendar import DayKind, Occasion
from webapp.vocabulary.choices import Activity, CollaborationType, LeaderRank, Payer, Purpose, StudyLevel, VisitMode
from webapp.vocabulary.decisions import ApprovalOutcome, DecisionChoice, Finding
from webapp.vocabulary.directory import Group, TermKind
from webapp.vocabulary.enquiries import (
    CLOCK_STATUSES,
    IN_HAND,
    OPEN_STATUSES,
    Action,
    EventKind,
    Kind,
    Priority,
    Status,
)
from webapp.vocabulary.files import FileState
from webapp.vocabulary.history import AuditAction, AuditKind, RecordType
from webapp.vocabulary.languages import Language
from webapp.vocabulary.letters import Letter, Placeholder
from webapp.vocabulary.links import LinkEnd, LinkKind, LinkWanted
from webapp.vocabulary.messages import TO_MANY, TO_PARTNER, AlertKind, Fault, Job, MessageKind, MessageState
from webapp.vocabulary.organisations import KeyKind, OrganisationType
from webapp.vocabulary.privacy import (
    Afterwards,
    DataPurpose,
    DataReader,
    DataRequestOutcome,
    DataSubject,
    KeepingPeriod,
)
from webapp.vocabulary.reports import ReportBy
from webapp.vocabulary.routing import Obstacle, Post
from webapp.vocabulary.triage import Advice, ChecklistChange, Level, ScreeningResult
from webapp.vocabulary.visits import (
    FeedScope,
    Holder,
    NameOrder,
    OptionState,
    SlotAnswer,
    SlotNews,
    VisitNews,
    VisitState,
)

__all__ = [
    "CLOCK_STATUSES",
    "IN_HAND",
    "OPEN_STATUSES",
    "TO_MANY",
    "TO_PARTNER",
    "Action",
    "Activity",
    "ActorKind",
    "Advice",
    "Afterwards",
    "AlertKind",
    "ApprovalOutcome",
    "AuditAction",
    "AuditKind",
    "ChecklistChange",
    "CollaborationType",
    "DataPurpose",
    "DataReader",
    "DataRequestOutcome",
    "DataSubject",
    "DayKind",
    "DecisionChoice",
    "EventKind",
    "FactorKind",
    "Fault",
    "FeedScope",
    "FileState",
    "Finding",
    "Group",
    "Holder",
    "Job",
    "KeepingPeriod",
    "KeyKind",
    "Kind",
    "Language",
    "LeaderRank",
    "Letter",
    "Level",
    "LinkEnd",
    "LinkKind",
    "LinkWanted",
    "MessageKind",
    "MessageState",
    "NameOrder",
    "Obstacle",
    "Occasion",
    "OptionState",
    "OrganisationType",
    "Payer",
    "Permission",
    "Placeholder",
    "Post",
    "Priority",
    "Purpose",
    "RecordType",
    "ReportBy",
    "Role",
    "RoleSource",
    "ScreeningResult",
    "SecondStepNews",
    "SignOnRefusal",
    "SlotAnswer",
    "SlotNews",
    "Status",
    "StudyLevel",
    "TermKind",
    "VisitMode",
    "VisitNews",
    "VisitState",
]
