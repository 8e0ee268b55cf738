"""The level of a visit: by the leader's post, a grade where no post is named, wishes, and the office's own choice."""

from typing import Any

import pytest

from tests.factories import make_settings
from webapp.domain.visits import levels
from webapp.vocabulary import HostRank, LeaderRank, Level, LevelCause

SETTINGS = make_settings("sqlite:///unused.db")
A, B, C = Level
CASES: dict[str, tuple[dict[str, Any], Level, LevelCause, str]] = {
    "a minister": ({"leader_rank": "minister"}, A, LevelCause.RANK, "minister"),
    "a vice-president": ({"leader_rank": "vice_president"}, B, LevelCause.RANK, "vice_president"),
    "a professor": ({"leader_rank": "professor"}, C, LevelCause.RANK, "professor"),
    "post beats grade": (
        {"leader_rank": "president", "leader_title": "校长（正厅级）"},
        A,
        LevelCause.RANK,
        "president",
    ),
    "post beats a higher grade": (
        {"leader_rank": "director", "leader_title": "副部级主任"},
        C,
        LevelCause.RANK,
        "director",
    ),
    "grade without a post": ({"leader_rank": "other", "leader_title": "副部级"}, A, LevelCause.GRADE, "副部级"),
    "grade in the other script": ({"leader_rank": "other", "leader_title": "副廳級"}, B, LevelCause.GRADE, "副廳級"),
    "grade of an office": ({"leader_title": "正处级"}, C, LevelCause.GRADE, "正处级"),
    "no rank": ({}, C, LevelCause.UNKNOWN, ""),
    "other": ({"leader_rank": "other"}, C, LevelCause.RANK, "other"),
    "signing raises": ({"leader_rank": "professor", "activities": ["signing"]}, B, LevelCause.SIGNING, ""),
    "signing lowers nothing": (
        {"leader_rank": "president", "activities": ["signing"]},
        A,
        LevelCause.RANK,
        "president",
    ),
    "leaders are to be met": ({"leader_rank": "director", "activities": ["leaders"]}, B, LevelCause.LEADERS, ""),
    "leaders are wanted": ({"leader_rank": "director", "senior": " The Provost "}, B, LevelCause.SENIOR, "The Provost"),
}


def test_level_follows_from_post_grade_and_wishes_with_its_reason() -> None:
    for name, (answers, level, cause, what) in CASES.items():
        found = levels.level(answers, SETTINGS)
        assert (found.level, found.cause, found.what, found.by_rule) == (level, cause, what, level), name
        assert found.notice == SETTINGS.levels.notice[level], name


def test_office_chooses_otherwise_and_its_table_is_its_own() -> None:
    answers = {"leader_rank": LeaderRank.PROFESSOR.value, "mode": "online"}
    found = levels.level(answers, SETTINGS, chosen=A, reason="A Nobel laureate")
    assert (found.level, found.cause, found.what, found.by_rule) == (A, LevelCause.OFFICE, "A Nobel laureate", C)
    assert (found.host, found.notice) == (HostRank.PRESIDENT, SETTINGS.levels.online)
    own = SETTINGS.model_copy(
        update={"level_professor": B, "host_b": HostRank.DEAN, "tell_b": "The mayor", "approve_b": "Senate"}
    )
    found = levels.level({"leader_rank": "professor"}, own)
    assert (found.level, found.host, found.tell, found.approve) == (B, HostRank.DEAN, "The mayor", "Senate")


@pytest.mark.parametrize("wish", [{"activities": ["signing"]}, {"senior": "The Provost"}])
def test_wish_raises_no_more_than_the_office_says(wish: dict[str, Any]) -> None:
    modest = SETTINGS.model_copy(update={"level_signing": C, "level_senior": C})
    assert levels.level({"leader_rank": "professor", **wish}, modest).cause is LevelCause.RANK
