"""What the enquiry forms ask: a row for each question. Form, answers, labels, search and emails are made from these
rows, which are handed out here."""

from webapp.questions.choices import (
    ACTIVITY,
    COLLABORATION_TYPE,
    LEADER_RANK,
    ORGANISATION_TYPE,
    PAYER,
    PURPOSE,
    STUDY_LEVEL,
    VISIT_MODE,
)
from webapp.questions.collaboration import DISCIPLINES
from webapp.questions.common import COMMON, EMAIL, FILES, NETWORK, SENDER, YOU
from webapp.questions.question import Question, Questionnaire, Searched, Section, Shape
from webapp.questions.table import TABLE, asked, columns, everything, own, sample
from webapp.questions.visit import (
    ACTIVITIES,
    DAYS,
    GROUP_SIZE,
    LEADER_TITLE,
    LONGEST_WINDOW,
    MODE,
    OUTCOME,
    PURPOSES,
    RANK,
    SENIOR,
    UNITS,
    WINDOWS,
)

__all__ = [
    "ACTIVITIES",
    "ACTIVITY",
    "COLLABORATION_TYPE",
    "COMMON",
    "DAYS",
    "DISCIPLINES",
    "EMAIL",
    "FILES",
    "GROUP_SIZE",
    "LEADER_RANK",
    "LEADER_TITLE",
    "LONGEST_WINDOW",
    "MODE",
    "NETWORK",
    "ORGANISATION_TYPE",
    "OUTCOME",
    "PAYER",
    "PURPOSE",
    "PURPOSES",
    "RANK",
    "SENDER",
    "SENIOR",
    "STUDY_LEVEL",
    "TABLE",
    "UNITS",
    "VISIT_MODE",
    "WINDOWS",
    "YOU",
    "Question",
    "Questionnaire",
    "Searched",
    "Section",
    "Shape",
    "asked",
    "columns",
    "everything",
    "own",
    "sample",
]
