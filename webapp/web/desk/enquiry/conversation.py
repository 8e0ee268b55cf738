"""The conversation of an enquiry: what was written in the order it came, emails with their state, steps in between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from webapp.models import Message
from webapp.vocabulary import MessageState
from webapp.web.desk.enquiry.history import HistoryLine
from webapp.web.paging import Part

# So many steps in a row, or more, are one line that unfolds.
FOLDED = 3
_TROUBLE = frozenset({MessageState.FAILED, MessageState.BOUNCED, MessageState.DOUBTFUL})


@dataclass(frozen=True)
class Said:
    """One line with the emails that left with it; an email that left by itself has no line."""

    at: datetime
    line: HistoryLine | None
    emails: Sequence[Message] = ()

    @property
    def is_step(self) -> bool:
        """Nothing was written, and nothing went wrong: it may be folded."""
        written = self.line is not None and self.line.side
        return not (written or any(email.state in _TROUBLE for email in self.emails))


@dataclass(frozen=True)
class Run:
    """What follows one another: steps without words, folded where there are many, or one thing that is read."""

    items: Sequence[Said]
    folded: bool


def conversation(history: Part[HistoryLine], emails: Part[Message], *, by_themselves: bool) -> list[Run]:
    """Return a part of the history, oldest first, with its emails; `by_themselves` adds those that no line tells of.

    An email belongs to what happened at its moment: both are written by one act.
    """
    lines = list(reversed(history.items))
    at = {email.created_at: [] for email in reversed(emails.items)}  # type: dict[datetime, list[Message]]
    for email in reversed(emails.items):
        at[email.created_at].append(email)
    said = [Said(line.at, line, at.pop(line.at, ())) for line in lines]
    if by_themselves and lines:
        first = lines[0].at if history.earlier is not None else min(at, default=lines[0].at)
        last = max(at, default=lines[-1].at) if history.is_newest else lines[-1].at
        said += [Said(moment, None, sent) for moment, sent in at.items() if first <= moment <= last]
        said.sort(key=lambda one: one.at)
    return list(_runs(said))


def _runs(said: Iterable[Said]) -> Iterable[Run]:
    for is_step, group in groupby(said, key=lambda one: one.is_step):
        items = list(group)
        if is_step:
            yield Run(items, folded=len(items) >= FOLDED)
        else:
            yield from (Run([one], folded=False) for one in items)
