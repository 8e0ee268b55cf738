"""Every word that a person sees has a label, and answers read well in each language."""

from datetime import date
from enum import StrEnum

import pytest

from webapp import labels, vocabulary
from webapp.domain.enquiries.workflow import TABLE, Place
from webapp.vocabulary import Action, Kind, Language

# Words that no person reads as such: names inside the machine, or written as sentences by the pages.
INSIDE = {
    "AlertKind", "ActorKind", "AuditAction", "ChecklistChange", "DataRequestOutcome", "EventKind", "FileState",
    "Holder", "Job", "KeepingPeriod", "KeyKind", "Language", "LinkEnd", "LinkKind", "LinkWanted", "Permission",
    "RoleSource", "RosterChangeState", "RosterDraftState", "SlotNews", "VisitNews",
}  # fmt: skip
TABLES = {
    name: table
    for name, table in vars(labels).items()
    if name.isupper() and name[0] != "_" and name != "LOCALES" and isinstance(table, dict)
}
WORDS = [
    word
    for name, word in vars(vocabulary).items()
    if isinstance(word, type) and issubclass(word, StrEnum) and word is not StrEnum and name not in INSIDE
]

VISIT = {
    "mode": "in_person",
    "windows": [
        {"start": "2027-03-09", "end": "2027-03-11", "flex": 2},
        {"start": "2027-12-31", "end": "2028-01-03", "flex": 1},
        {"start": "2027-04-06", "end": "2027-04-06", "flex": 0},
    ],
    "days": 1,
    "purposes": ["service_learning", "student_exchange"],
    "outcome": "A plan\nfor three years",
    "units": "",
    "senior": None,
    "activities": ["meeting", "laboratory"],
    "leader_name": "Prof. Jan Kowalski",
    "leader_title": "  ",
    "leader_rank": "vice_president",
    "group_size": 6,
    "working_language": "English",
    "interpreter": False,
    "letters": True,
    "payer": "delegation",
}


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.__name__)
def test_every_member_of_the_vocabulary_has_a_label(word: type[StrEnum]) -> None:
    tables = [table for table in TABLES.values() if isinstance(next(iter(table)), word)]
    assert tables, f"no table of labels for {word.__name__}"
    for table in tables:
        assert list(table) == list(word)
        assert all(text.strip() for text in table.values() if not isinstance(text, labels.ActionWords))


@pytest.mark.parametrize("action", Action)
def test_every_action_has_the_words_that_pages_show(action: Action) -> None:
    words, row = labels.ACTION[action], TABLE[action]
    assert words.button.strip()
    assert words.history.startswith("%(who)s") or words.history == "Note by %(who)s"
    assert all(line.startswith("%(who)s") for line in words.variants.values())
    assert words.text.strip()
    # What is offered says beforehand what it does, and afterwards what was done. An address is corrected on the page of
    # an email, and pages behind links have words of their own.
    elsewhere = row.place is Place.LINK or action is Action.CORRECT_ADDRESS
    assert bool(words.done) != elsewhere
    assert words.before or elsewhere or action is Action.RECALL


def test_answers_of_a_visit_are_rows_in_the_order_of_the_form() -> None:
    assert labels.answer_rows(Kind.VISIT, VISIT, str, Language.EN) == [
        ("How to meet", "In person"),
        (
            "Possible dates",
            "Tue 9 Mar – Thu 11 Mar 2027 (± 2 days)\nFri 31 Dec 2027 – Mon 3 Jan 2028 (± 1 day)\nTuesday 6 April 2027",
        ),
        ("Length of the visit", "1 day"),
        ("Purposes, by priority", "1. Service learning\n2. Student exchange"),
        ("Expected outcome", "A plan\nfor three years"),
        ("Activities on the day", "Meeting, Laboratory visit"),
        ("Leader of the delegation", "Prof. Jan Kowalski"),
        ("Leader’s rank", "Vice-president or vice-rector"),
        ("Size of the group", "6 people"),
        ("Language of the meetings", "English"),
        ("Interpreter", "Not needed"),
        ("Invitation letters", "Needed"),
        ("Who covers the costs", "The delegation"),
    ]


def test_answers_of_a_collaboration_name_lists_in_words() -> None:
    answers = {"types": ["joint_research", "other"], "levels": ["staff"], "funding": "", "timeline": "2027"}
    assert labels.answer_rows(Kind.COLLABORATION, answers, str, Language.ZH_HANT) == [
        ("Kinds of collaboration", "Joint research、Other"),
        ("For whom", "Staff"),
        ("Timeline", "2027"),
    ]


def test_answers_of_a_question_are_none() -> None:
    assert labels.answer_rows(Kind.QUESTION, {}, str, Language.EN) == []


def test_answers_keep_a_value_that_the_vocabulary_no_longer_knows() -> None:
    assert labels.answer_rows(Kind.VISIT, {"payer": "sponsor"}, str, Language.EN) == [
        ("Who covers the costs", "sponsor")
    ]


def test_answer_fields_name_the_field_for_links_to_it() -> None:
    assert labels.answer_fields(Kind.VISIT, {"group_size": 1}, str, Language.EN) == [
        ("group_size", "Size of the group", "1 person")
    ]


def test_window_is_written_as_the_language_writes_it() -> None:
    text = labels.window_text(date(2027, 3, 9), date(2027, 3, 11), 0, str, Language.ZH_HANT)
    assert text == "2027年3月9日（二）至3月11日（四）"


def test_country_is_named_in_the_language_of_the_reader() -> None:
    assert labels.country_name("DE", Language.EN) == "Germany"
    assert labels.country_name("DE", Language.ZH_HANT) == "德國"
    assert labels.country_name("ZZZ", Language.EN) == "ZZZ"


def test_options_are_value_and_label() -> None:
    assert labels.options(labels.VISIT_MODE, str.upper) == [("in_person", "IN PERSON"), ("online", "ONLINE")]
