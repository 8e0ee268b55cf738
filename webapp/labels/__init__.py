"""What a person reads for each word of the vocabulary, a module for each part of it, and the answers of an enquiry as
rows of label and value; handed out here."""

from webapp.labels.accounts import ROLE
from webapp.labels.answers import answer_fields, answer_rows, asked, earlier_answer_rows, window_text, window_texts
from webapp.labels.calendar import DAY_KIND, OCCASION
from webapp.labels.choices import ACTIVITY, COLLABORATION_TYPE, LEADER_RANK, PAYER, PURPOSE, STUDY_LEVEL, VISIT_MODE
from webapp.labels.decisions import CHOICE, FINDING, FINDING_TOLD, OUTCOME
from webapp.labels.directory import GROUP, NETWORK_FACT, TERM_KIND
from webapp.labels.enquiries import ACTION, KIND, KIND_LONG, PRIORITY, STATUS_DESK, STATUS_PARTNER
from webapp.labels.history import AUDIT_ACTOR, AUDIT_KIND, SUBJECT
from webapp.labels.letters import LETTER, PLACEHOLDER
from webapp.labels.messages import FAULT, MESSAGE_KIND, MESSAGE_STATE
from webapp.labels.organisations import ORGANISATION_TYPE
from webapp.labels.reading import Gettext, country_name, options
from webapp.labels.routing import OBSTACLE, POST
from webapp.labels.settings import OFFICE_FIELD
from webapp.labels.triage import ADVICE, LEVEL, SCREENING_RESULT

__all__ = [
    "ACTION",
    "ACTIVITY",
    "ADVICE",
    "AUDIT_ACTOR",
    "AUDIT_KIND",
    "CHOICE",
    "COLLABORATION_TYPE",
    "DAY_KIND",
    "FAULT",
    "FINDING",
    "FINDING_TOLD",
    "GROUP",
    "KIND",
    "KIND_LONG",
    "LEADER_RANK",
    "LETTER",
    "LEVEL",
    "MESSAGE_KIND",
    "MESSAGE_STATE",
    "NETWORK_FACT",
    "OBSTACLE",
    "OCCASION",
    "OFFICE_FIELD",
    "ORGANISATION_TYPE",
    "OUTCOME",
    "PAYER",
    "PLACEHOLDER",
    "POST",
    "PRIORITY",
    "PURPOSE",
    "ROLE",
    "SCREENING_RESULT",
    "STATUS_DESK",
    "STATUS_PARTNER",
    "STUDY_LEVEL",
    "SUBJECT",
    "TERM_KIND",
    "VISIT_MODE",
    "Gettext",
    "answer_fields",
    "answer_rows",
    "asked",
    "country_name",
    "earlier_answer_rows",
    "options",
    "window_text",
    "window_texts",
]
