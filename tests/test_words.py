"""The words of texts, docstrings and documents: plain English, and none of the phrases that were replaced."""

from pathlib import Path

import pytest

from tests.words import HABITS, counts, texts, worst

ROOT = Path(__file__).resolve().parent.parent
# What people read has these habits as often as this at most; docstrings, comments and documents have none. The numbers
# only fall, and go once they are 0.
MOST_IN_MESSAGES = {**dict.fromkeys(HABITS, 0), "mail for email": 3}  # three names of placeholders
MOST_REPLACED_IN_MESSAGES = 0


def test_phrases_that_were_replaced_do_not_come_back() -> None:
    found = worst(ROOT)
    assert [each for each in found if not each[0].startswith("message ")] == []
    assert len(found) <= MOST_REPLACED_IN_MESSAGES


def test_habits_of_wording_do_not_come_back() -> None:
    found = counts(ROOT)
    elsewhere = {habit: sum(by_kind.values()) - by_kind["message"] for habit, by_kind in found.items()}
    assert elsewhere == dict.fromkeys(HABITS, 0)
    in_messages = {habit: by_kind["message"] for habit, by_kind in found.items()}
    assert {habit: number for habit, number in in_messages.items() if number > MOST_IN_MESSAGES[habit]} == {}


@pytest.mark.parametrize("kind", ["message", "docstring", "comment", "document"])
def test_each_kind_of_text_is_searched(kind: str) -> None:
    """A search that finds no text finds no fault either."""
    assert any(text.kind == kind for text in texts(ROOT))
