"""What a line of an enquiry's history knows beside its text: a class for each kind of line. A change here needs another
`event_codec.VERSION`."""

from dataclasses import dataclass
from datetime import date

from webapp.vocabulary import (
    ChecklistChange,
    Finding,
    Kind,
    MessageKind,
    Obstacle,
    Post,
    Priority,
    ScreeningResult,
    Status,
)


@dataclass(frozen=True, kw_only=True)
class EventData:
    """What every class here is."""


@dataclass(frozen=True, kw_only=True)
class Unknown(EventData):
    """What is stored cannot be read: it is damaged, or a newer release wrote it."""


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """The statuses before and after an action; most actions leave it as it was."""

    before: Status
    after: Status


@dataclass(frozen=True, kw_only=True)
class ActionTaken(EventData):
    """An action of the workflow was taken; `actions.act` fills in the status."""

    status: StatusChange | None = None


# What comes in, and what goes out.


@dataclass(frozen=True, kw_only=True)
class Submitted(EventData):
    """The enquiry came; `held` says that a field that people do not see was filled in."""

    held: bool = False


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that came with a message."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class PartnerWrote(ActionTaken):
    """The partner wrote, with these files."""

    files: tuple[File, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileHeldBack(EventData):
    """The virus scanner found something in a file, by its name there: no one can open it."""

    file_id: int
    name: str
    found: str


@dataclass(frozen=True, kw_only=True)
class AboutMessage(EventData):
    """An email was sent again, or set aside."""

    message_id: int
    message_kind: MessageKind
    to: str


@dataclass(frozen=True, kw_only=True)
class MessageFailed(AboutMessage):
    """An email was not delivered; `error` is what the mail server said."""

    error: str


@dataclass(frozen=True, kw_only=True)
class LegalHold(EventData):
    """Nothing of it is erased from now on, or, with `ended`, it may be again."""

    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Emptied(EventData):
    """What was personal in it was erased: as its time was over, or because its sender `asked`."""

    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class AskedElsewhere(EventData):
    """Who was asked by link is asked at another address from now on; the link to the one before has ended."""

    name: str
    before: str
    after: str


# Who has it, and by when.


@dataclass(frozen=True, kw_only=True)
class Assigned(ActionTaken):
    """It was given to someone, by name, or to no one."""

    assignee: str


@dataclass(frozen=True)
class RoutingStep:
    """Someone who does not answer today: in which post they were asked, and why not; `until` is the last day away."""

    post: Post
    name: str
    obstacle: Obstacle
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class HandedOver(EventData):
    """Someone else answers, in `post`, past those of `steps`. An empty name is the office."""

    before: str
    after: str
    post: Post
    steps: tuple[RoutingStep, ...]


@dataclass(frozen=True, kw_only=True)
class PromiseMoved(EventData):
    """The calendar changed, and the promise with it: by a marked `day`, by a `closure` or its undoing, or by neither.

    `because` is why, by language."""

    before: date
    after: date
    because: dict[str, str]
    day: date | None = None
    closure: int | None = None
    undoing: bool = False


# What was decided, and asked of others.


@dataclass(frozen=True, kw_only=True)
class Window:
    """The first and the last day of a possible visit."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class DatesProposed(ActionTaken):
    """Other dates were proposed to the partner."""

    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ApproversAsked(ActionTaken):
    """These people were asked for an approval, or reminded of it; none where it is only noted that one is needed."""

    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AboutReferral(ActionTaken):
    """A faculty, named by language, was reminded of what was referred to it, or no longer asked."""

    faculty: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Referred(AboutReferral):
    """A faculty was asked, to answer by a day."""

    return_by: date


@dataclass(frozen=True, kw_only=True)
class Returned(AboutReferral):
    """A faculty answered."""

    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Screened(ActionTaken):
    """Someone looked the parties up in these lists."""

    result: ScreeningResult
    lists: str


# The desk's own work.


@dataclass(frozen=True, kw_only=True)
class OrganisationLinked(ActionTaken):
    """It was linked to the record of an organisation, by name, or to none; without an action the service did it."""

    organisation: str


@dataclass(frozen=True, kw_only=True)
class Prioritised(ActionTaken):
    """It got another priority."""

    before: Priority
    after: Priority


@dataclass(frozen=True, kw_only=True)
class Tagged(ActionTaken):
    """A tag was put on it, or removed."""

    tag: str


@dataclass(frozen=True, kw_only=True)
class Checked(ActionTaken):
    """A line of the checklist changed."""

    item: str
    did: ChecklistChange


@dataclass(frozen=True, kw_only=True)
class LinkedWith(ActionTaken):
    """It was linked with another enquiry, or that link was removed."""

    reference: str
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class Merged(ActionTaken):
    """It was closed, and continues in another enquiry."""

    into: str


@dataclass(frozen=True, kw_only=True)
class Absorbed(EventData):
    """Another enquiry was merged into this one, or, with `separated`, was reopened and is separate again."""

    reference: str
    separated: bool = False


@dataclass(frozen=True, kw_only=True)
class Converted(ActionTaken):
    """It became another kind."""

    before: Kind
    after: Kind


@dataclass(frozen=True, kw_only=True)
class SplitOff(ActionTaken):
    """A part of it became this enquiry."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class SplitFrom(EventData):
    """It was a part of this enquiry."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class AddressCorrected(ActionTaken):
    """The partner's emails go to another address."""

    before: str
    after: str
