"""What a person reads for each word of the vocabulary, and the answers of an enquiry as rows of label and value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

from webapp.i18n import LOCALES, N_, date_long, date_short
from webapp.vocabulary import (
    Action,
    Activity,
    Advice,
    Choice,
    CollaborationType,
    DayKind,
    Fault,
    Finding,
    Group,
    Kind,
    Language,
    LeaderRank,
    Letter,
    Level,
    MessageKind,
    MessageState,
    Obstacle,
    Occasion,
    OrganisationType,
    Outcome,
    Payer,
    Placeholder,
    Post,
    Priority,
    Purpose,
    Role,
    ScreeningResult,
    Status,
    StudyLevel,
    Subject,
    TermKind,
    VisitMode,
)

Gettext = Callable[[str], str]

STATUS_PARTNER: dict[Status, str] = {
    Status.RECEIVED: N_("Received"),
    Status.IN_REVIEW: N_("Being reviewed"),
    Status.AWAITING_PARTNER: N_("We need something from you"),
    Status.AWAITING_APPROVAL: N_("Being reviewed"),
    Status.ACCEPTED: N_("Accepted"),
    Status.SCHEDULED: N_("Visit confirmed"),
    Status.COMPLETED: N_("Completed"),
    Status.DECLINED: N_("Not possible this time"),
    Status.WITHDRAWN: N_("Withdrawn"),
    # Whoever is taken for spam is not told so.
    Status.SPAM: N_("Being reviewed"),
    Status.SUSPECT: N_("Received"),
}

STATUS_DESK: dict[Status, str] = {
    Status.RECEIVED: N_("Received"),
    Status.IN_REVIEW: N_("Being reviewed"),
    Status.AWAITING_PARTNER: N_("Waiting for partner"),
    Status.AWAITING_APPROVAL: N_("Waiting for approval"),
    Status.ACCEPTED: N_("Accepted"),
    Status.SCHEDULED: N_("Visit confirmed"),
    Status.COMPLETED: N_("Completed"),
    Status.DECLINED: N_("Declined"),
    Status.WITHDRAWN: N_("Withdrawn"),
    Status.SPAM: N_("Spam"),
    Status.SUSPECT: N_("Suspect"),
}

KIND: dict[Kind, str] = {
    Kind.VISIT: N_("Visit"),
    Kind.COLLABORATION: N_("Collaboration"),
    Kind.QUESTION: N_("Question"),
}

KIND_LONG: dict[Kind, str] = {
    Kind.VISIT: N_("Delegation visit"),
    Kind.COLLABORATION: N_("Collaboration"),
    Kind.QUESTION: N_("Question"),
}

ACTION: dict[Action, str] = {
    Action.REVIEW: N_("Start review"),
    Action.ACCEPT: N_("Accept"),
    Action.DECLINE: N_("Decline"),
    Action.ASK_PARTNER: N_("Ask the partner"),
    Action.PROPOSE_DATES: N_("Propose other dates"),
    Action.RESUME: N_("Resume review"),
    Action.ASK_APPROVAL: N_("Wait for approval"),
    Action.CHASE_APPROVAL: N_("Remind of the approval"),
    Action.CONSENT: N_("Approve"),
    Action.APPROVE: N_("Approve"),
    Action.REFUSE: N_("Do not approve"),
    Action.REFER: N_("Refer to a faculty"),
    Action.CHASE_REFERRAL: N_("Remind the faculty"),
    Action.RETURN: N_("Return it to the office"),
    Action.RECALL: N_("Take it back from the faculty"),
    Action.SCHEDULE: N_("Confirm the visit"),
    Action.COMPLETE: N_("Complete"),
    Action.WITHDRAW: N_("Withdraw"),
    Action.MARK_SPAM: N_("Mark as spam"),
    Action.UNMARK_SPAM: N_("Not spam"),
    Action.REOPEN: N_("Reopen"),
    Action.ASSIGN: N_("Assign"),
    Action.NOTE: N_("Add note"),
    Action.REPLY: N_("Write to the partner"),
    Action.WRITE: N_("Send message"),
    Action.LINK: N_("Link to an organisation"),
    Action.SCREEN: N_("Record the screening"),
    Action.PRIORITISE: N_("Set the priority"),
    Action.TAG: N_("Add tag"),
    Action.UNTAG: N_("Remove tag"),
    Action.CHECK: N_("Change the checklist"),
    Action.RELATE: N_("Link enquiries"),
    Action.MERGE: N_("Merge"),
    Action.CONVERT: N_("Handle as another kind"),
    Action.SPLIT: N_("Split off a second enquiry"),
    Action.CORRECT_ADDRESS: N_("Correct the address"),
}

CHOICE: dict[Choice, str] = {
    Choice.ACCEPT: N_("Accept"),
    Choice.DECLINE: N_("Decline"),
    Choice.ASK_PARTNER: N_("Ask the partner something"),
    Choice.PROPOSE_DATES: N_("Propose other dates"),
    Choice.PASS_ON: N_("Pass it to a colleague"),
    Choice.AWAY: N_("I am away"),
}

OUTCOME: dict[Outcome, str] = {
    Outcome.APPROVED: N_("I approve"),
    Outcome.REFUSED: N_("I do not approve"),
}

# As the faculty says it, and as others read it.
FINDING: dict[Finding, str] = {
    Finding.CAN_HELP: N_("We can help"),
    Finding.IN_PART: N_("We can help in part"),
    Finding.CANNOT_HELP: N_("We cannot help"),
}

FINDING_TOLD: dict[Finding, str] = {
    Finding.CAN_HELP: N_("can help"),
    Finding.IN_PART: N_("can help in part"),
    Finding.CANNOT_HELP: N_("cannot help"),
}

POST: dict[Post, str] = {
    Post.ASSIGNEE: N_("assigned"),
    Post.LIAISON: N_("liaison"),
    Post.DEPUTY: N_("deputy"),
    Post.COVER: N_("cover"),
    Post.MAILBOX: N_("mailbox"),
    Post.OFFICE: N_("office"),
}

# Sentences about somebody who does not answer today.
OBSTACLE: dict[Obstacle, str] = {
    Obstacle.AWAY: N_("%(name)s (%(post)s) is away until %(day)s"),
    Obstacle.GONE: N_("%(name)s (%(post)s) is no longer active"),
    Obstacle.ASKED: N_("%(name)s (%(post)s) was asked already"),
}

PRIORITY: dict[Priority, str] = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}

ROLE: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.LIAISON: N_("Liaison"),
    Role.HOST: N_("Host"),
    Role.OBSERVER: N_("Observer"),
}

MESSAGE_STATE: dict[MessageState, str] = {
    MessageState.QUEUED: N_("Queued"),
    MessageState.SENDING: N_("Sending"),
    MessageState.SENT: N_("Sent"),
    MessageState.FAILED: N_("Failed"),
    MessageState.BOUNCED: N_("Bounced"),
}

# What keeps a message from leaving, as the desk is told.
FAULT: dict[Fault, str] = {
    Fault.NAME: N_("The mail server’s name is not known."),
    Fault.REFUSED: N_("The mail server cannot be reached."),
    Fault.TIMEOUT: N_("The mail server does not answer."),
    Fault.CERTIFICATE: N_("The mail server’s certificate is not trusted."),
    Fault.ENCRYPTION: N_("The mail server wants another kind of encrypted connection."),
    Fault.PASSWORD: N_("The mail server does not accept our password."),
    Fault.SENDER: N_("The mail server does not accept our sender’s address."),
    Fault.DROPPED: N_("The mail server ended the connection."),
    Fault.RECIPIENT: N_("The mail server has not taken this address yet."),
    Fault.CONTENT: N_("The mail server has not taken this email yet."),
    Fault.WORKER: N_("The service stopped while it was sending."),
    Fault.OTHER: N_("Something unexpected happened."),
}

MESSAGE_KIND: dict[MessageKind, str] = {
    MessageKind.LIAISON_RECEIVED: N_("New enquiry, to the liaison"),
    MessageKind.LIAISON_WITHDRAWN: N_("Withdrawn, to the liaison"),
    MessageKind.LIAISON_PARTNER_WROTE: N_("The partner wrote, to the liaison"),
    MessageKind.LIAISON_HANDED_OVER: N_("Handed over"),
    MessageKind.LIAISON_APPROVAL: N_("Approval given or refused"),
    MessageKind.APPROVER_ASKED: N_("Approval asked for"),
    MessageKind.LIAISON_RETURNED: N_("Returned by a faculty"),
    MessageKind.FACULTY_ASKED: N_("Referred to a faculty"),
    MessageKind.FACULTY_RECALLED: N_("Taken back from a faculty"),
    MessageKind.LIAISON_CLOSURE: N_("Closure, to whoever answers"),
    MessageKind.LIAISON_DIGEST: N_("Reminder of the day"),
    MessageKind.LIAISON_URGENT: N_("Urgent reminder"),
    MessageKind.PARTNER_RECEIPT: N_("Receipt"),
    MessageKind.PARTNER_STATUS: N_("Change of status"),
    MessageKind.PARTNER_MESSAGE: N_("Message to the partner"),
    MessageKind.PARTNER_LINK: N_("Tracking link sent again"),
    MessageKind.PARTNER_CLOSURE: N_("Closure, to the partner"),
    MessageKind.PARTNER_MERGED: N_("Two enquiries put together"),
    MessageKind.PARTNER_CONVERTED: N_("Handled as another kind"),
    MessageKind.PARTNER_SPLIT: N_("Divided into two enquiries"),
    MessageKind.STAFF_MENTIONED: N_("Somebody is named in a note"),
    MessageKind.STAFF_NETWORKS_DUE: N_("Entries of the directory to check"),
}

DAY_KIND: dict[DayKind, str] = {
    DayKind.CLOSED: N_("Office closed"),
    DayKind.HALF: N_("Half day"),
    DayKind.WORKING: N_("Make-up working day"),
}

OCCASION: dict[Occasion, str] = {
    Occasion.SOON: N_("Due on the next working day"),
    Occasion.TODAY: N_("Due today"),
    Occasion.OVERDUE: N_("Overdue"),
    Occasion.ESCALATED: N_("Nobody has answered: please see to it"),
}

GROUP: dict[Group, str] = {
    Group.COFOUNDED: N_("Co-founded"),
    Group.MEMBER: N_("Joined as a member"),
}

# What staff edit of a network, by field; facts in three languages without the language.
NETWORK_FACT: dict[str, str] = {
    "name": N_("Name of the network"),
    "acronym": N_("Acronym"),
    "former_names": N_("Former names"),
    "summary": N_("Summary"),
    "description": N_("Description"),
    "activities": N_("What the network does"),
    "group": N_("How the university belongs"),
    "role": N_("The university’s role"),
    "role_note": N_("Note on the role"),
    "founded": N_("Year of founding"),
    "founded_by": N_("Founded by"),
    "administered_by": N_("Administered by"),
    "supported_by": N_("Supported by"),
    "size": N_("Size, worded as the source allows"),
    "countries": N_("Where, in words"),
    "scope": N_("Scope"),
    "regions": N_("Region"),
    "similar": N_("Networks with a similar purpose"),
    "website": N_("Official site"),
    "source_url": N_("Address of the source"),
    "as_of": N_("As of"),
    "cautions": N_("Cautions when wording a fact"),
    "place": N_("Place in the list"),
    "shown": N_("Shown to the public"),
    "owner": N_("Kept by"),
    "verified_on": N_("Last checked"),
}

TERM_KIND: dict[TermKind, str] = {
    TermKind.SCOPE: N_("Scope"),
    TermKind.REGION: N_("Region"),
    TermKind.GROUP: N_("Group"),
}

ORGANISATION_TYPE: dict[OrganisationType, str] = {
    OrganisationType.UNIVERSITY: N_("University or college"),
    OrganisationType.RESEARCH_INSTITUTE: N_("Research institute"),
    OrganisationType.GOVERNMENT: N_("Government or public body"),
    OrganisationType.NETWORK: N_("Network or association"),
    OrganisationType.COMPANY: N_("Company"),
    OrganisationType.FOUNDATION: N_("Foundation or charity"),
    OrganisationType.OTHER: N_("Other"),
}

LEVEL: dict[Level, str] = {
    Level.A: N_("Level A"),
    Level.B: N_("Level B"),
    Level.C: N_("Level C"),
}

LEADER_RANK: dict[LeaderRank, str] = {
    LeaderRank.HEAD_OF_STATE: N_("Head of state or government"),
    LeaderRank.MINISTER: N_("Minister or ambassador"),
    LeaderRank.PRESIDENT: N_("President, rector or vice-chancellor"),
    LeaderRank.VICE_PRESIDENT: N_("Vice-president or vice-rector"),
    LeaderRank.DEAN: N_("Dean or head of school"),
    LeaderRank.DIRECTOR: N_("Director or head of office"),
    LeaderRank.PROFESSOR: N_("Professor"),
    LeaderRank.OTHER: N_("Other"),
}

# What administrators choose at the desk, by the setting's name.
OFFICE_FIELD: dict[str, str] = {
    "screening_required": N_("Screening is required before accepting"),
    "screening_lists": N_("Lists that are usually looked at"),
    "institution": N_("Name in English"),
    "institution_zh_hant": N_("Name in Traditional Chinese"),
    "institution_zh_hans": N_("Name in Simplified Chinese"),
    "institution_short": N_("Short name in English"),
    "institution_short_zh_hant": N_("Short name in Traditional Chinese"),
    "institution_short_zh_hans": N_("Short name in Simplified Chinese"),
    "institution_address": N_("Address in English"),
    "institution_address_zh_hant": N_("Address in Traditional Chinese"),
    "institution_address_zh_hans": N_("Address in Simplified Chinese"),
    "brand": N_("Colour"),
    "promise_days_visit": N_("Working days for a visit"),
    "promise_days_collaboration": N_("Working days for a collaboration"),
    "promise_days_question": N_("Working days for a question"),
    **{f"level_{rank}": label for rank, label in LEADER_RANK.items()},
    "notice_a": N_("Working days of notice, level A"),
    "notice_b": N_("Working days of notice, level B"),
    "notice_c": N_("Working days of notice, level C"),
    "notice_online": N_("Working days of notice, meeting online"),
}

ADVICE: dict[Advice, str] = {
    Advice.ACCEPT: N_("Accept"),
    Advice.ASK: N_("Ask the partner"),
    Advice.OTHER_DATES: N_("Propose other dates"),
    Advice.ONLINE: N_("Offer a meeting online"),
    Advice.REFER: N_("Refer to a faculty"),
    Advice.DECLINE: N_("Decline"),
}

SCREENING_RESULT: dict[ScreeningResult, str] = {
    ScreeningResult.CLEAR: N_("Clear: nobody is on the lists"),
    ScreeningResult.MATCH: N_("Match: somebody has to look at it"),
    ScreeningResult.CLEARED: N_("Cleared: the match is somebody else, or permitted"),
}

LETTER: dict[Letter, str] = {
    Letter.ACCEPT: N_("Accept"),
    Letter.DECLINE: N_("Decline"),
    Letter.DEFER: N_("Take it up later"),
    Letter.REFER: N_("Refer to a faculty"),
    Letter.ONLINE: N_("Offer a meeting online"),
    Letter.OTHER_DATES: N_("Propose three other dates"),
}

PLACEHOLDER: dict[Placeholder, str] = {
    Placeholder.CONTACT_NAME: N_("who wrote to us"),
    Placeholder.ORGANISATION: N_("their organisation"),
    Placeholder.SUBJECT: N_("the subject of the enquiry"),
    Placeholder.REFERENCE: N_("its reference"),
    Placeholder.NETWORK: N_("the network that it came through, else the university"),
    Placeholder.DATES: N_("the dates that they named"),
    Placeholder.FACULTY: N_("the faculty; whoever sends the letter writes it in"),
    Placeholder.OFFICE: N_("the office, with the university’s name"),
    Placeholder.PROMISED_ON: N_("the date by which a first answer was promised"),
    Placeholder.SENDER: N_("the name of whoever sends it"),
}

SUBJECT: dict[Subject, str] = {
    Subject.ORGANISATION: N_("Organisation"),
    Subject.CONTACT: N_("Contact"),
    Subject.LETTER: N_("Letter"),
    Subject.REPLY: N_("Canned reply"),
    Subject.SETTINGS: N_("Settings of the office"),
    Subject.PERSON: N_("Person"),
    Subject.NETWORK: N_("Network"),
    Subject.FACULTY: N_("Faculty or department"),
    Subject.LEAVE: N_("Leave"),
    Subject.DAY: N_("Day of the calendar"),
    Subject.CLOSURE: N_("Unplanned closure"),
}

VISIT_MODE: dict[VisitMode, str] = {
    VisitMode.IN_PERSON: N_("In person"),
    VisitMode.ONLINE: N_("Online"),
}

PURPOSE: dict[Purpose, str] = {
    Purpose.AGREEMENT: N_("Sign or renew an agreement"),
    Purpose.STUDENT_EXCHANGE: N_("Student exchange"),
    Purpose.STAFF_EXCHANGE: N_("Staff exchange"),
    Purpose.JOINT_RESEARCH: N_("Joint research"),
    Purpose.JOINT_DEGREE: N_("Joint degree"),
    Purpose.SERVICE_LEARNING: N_("Service learning"),
    Purpose.BENCHMARKING: N_("Learn from a department or service"),
    Purpose.NETWORK_ACTIVITY: N_("Activity of the network"),
    Purpose.COURTESY: N_("Courtesy call"),
    Purpose.OTHER: N_("Other"),
}

COLLABORATION_TYPE: dict[CollaborationType, str] = {
    CollaborationType.AGREEMENT: N_("Agreement"),
    CollaborationType.STUDENT_EXCHANGE: N_("Student exchange"),
    CollaborationType.STAFF_EXCHANGE: N_("Staff exchange"),
    CollaborationType.JOINT_RESEARCH: N_("Joint research"),
    CollaborationType.JOINT_DEGREE: N_("Joint degree"),
    CollaborationType.SHORT_PROGRAMME: N_("Short programme"),
    CollaborationType.ONLINE_COLLABORATION: N_("Online collaboration"),
    CollaborationType.NETWORK_ACTIVITY: N_("Activity of the network"),
    CollaborationType.OTHER: N_("Other"),
}

STUDY_LEVEL: dict[StudyLevel, str] = {
    StudyLevel.UNDERGRADUATE: N_("Undergraduate students"),
    StudyLevel.TAUGHT_POSTGRADUATE: N_("Taught postgraduate students"),
    StudyLevel.RESEARCH_POSTGRADUATE: N_("Research postgraduate students"),
    StudyLevel.STAFF: N_("Staff"),
}

ACTIVITY: dict[Activity, str] = {
    Activity.MEETING: N_("Meeting"),
    Activity.TOUR: N_("Campus tour"),
    Activity.LABORATORY: N_("Laboratory visit"),
    Activity.LECTURE: N_("Lecture or seminar"),
    Activity.SIGNING: N_("Signing ceremony"),
    Activity.MEAL: N_("Meal"),
    Activity.STUDENTS: N_("Meet students"),
}

PAYER: dict[Payer, str] = {
    Payer.DELEGATION: N_("The delegation"),
    Payer.SHARED: N_("Shared"),
    Payer.UNIVERSITY: N_("The host university"),
    Payer.UNDECIDED: N_("Not decided yet"),
}


@dataclass(frozen=True)
class _Reader:
    """Who reads: how texts are translated, and in which language dates and lists are written."""

    gettext: Gettext
    language: Language

    def word(self, labels: Mapping[Any, str], value: str) -> str:
        return self.gettext(labels[value]) if value in labels else value

    def listed(self, parts: Iterable[str]) -> str:
        return (", " if self.language is Language.EN else "、").join(parts)


_Shape = Callable[[Any, _Reader], str]


def _text(value: Any, _reader: _Reader) -> str:
    return str(value).strip()


def _need(value: Any, reader: _Reader) -> str:
    return reader.gettext("Needed") if value else reader.gettext("Not needed")


def _days(value: Any, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 day")
    return reader.gettext("%(count)s days") % {"count": value}


def _people(value: Any, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 person")
    return reader.gettext("%(count)s people") % {"count": value}


def _one(labels: Mapping[Any, str]) -> _Shape:
    return lambda value, reader: reader.word(labels, value)


def _many(labels: Mapping[Any, str]) -> _Shape:
    return lambda value, reader: reader.listed(reader.word(labels, each) for each in value)


def _ranked(labels: Mapping[Any, str]) -> _Shape:
    def shape(value: Any, reader: _Reader) -> str:
        words = [reader.word(labels, each) for each in value]
        return words[0] if len(words) == 1 else "\n".join(f"{n}. {word}" for n, word in enumerate(words, start=1))

    return shape


def _windows(value: Any, reader: _Reader) -> str:
    return "\n".join(window_texts(value, reader.gettext, reader.language))


_ANSWERS: dict[Kind, tuple[tuple[str, str, _Shape], ...]] = {
    Kind.VISIT: (
        ("mode", N_("How to meet"), _one(VISIT_MODE)),
        ("windows", N_("Possible dates"), _windows),
        ("days", N_("Length of the visit"), _days),
        ("purposes", N_("Purposes, by priority"), _ranked(PURPOSE)),
        ("outcome", N_("Expected outcome"), _text),
        ("units", N_("Units and people to meet"), _text),
        ("senior", N_("Senior leadership wanted"), _text),
        ("activities", N_("Activities on the day"), _many(ACTIVITY)),
        ("leader_name", N_("Leader of the delegation"), _text),
        ("leader_title", N_("Leader’s title"), _text),
        ("leader_rank", N_("Leader’s rank"), _one(LEADER_RANK)),
        ("group_size", N_("Size of the group"), _people),
        ("working_language", N_("Working language"), _text),
        ("interpreter", N_("Interpreter"), _need),
        ("letters", N_("Invitation letters"), _need),
        ("payer", N_("Who pays"), _one(PAYER)),
    ),
    Kind.COLLABORATION: (
        ("types", N_("Kinds of collaboration"), _many(COLLABORATION_TYPE)),
        ("disciplines", N_("Disciplines"), _text),
        ("levels", N_("For whom"), _many(STUDY_LEVEL)),
        ("numbers", N_("Numbers"), _text),
        ("rationale", N_("Why together"), _text),
        ("outcome", N_("Expected outcome"), _text),
        ("timeline", N_("Timeline"), _text),
        ("funding", N_("Funding"), _text),
        ("university_contact", N_("Contact inside the university"), _text),
    ),
    Kind.QUESTION: (),
}


def asked(kind: Kind) -> frozenset[str]:
    """Return the keys of what this kind asks. A key that two kinds ask means the same, in the same shape, in both."""
    return frozenset(field for field, _, _ in _ANSWERS[kind])


def answer_fields(
    kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language
) -> list[tuple[str, str, str]]:
    """Return what only this kind asks as (form field, label, value), in the form's order, without empty answers.

    Values are plain text (escape them); "\\n" parts the lines of dates, purposes and long texts.
    """
    reader = _Reader(gettext, language)
    rows = []
    for field, label, shape in _ANSWERS[kind]:
        value = answers.get(field)
        if value is None or value in ("", [], ()):
            continue
        text = shape(value, reader)
        if text:
            rows.append((field, gettext(label), text))
    return rows


def answer_rows(kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language) -> list[tuple[str, str]]:
    """Return `answer_fields` as (label, value)."""
    return [(label, value) for _, label, value in answer_fields(kind, answers, gettext, language)]


def window_texts(windows: Iterable[Mapping[str, Any]], gettext: Gettext, language: Language) -> list[str]:
    """Return the windows of an enquiry's answers as people read them."""
    return [
        window_text(
            date.fromisoformat(each["start"]),
            date.fromisoformat(each["end"]),
            int(each.get("flex") or 0),
            gettext,
            language,
        )
        for each in windows
    ]


def earlier_answer_rows(
    kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language
) -> list[tuple[str, str]]:
    """Return as (label, value) what this kind does not ask and others do: told before the enquiry became this kind.

    Together with `answer_rows` it shows every answer once, whatever the kind.
    """
    left = {field: value for field, value in answers.items() if field not in asked(kind)}
    rows = [row for other in Kind for row in answer_fields(other, left, gettext, language)]
    return list({field: (label, value) for field, label, value in rows}.values())


def window_text(start: date, end: date, flex: int, gettext: Gettext, language: Language) -> str:
    """Return one window of dates: `Tue 9 Mar – Thu 11 Mar 2027 (± 2 days)`, `2027年3月9日（二）至3月11日（四）`."""
    if start == end:
        text = date_long(start, language)
    elif language is Language.EN:
        first = date_short(start, language, year=start.year != end.year)
        text = f"{first} – {date_short(end, language, year=True)}"
    else:
        last = date_short(end, language, year=start.year != end.year)
        text = f"{date_short(start, language, year=True)}至{last}"
    if not flex:
        return text
    slack = gettext("± 1 day") if flex == 1 else gettext("± %(days)s days") % {"days": flex}
    return f"{text} ({slack})" if language is Language.EN else f"{text}（{slack}）"


def country_name(code: str, language: Language) -> str:
    """Return a country's or region's name in a language, or the code itself where it has none."""
    return str(Locale.parse(LOCALES[language]).territories.get(code, code))


def options(labels: Mapping[Any, str], gettext: Gettext) -> list[tuple[str, str]]:
    """Return a closed set as choices of a form: (value, translated label), in the vocabulary's order."""
    return [(str(word), gettext(text)) for word, text in labels.items()]
