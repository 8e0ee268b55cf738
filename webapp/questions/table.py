"""The table of questions by kind, and what is read out of it. Nothing else lists their names."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from webapp.i18n import N_
from webapp.questions.collaboration import COLLABORATION
from webapp.questions.common import COMMON, CONSENT, YOU, message, subject
from webapp.questions.question import Question, Questionnaire, Section
from webapp.questions.visit import VISIT
from webapp.vocabulary import Kind

_QUESTION = Section("question", N_("Your question"))

TABLE: dict[Kind, Questionnaire] = {
    Kind.VISIT: VISIT,
    Kind.COLLABORATION: COLLABORATION,
    Kind.QUESTION: Questionnaire(
        N_("Ask a question"),
        (YOU, _QUESTION, CONSENT),
        (
            *COMMON,
            subject(_QUESTION, N_("Subject"), N_("Say in one line what this is about.")),
            message(_QUESTION, N_("Your question"), N_("Write your question.")),
        ),
    ),
}


@cache
def columns(kind: Kind) -> tuple[Question, ...]:
    """Return the questions of a kind whose answers are columns of enquiries."""
    return tuple(each for each in TABLE[kind].questions if each.column)


@cache
def own(kind: Kind) -> tuple[Question, ...]:
    """Return the questions of a kind whose answers are among `Enquiry.answers`, in the order of reading."""
    return tuple(each for each in TABLE[kind].questions if not each.column)


@cache
def asked(kind: Kind) -> frozenset[str]:
    """Return the keys of what this kind asks. A key that two kinds ask means the same, in the same shape, in both."""
    return frozenset(each.name for each in own(kind))


def everything() -> Iterator[Question]:
    """Yield what any kind asks; a name that several ask comes once, as the first asks it."""
    seen: set[str] = set()
    for questionnaire in TABLE.values():
        for each in questionnaire.questions:
            if each.name not in seen:
                seen.add(each.name)
                yield each


def sample(kind: Kind) -> dict[str, Any]:
    """Return a plainly fictional answer to each question of a kind that its columns do not hold."""
    return {each.name: each.sample for each in own(kind)}
