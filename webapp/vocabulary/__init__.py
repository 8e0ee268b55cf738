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
from webapp.vocabulary.calendar import DayKind, Occasion, Weekday
from webapp.vocabulary.choices import Activity, CollaborationType, LeaderRank, Payer, Purpose, StudyLevel, VisitMode
from webapp.vocabulary.decisions import ApprovalOutcome, DecisionChoice, Finding
from webapp.vocabulary.directory import Group, TermKind
from webapp.vocabulary.documents import (
    InterpreterSeat,
    LetterPurpose,
    LetterStanding,
    OrderState,
    Paper,
    TableShape,
)
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
    ClashKind,
    DaySaid,
    FeedScope,
    Holder,
    HostRank,
    LevelCause,
    NameOrder,
    OptionState,
    RosterChangeKind,
    RosterChangeState,
    RosterDraftState,
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
    "ClashKind",
    "CollaborationType",
    "DataPurpose",
    "DataReader",
    "DataRequestOutcome",
    "DataSubject",
    "DayKind",
    "DaySaid",
    "DecisionChoice",
    "EventKind",
    "FactorKind",
    "Fault",
    "FeedScope",
    "FileState",
    "Finding",
    "Group",
    "Holder",
    "HostRank",
    "InterpreterSeat",
    "Job",
    "KeepingPeriod",
    "KeyKind",
    "Kind",
    "Language",
    "LeaderRank",
    "Letter",
    "LetterPurpose",
    "LetterStanding",
    "Level",
    "LevelCause",
    "LinkEnd",
    "LinkKind",
    "LinkWanted",
    "MessageKind",
    "MessageState",
    "NameOrder",
    "Obstacle",
    "Occasion",
    "OptionState",
    "OrderState",
    "OrganisationType",
    "Paper",
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
    "RosterChangeKind",
    "RosterChangeState",
    "RosterDraftState",
    "ScreeningResult",
    "SecondStepNews",
    "SignOnRefusal",
    "Status",
    "StudyLevel",
    "TableShape",
    "TermKind",
    "VisitMode",
    "VisitNews",
    "VisitState",
    "Weekday",
]
