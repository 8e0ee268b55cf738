"""New passwords: long enough, and nothing that is among the first that anyone would try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.accounts.strength import refuse_guessable
from webapp.domain.errors import Invalid

OWN = ("Wong Siu Fan", "siufan.wong@example.org", "Example University of Technology", "香港示例大學", "Liaison Desk")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "short"),
        ("eleven char", "short"),
        ("x7" * 101, "long"),
        ("passwordpassword", "pattern"),
        ("123456789012", "pattern"),
        ("qwertyuiopas", "common"),
        ("aaaaaaaaaaaa", "pattern"),
        ("abcabcabcabc", "pattern"),
        ("abcdefghijklm", "pattern"),
        ("P@ssw0rd1234", "common"),
        ("iloveyou1234", "common"),
        ("summer2026!!", "common"),
        ("siufan.wong@example.org", "own"),
        ("SIUFAN.WONG＠example.org", "own"),
        ("Wong-Siu-Fan-2026", "own"),
        ("liaison desk 1234", "own"),
        ("Example University 1", "own"),
        ("香港示例大学香港示例大学", "own"),
        ("密碼密碼密碼密碼密碼密碼", "pattern"),
    ],
)
def test_guessable_password_is_refused_with_the_reason(password: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_guessable(password, own=OWN)
    assert refused.value.faults == {"new_password": fault}


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "kettle orbit pelican",
        "Wong eats kettle pelicans",
        "北風吹過山谷的梅花樹下有人唱歌",
        "vK3#pw9!Lq2z",
        "x" * 20 + " kettle orbit pelican",
        "kettle orbit pelican " * 9,
    ],
)
def test_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    refuse_guessable(password, own=OWN)


@given(st.text(max_size=210))
def test_whatever_is_typed_is_taken_or_refused_with_a_reason(password: str) -> None:
    faults = []
    try:
        refuse_guessable(password, own=OWN)
    except Invalid as refused:
        faults = list(refused.faults.values())
    assert set(faults) <= {"short", "long", "own", "pattern", "common"}
