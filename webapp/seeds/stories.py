"""How the samples went: an office that answers in time, with each state that an enquiry can have."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, auto
from random import Random

from webapp.vocabulary import Kind

_FRIDAY = 4


class Step(StrEnum):
    """What happened to an enquiry; what people wrote with it is in `texts`."""

    ASSIGN = auto()
    PRIORITISE = auto()
    TAG = auto()
    REVIEW = auto()
    NOTE = auto()
    REFER = auto()
    RETURN = auto()
    ASK = auto()
    OFFER = auto()
    WRITE = auto()
    APPROVAL = auto()
    REPLY = auto()
    ACCEPT = auto()
    CONFIRM = auto()
    COMPLETE = auto()
    OUTCOME = auto()
    DECLINE = auto()
    WITHDRAW = auto()
    SPAM = auto()


@dataclass(frozen=True)
class Story:
    """When an enquiry came and what was done since, in working days before today; `visit` is its day, from today on."""

    came: int
    steps: tuple[tuple[int, Step], ...] = ()
    kind: Kind | None = None
    visit: int | None = None
    suspect: bool = False

    def earlier(self, days: int) -> "Story":
        """Return the same story so many working days before."""
        steps = tuple((before + days, step) for before, step in self.steps)
        visit = None if self.visit is None else self.visit - days
        return Story(self.came + days, steps, self.kind, visit)


S, VISIT, COLLABORATION, QUESTION = Step, Kind.VISIT, Kind.COLLABORATION, Kind.QUESTION


def _planned(visit: int, came: int, confirmed: int) -> Story:
    """Return the story of a visit that is confirmed, so many working days ahead."""
    steps = ((came - 1, S.ASSIGN), (came - 2, S.REVIEW), (came - 4, S.ACCEPT), (confirmed, S.CONFIRM))
    return Story(came, steps, VISIT, visit)


def _held(ago: int) -> Story:
    """Return the story of a visit that took place."""
    before = ((ago + 24, S.ASSIGN), (ago + 23, S.REVIEW), (ago + 21, S.ACCEPT), (ago + 15, S.CONFIRM))
    return Story(ago + 25, (*before, (ago - 1, S.COMPLETE), (ago - 1, S.OUTCOME)), VISIT, -ago)


_ANSWERED = Story(14, ((14, S.ASSIGN), (13, S.REVIEW), (12, S.REPLY), (12, S.ACCEPT), (11, S.COMPLETE)), QUESTION)
_AGREED = Story(28, ((28, S.ASSIGN), (27, S.REVIEW), (25, S.ACCEPT), (9, S.COMPLETE)), COLLABORATION)
_DECLINED = Story(12, ((12, S.ASSIGN), (11, S.REVIEW), (9, S.DECLINE)), VISIT)
_WITHDRAWN = Story(15, ((15, S.ASSIGN), (14, S.REVIEW), (12, S.WITHDRAW)), COLLABORATION)
_PARTNERS_TURN = Story(5, ((5, S.ASSIGN), (4, S.REVIEW), (3, S.ASK)), COLLABORATION)
_IN_HAND = Story(3, ((3, S.ASSIGN), (2, S.REVIEW), (2, S.NOTE)), COLLABORATION)

# Every state is among the first twenty. Of those in hand few are late, and most are someone's.
_STORIES = (
    Story(0, kind=VISIT),
    Story(2, ((2, S.ASSIGN), (1, S.REVIEW), (1, S.TAG)), VISIT),
    _planned(1, 24, 9),
    Story(7, ((7, S.ASSIGN), (6, S.REVIEW), (5, S.NOTE)), COLLABORATION),
    _PARTNERS_TURN,
    Story(3, ((3, S.ASSIGN), (2, S.REVIEW), (1, S.APPROVAL)), VISIT),
    _planned(3, 27, 12),
    Story(11, ((11, S.ASSIGN), (10, S.REVIEW), (8, S.ACCEPT)), VISIT, 30),
    _held(4),
    _DECLINED,
    Story(1, ((0, S.ASSIGN),), QUESTION),
    _WITHDRAWN,
    Story(2, suspect=True, kind=QUESTION),
    Story(4, ((3, S.SPAM),), QUESTION),
    _planned(6, 22, 7),
    Story(6, ((6, S.ASSIGN), (5, S.REVIEW), (4, S.ASK), (0, S.WRITE)), COLLABORATION),
    Story(4, ((4, S.ASSIGN), (4, S.PRIORITISE), (3, S.REVIEW), (2, S.REFER)), COLLABORATION),
    Story(9, ((9, S.ASSIGN), (8, S.REVIEW), (6, S.OFFER)), VISIT),
    _ANSWERED,
    _IN_HAND,
    Story(1, kind=COLLABORATION),
    Story(4, ((4, S.ASSIGN), (3, S.REVIEW), (3, S.REFER), (1, S.RETURN)), VISIT),
    _planned(14, 19, 5),
    Story(6, ((5, S.ASSIGN),), QUESTION),
    Story(16, ((16, S.ASSIGN), (15, S.REVIEW), (13, S.ACCEPT)), COLLABORATION),
    Story(4, ((3, S.ASSIGN), (2, S.REVIEW), (2, S.TAG), (1, S.APPROVAL)), VISIT),
    _planned(26, 15, 4),
    Story(2, ((2, S.ASSIGN), (1, S.REVIEW)), QUESTION),
    Story(7, ((7, S.ASSIGN), (6, S.REVIEW), (5, S.ASK)), VISIT),
    Story(3, ((3, S.ASSIGN), (1, S.REVIEW)), VISIT),
)
# What there is more of, as the samples grow: what is over.
_OVER = (_held(11), _AGREED, _ANSWERED, _held(17), _DECLINED, _AGREED, _held(23), _ANSWERED, _WITHDRAWN, _held(31))


def stories(number: int) -> list[Story]:
    """Return so many stories, the latest part of which is what the office does now."""
    past = max(0, number - len(_STORIES))
    return [*_STORIES[:number], *(_OVER[each % len(_OVER)].earlier(6 * each) for each in range(past))]


def working_day(today: date, days: int) -> date:
    """Return the weekday so many weekdays before today, or after it where negative; 0 is today, or Friday."""
    day = today
    while days >= 0 and day.weekday() > _FRIDAY:
        day -= timedelta(1)
    for _ in range(abs(days)):
        day -= timedelta(1 if days > 0 else -1)
        while day.weekday() > _FRIDAY:
            day -= timedelta(1 if days > 0 else -1)
    return day


def moments(story: Story, random: Random, now: datetime) -> list[datetime]:
    """Return when the enquiry came and when each step was done: in office hours, in order, and before now."""
    found: list[datetime] = []
    days = (story.came, *(before for before, _step in story.steps))
    for number, before in enumerate(days):
        hour = random.randrange(12, 17) if number else random.randrange(9, 12)
        at = time(hour, random.randrange(60), random.randrange(60))
        moment = datetime.combine(working_day(now.date(), before), at, now.tzinfo)
        moment = max(moment, found[-1] + timedelta(minutes=17)) if found else moment
        # Of today only what is over can have happened.
        found.append(min(moment, now - timedelta(minutes=10 * (len(days) - number))))
    return found
