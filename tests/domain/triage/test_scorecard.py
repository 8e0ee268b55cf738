"""What speaks for and against: each finding, and what the whole suggests."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import make_settings
from webapp.domain.triage.scorecard import EnquiryFacts, Fact, Weight, scorecard
from webapp.vocabulary import Advice, Kind, ScreeningResult, Status

GOOD: dict[str, Any] = {"outcome": "A plan", "leader_rank": "president", "mode": "in_person", "purposes": ["agreement"]}
LEVELS = make_settings("sqlite:///unused.db").levels
VISIT = EnquiryFacts(Kind.VISIT, GOOD, notice=40, levels=LEVELS)
COLLABORATION = EnquiryFacts(Kind.COLLABORATION, {"outcome": "A degree"}, levels=LEVELS)
QUESTION = EnquiryFacts(Kind.QUESTION, levels=LEVELS)
REFUSED = {Status.DECLINED: 1, Status.WITHDRAWN: 1}


def visit(**answers: Any) -> EnquiryFacts:
    return replace(VISIT, answers={**GOOD, **answers})


def finding(case: EnquiryFacts, fact: Fact) -> tuple[str, Weight] | None:
    return next(((line.result, line.weight) for line in scorecard(case).lines if line.fact is fact), None)


def test_levels_are_those_that_the_office_chose() -> None:
    chosen = make_settings("sqlite:///unused.db", level_president="c", notice_c=10).levels
    assert finding(replace(VISIT, levels=chosen, notice=10), Fact.NOTICE) == ("enough", Weight.FOR)
    assert finding(replace(VISIT, levels=chosen, notice=9), Fact.NOTICE) == ("short", Weight.AGAINST)
    assert finding(replace(VISIT, levels=chosen), Fact.LEVEL) == ("level", Weight.NEUTRAL)


@pytest.mark.parametrize(
    ("case", "fact", "expected"),
    [
        (VISIT, Fact.PARTNER, ("unknown", Weight.NEUTRAL)),
        (replace(VISIT, recorded=True), Fact.PARTNER, ("recorded", Weight.NEUTRAL)),
        (replace(VISIT, recorded=True, partner=True), Fact.PARTNER, ("partner", Weight.FOR)),
        (VISIT, Fact.MEMBER, ("no_network", Weight.NEUTRAL)),
        (replace(VISIT, network="NET"), Fact.MEMBER, ("none", Weight.NEUTRAL)),
        (replace(VISIT, network="NET", memberships=("NET",)), Fact.MEMBER, ("member", Weight.FOR)),
        (replace(VISIT, network="NET", memberships=("ANN",)), Fact.MEMBER, ("elsewhere", Weight.FOR)),
        (VISIT, Fact.NOTICE, ("enough", Weight.FOR)),
        (replace(VISIT, notice=39), Fact.NOTICE, ("short", Weight.AGAINST)),
        (replace(VISIT, notice=-1), Fact.NOTICE, ("past", Weight.AGAINST)),
        (replace(VISIT, notice=None), Fact.NOTICE, ("none", Weight.NEUTRAL)),
        (replace(visit(mode="online"), notice=5), Fact.NOTICE, ("enough", Weight.FOR)),
        (replace(visit(leader_rank="dean"), notice=30), Fact.NOTICE, ("enough", Weight.FOR)),
        (VISIT, Fact.LEVEL, ("level", Weight.FOR)),
        (visit(leader_rank="professor"), Fact.LEVEL, ("level", Weight.NEUTRAL)),
        (visit(leader_rank=""), Fact.LEVEL, ("none", Weight.NEUTRAL)),
        (VISIT, Fact.OUTCOME, ("named", Weight.FOR)),
        (visit(outcome="  ", purposes=["other"]), Fact.OUTCOME, ("missing", Weight.AGAINST)),
        (VISIT, Fact.HISTORY, ("first", Weight.NEUTRAL)),
        (replace(VISIT, became={Status.RECEIVED: 1}), Fact.HISTORY, ("earlier", Weight.NEUTRAL)),
        (replace(VISIT, became=REFUSED), Fact.HISTORY, ("turned_down", Weight.AGAINST)),
        (replace(VISIT, became={**REFUSED, Status.COMPLETED: 1}), Fact.HISTORY, ("welcomed", Weight.FOR)),
        (VISIT, Fact.SCREENING, None),
        (replace(VISIT, screening=ScreeningResult.CLEAR), Fact.SCREENING, ("clear", Weight.NEUTRAL)),
        (replace(VISIT, screening=ScreeningResult.MATCH), Fact.SCREENING, ("match", Weight.AGAINST)),
        (COLLABORATION, Fact.NOTICE, None),
        (QUESTION, Fact.OUTCOME, None),
        (QUESTION, Fact.HISTORY, ("first", Weight.NEUTRAL)),
    ],
)
def test_line_says_what_was_found_and_which_way_it_points(
    case: EnquiryFacts, fact: Fact, expected: tuple[str, Weight] | None
) -> None:
    assert finding(case, fact) == expected


@pytest.mark.parametrize(
    ("case", "advice", "reason"),
    [
        (VISIT, Advice.ACCEPT, "fits"),
        (replace(VISIT, notice=-1), Advice.OTHER_DATES, "past"),
        (replace(VISIT, notice=10), Advice.OTHER_DATES, "short"),
        (replace(visit(leader_rank="professor"), notice=10), Advice.ONLINE, "short_and_modest"),
        (replace(visit(leader_rank="professor"), notice=10, partner=True), Advice.OTHER_DATES, "short"),
        (visit(outcome="", purposes=[]), Advice.ASK, "vague"),
        (visit(outcome=""), Advice.ACCEPT, "fits"),
        (replace(VISIT, notice=None), Advice.ASK, "dateless"),
        (replace(visit(outcome="", purposes=[]), notice=None), Advice.ASK, "vague_and_dateless"),
        (replace(VISIT, became=REFUSED), Advice.DECLINE, "turned_down"),
        (replace(VISIT, became=REFUSED, partner=True), Advice.ACCEPT, "fits"),
        (visit(leader_rank="professor", purposes=["courtesy"]), Advice.ONLINE, "polite"),
        # It came as another kind, which asked for no purposes: that is not courtesy.
        (visit(leader_rank="professor", purposes=[]), Advice.ACCEPT, "fits"),
        (visit(leader_rank="professor", units="Design"), Advice.REFER, "unit"),
        (visit(leader_rank="professor", purposes=["agreement", "benchmarking"]), Advice.REFER, "unit"),
        (visit(units="Design"), Advice.ACCEPT, "fits"),
        (COLLABORATION, Advice.ACCEPT, "fits"),
        (replace(COLLABORATION, answers={}), Advice.ASK, "vague"),
        (replace(COLLABORATION, answers={"outcome": "x", "disciplines": "Design"}), Advice.REFER, "discipline"),
        (
            replace(
                COLLABORATION,
                answers={"outcome": "x", "disciplines": "Design"},
                network="N",
                memberships=("N",),
            ),
            Advice.ACCEPT,
            "fits",
        ),
        (replace(VISIT, screening=ScreeningResult.MATCH), None, "match"),
        (replace(VISIT, screening=ScreeningResult.CLEARED), Advice.ACCEPT, "fits"),
        (QUESTION, None, ""),
    ],
)
def test_facts_suggest_an_answer_with_its_reason(case: EnquiryFacts, advice: Advice | None, reason: str) -> None:
    card = scorecard(case)
    assert (card.advice, card.reason) == (advice, reason)
