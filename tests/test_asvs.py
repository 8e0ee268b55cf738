"""docs/asvs.md answers every requirement of the standard's levels 1 and 2, and docs/security.md owns up to the gaps."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
# How many requirements of levels 1 and 2 each chapter of version 5.0.0 has.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
SAYS = {"yes", "read", "part", "no", "–"}


def rows() -> list[tuple[list[str], str, str]]:
    found = re.findall(r"^\| (\d[\d., ]*) \| (\S+) \| (.+) \|$", (DOCS / "asvs.md").read_text(), re.MULTILINE)
    return [(numbers.split(", "), says, how) for numbers, says, how in found]


def test_every_requirement_has_its_answer_once() -> None:
    numbers = [number for row in rows() for number in row[0]]
    assert len(numbers) == len(set(numbers))
    counted = {chapter: sum(number.startswith(f"{chapter}.") for number in numbers) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    assert {says for _, says, _ in rows()} <= SAYS


def test_what_is_said_to_be_proven_names_its_proof() -> None:
    unproven = [
        numbers for numbers, says, how in rows() if says == "yes" and not re.search(r"`(tests|\.ci)/|\]\(", how)
    ]
    assert unproven == []


def test_gaps_are_listed_with_the_threats() -> None:
    gaps = (DOCS / "security.md").read_text().rpartition("## What is missing")[2]
    missing = [number for numbers, says, _ in rows() if says in {"part", "no"} for number in numbers]
    assert missing
    assert [number for number in missing if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", gaps)] == []
