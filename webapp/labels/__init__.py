"""What a person reads for each word of the vocabulary, a module for each part of it, and the answers of an enquiry as
rows of label and value; handed out here, with the labels of what questions offer."""

from webapp.labels.accounts import FACTOR_KIND, ROLE, SECOND_STEP_NEWS, SIGN_ON_REFUSAL
from webapp.labels.action_words import ActionWords
from webapp.labels.actions import ACTION, GENUINE
from webapp.labels.answers import (
    answer_fields,
    answer_rows,
    answer_text,
    earlier_answer_rows,
    sender_fields,
    window_text,
    window_texts,
)
from webapp.labels.calendar import DAY_KIND, OCCASION, WEEKDAY
from webapp.labels.colleagues import NOT_NAMED
from webapp.labels.decisions import CHOICE, FINDING, FINDING_TOLD, OUTCOME
from webapp.labels.directory import DIRECTORY_HEADING, DIRECTORY_ORDER, GROUP, NETWORK_FACT, TERM_KIND
from webapp.labels.documents import INTERPRETER_SEAT, LETTER_PURPOSE, LETTER_STANDING, ORDER_STATE, PAPER, TABLE_SHAPE
from webapp.labels.enquiries import KIND, KIND_LONG, PRIORITY, STATUS_DESK, STATUS_PARTNER, enquiry_word
from webapp.labels.history import AUDIT_ACTOR, AUDIT_KIND, SUBJECT
from webapp.labels.letters import LETTER, PLACEHOLDER
from webapp.labels.messages import FAULT, MESSAGE_KIND, MESSAGE_STATE
from webapp.labels.privacy import (
    AFTERWARDS,
    DATA_PLACE,
    DATA_PURPOSE,
    DATA_READER,
    DATA_SUBJECT,
    KEEPING_MONTHS,
    KEEPING_PERIOD,
)
from webapp.labels.reading import Gettext, country_name, options
from webapp.labels.reports import REPORT_BY
from webapp.labels.roster import (
    ROSTER_CHANGE,
    ROSTER_COLUMN,
    ROSTER_DELIMITER,
    ROSTER_ENCODING,
    ROSTER_NOTE,
    ROSTER_PROBLEM,
    ROSTER_REFUSAL,
)
from webapp.labels.routing import OBSTACLE, POST
from webapp.labels.settings import OFFICE_FIELD
from webapp.labels.triage import ADVICE, LEVEL, SCREENING_RESULT
from webapp.labels.visits import (
    APPROVE,
    CLASH,
    DAY_SAID,
    FEED_SCOPE,
    GIFT_DECISION,
    GIFT_DIRECTION,
    HOST_RANK,
    LEVEL_CAUSE,
    NAME_ORDER,
    OPTION_STATE,
    SLOT_ANSWER,
    TELL,
    VISIT_STATE,
)
from webapp.questions import (
    ACTIVITY,
    COLLABORATION_TYPE,
    LEADER_RANK,
    ORGANISATION_TYPE,
    PAYER,
    PURPOSE,
    STUDY_LEVEL,
    VISIT_MODE,
)

__all__ = [
    "ACTION",
    "ACTIVITY",
    "ADVICE",
    "AFTERWARDS",
    "APPROVE",
    "AUDIT_ACTOR",
    "AUDIT_KIND",
    "CHOICE",
    "CLASH",
    "COLLABORATION_TYPE",
    "DATA_PLACE",
    "DATA_PURPOSE",
    "DATA_READER",
    "DATA_SUBJECT",
    "DAY_KIND",
    "DAY_SAID",
    "DIRECTORY_HEADING",
    "DIRECTORY_ORDER",
    "FACTOR_KIND",
    "FAULT",
    "FEED_SCOPE",
    "FINDING",
    "FINDING_TOLD",
    "GENUINE",
    "GIFT_DECISION",
    "GIFT_DIRECTION",
    "GROUP",
    "HOST_RANK",
    "INTERPRETER_SEAT",
    "KEEPING_MONTHS",
    "KEEPING_PERIOD",
    "KIND",
    "KIND_LONG",
    "LEADER_RANK",
    "LETTER",
    "LETTER_PURPOSE",
    "LETTER_STANDING",
    "LEVEL",
    "LEVEL_CAUSE",
    "MESSAGE_KIND",
    "MESSAGE_STATE",
    "NAME_ORDER",
    "NETWORK_FACT",
    "NOT_NAMED",
    "OBSTACLE",
    "OCCASION",
    "OFFICE_FIELD",
    "OPTION_STATE",
    "ORDER_STATE",
    "ORGANISATION_TYPE",
    "OUTCOME",
    "PAPER",
    "PAYER",
    "PLACEHOLDER",
    "POST",
    "PRIORITY",
    "PURPOSE",
    "REPORT_BY",
    "ROLE",
    "ROSTER_CHANGE",
    "ROSTER_COLUMN",
    "ROSTER_DELIMITER",
    "ROSTER_ENCODING",
    "ROSTER_NOTE",
    "ROSTER_PROBLEM",
    "ROSTER_REFUSAL",
    "SCREENING_RESULT",
    "SECOND_STEP_NEWS",
    "SIGN_ON_REFUSAL",
    "SLOT_ANSWER",
    "STATUS_DESK",
    "STATUS_PARTNER",
    "STUDY_LEVEL",
    "SUBJECT",
    "TABLE_SHAPE",
    "TELL",
    "TERM_KIND",
    "VISIT_MODE",
    "VISIT_STATE",
    "WEEKDAY",
    "ActionWords",
    "Gettext",
    "answer_fields",
    "answer_rows",
    "answer_text",
    "country_name",
    "earlier_answer_rows",
    "enquiry_word",
    "options",
    "sender_fields",
    "window_text",
    "window_texts",
]
