"""What the institution says of itself, where the environment says little."""

import pytest

from tests.conftest import make_settings
from webapp.vocabulary import Kind, Language, LeaderRank, Level, VisitMode


def test_every_rank_has_a_level_and_higher_ones_need_no_less_notice() -> None:
    levels = make_settings("sqlite:///unused.db").levels
    assert [levels.of(rank) for rank in LeaderRank] == sorted(levels.ranks[rank] for rank in LeaderRank)
    assert levels.notice[Level.A] > levels.notice[Level.B] > levels.notice[Level.C] > levels.online


def test_notice_is_that_of_the_level_or_of_meetings_online() -> None:
    levels = make_settings("sqlite:///unused.db").levels
    assert levels.needed(rank=LeaderRank.PRESIDENT) == 40
    assert levels.needed(rank=LeaderRank.PRESIDENT, mode=VisitMode.ONLINE) == 5
    assert levels.needed(rank="", mode=VisitMode.IN_PERSON) == levels.needed() == 20


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (40, 30, 20, 5)),
        ({"visit_notice_days": 30}, (40, 30, 21, 5)),
        ({"visit_notice_days": 90}, (64, 64, 64, 5)),
        ({"visit_notice_days": 0}, (40, 30, 1, 1)),
        ({"visit_notice_days": 90, "notice_c": 10, "notice_a": 50}, (50, 30, 10, 5)),
    ],
)
def test_days_of_the_week_are_read_as_working_days_of_the_lowest_level(
    given: dict[str, int], expected: tuple[int, ...]
) -> None:
    levels = make_settings("sqlite:///unused.db", **given).levels
    assert (*(levels.notice[level] for level in Level), levels.online) == expected


def test_kind_has_its_own_promise_or_that_of_all() -> None:
    settings = make_settings("sqlite:///unused.db", promise_working_days=7, promise_days_question=2)
    assert [settings.promised(kind) for kind in Kind] == [7, 7, 2]
    assert settings.longest_promise == 7


def test_english_name_stands_where_there_is_no_other() -> None:
    settings = make_settings("sqlite:///unused.db", institution="Example University", institution_zh_hant="範例大學")
    names = settings.names("institution")
    assert names[Language.ZH_HANT] == "範例大學"
    assert {name for language, name in names.items() if language is not Language.ZH_HANT} == {"Example University"}
