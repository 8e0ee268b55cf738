"""Letters: defaults without a fault, edited with care, filled in, and never sent with a gap."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import LANGUAGES, acting, make_enquiry, staff_actor
from webapp.config import Settings
from webapp.domain.calendar import alternative_dates
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.history import changes
from webapp.domain.letters import letters, placeholders
from webapp.models import Message
from webapp.vocabulary import Action, AuditAction, Language, Letter, Placeholder, RecordType, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
ADMINISTRATOR = staff_actor(Role.ADMINISTRATOR)
EN = Language.EN


def test_every_letter_is_shipped_in_every_language_and_says_the_same() -> None:
    texts = letters.shipped()
    assert set(texts) == set(Letter)
    for letter, by_language in texts.items():
        assert set(by_language) == set(LANGUAGES)
        marks = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in by_language.items()}
        assert len({frozenset(found) for found in marks.values()}) == 1, letter


def test_every_letter_goes_with_an_action_that_sends_a_text() -> None:
    assert {letter for row in TABLE.values() for letter in row.letters} == set(Letter)
    for row in TABLE.values():
        if row.letters:
            assert row.takes_text
            assert all(rule.messages for rule in row.rules)
            assert not row.by_partner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {contact_name}", []),
        ("No names at all", []),
        ("  ", ["empty"]),
        ("{Contact_Name}", ["brace"]),
        ("{secret} {secret} {subject}", ["secret"]),
        ("a { b", ["brace"]),
        ("{{subject}}", ["brace"]),
        ("{subject.__class__}", ["brace"]),
        ("x" * 5001, ["long"]),
    ],
)
def test_text_with_a_fault_is_named(text: str, expected: list[str]) -> None:
    assert placeholders.faults(text) == expected


@given(st.text(), st.dictionaries(st.sampled_from(Placeholder), st.text()))
def test_filling_takes_any_text_and_puts_nothing_in_twice(text: str, values: dict[Placeholder, str]) -> None:
    filled = placeholders.fill(text, values)
    if "{" not in text:
        assert filled == text
    assert placeholders.fill("{subject}", {Placeholder.SUBJECT: "{office}", Placeholder.OFFICE: "x"}) == "{office}"


def test_what_is_not_known_stays_in_braces() -> None:
    text = placeholders.fill("{subject}, {faculty}, {unknown}", {Placeholder.SUBJECT: "A", Placeholder.FACULTY: ""})
    assert text == "A, {faculty}, {unknown}"
    assert placeholders.gaps(text) == ["faculty"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "Letter"),
        ("Another letter", "Letter"),
        ("My words", "Letter\n\nMy words"),
        ("Another letter, edited", "Letter\n\nAnother letter, edited"),
    ],
)
def test_choosing_a_letter_loses_no_words(typed: str, expected: str) -> None:
    assert letters.chosen(typed, "Letter", ["Letter", "Another letter"]) == expected


def test_alternatives_are_working_days_a_week_apart() -> None:
    days = [date(2027, 3, 1) + timedelta(number) for number in range(60)]
    working = [day for day in days if day.weekday() < 5 and day != date(2027, 3, 9)]
    found = alternative_dates.alternatives(date(2027, 3, 4), date(2027, 2, 2), working)
    assert found == [date(2027, 3, 10), date(2027, 3, 16), date(2027, 3, 23)]
    assert alternative_dates.alternatives(date(2027, 3, 4), None, working)[0] == date(2027, 3, 4)
    assert alternative_dates.alternatives(date(2027, 3, 4), None, []) == []


def test_letter_is_worded_otherwise_and_put_back(write: Write) -> None:
    def look(session: Session) -> None:
        own = letters.shipped()[Letter.ACCEPT][EN]
        by = acting(ADMINISTRATOR)
        letters.change(session, Letter.ACCEPT, EN, "We accept {subject}", version=0, by=by)
        session.flush()
        found = letters.wording(session, Letter.ACCEPT, EN)
        assert (found.text, found.shipped, found.version) == ("We accept {subject}", False, 1)
        assert letters.wording(session, Letter.ACCEPT, Language.ZH_HANT).shipped
        with pytest.raises(Conflict):
            letters.change(session, Letter.ACCEPT, EN, "Other", version=0, by=by)
        with pytest.raises(Invalid):
            letters.change(session, Letter.ACCEPT, EN, "{secret}", version=1, by=by)
        letters.change(session, Letter.ACCEPT, EN, None, version=1, by=by)
        session.flush()
        found = letters.wordings(session)[Letter.ACCEPT, EN]
        assert (found.text, found.shipped, found.version) == (own, True, 2)
        history = changes.history(session, RecordType.LETTER, "accept:en")
        assert [(change.deed, change.fields["text"]) for change in history] == [
            (AuditAction.RESET, ["We accept {subject}", own]),
            (AuditAction.CHANGED, [own, "We accept {subject}"]),
        ]

    write(look)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_letters_are_worded_by_administrators(write: Write, role: Role) -> None:
    def look(session: Session) -> None:
        with pytest.raises(NotAllowed):
            letters.change(session, Letter.ACCEPT, EN, "A", version=0, by=acting(staff_actor(role)))

    write(look)


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.DECLINE, Action.ASK_PARTNER, Action.REPLY, Action.COMPLETE])
def test_text_with_a_gap_is_not_sent(write: Write, settings: Settings, action: Action) -> None:
    def look(session: Session) -> None:
        status = Status.SCHEDULED if action is Action.COMPLETE else Status.IN_REVIEW
        enquiry = make_enquiry(session, settings, status=status)
        before = session.query(Message).count()
        with pytest.raises(Invalid) as refused:
            actions.act(session, enquiry, action, text="To {faculty}", by=acting(settings=settings))
        assert refused.value.faults == {"text": "gap"}
        assert (enquiry.version, session.query(Message).count()) == (1, before)
        actions.act(session, enquiry, Action.NOTE, text="{faculty}", by=acting(settings=settings))

    write(look)


def test_partner_may_write_braces(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        actor = actions.partner(enquiry)
        actions.act(session, enquiry, Action.WRITE, text="{subject}", by=acting(actor, settings=settings))

    write(look)
