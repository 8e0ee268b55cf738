"""Who answers: always someone, no matter who is away and how the covers are named."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import make_settings
from webapp.domain.routing.answerer import Absences, Answerer, answerer
from webapp.vocabulary import Language, Obstacle, Post

SETTINGS = make_settings("sqlite:///unused.db", office_email="office@example.org")
UNTIL = date(2026, 12, 4)
NETWORK, OTHER = 7, 8


def person(number: int, name: str, *, active: bool = True) -> Any:
    email = f"{name}@example.org"
    return SimpleNamespace(
        id=number, name=name, email=email, language=Language.ZH_HANT, active=active, may_sign_in=False
    )


A, B, C, D, GONE = person(1, "a"), person(2, "b"), person(3, "c"), person(4, "d"), person(9, "gone", active=False)


def leave(who: Any, cover: Any = None, *, network_id: int | None = None, until: date = UNTIL) -> Any:
    return SimpleNamespace(id=who.id, person_id=who.id, cover=cover, network_id=network_id, ends_on=until)


def ask(
    liaison: Any = None, deputy: Any = None, assignee: Any = None, leaves: tuple[Any, ...] = (), **more: Any
) -> Answerer:
    values = {"id": NETWORK, "short_name": "NET", "mailbox": None, "languages": [], **more}
    network: Any = SimpleNamespace(liaison=liaison, deputy=deputy, **values)
    return answerer(network, Absences(leaves), settings=SETTINGS, assignee=assignee)


@pytest.mark.parametrize(
    ("liaison", "deputy", "assignee", "leaves", "name", "post"),
    [
        (A, B, None, (), "a", Post.LIAISON),
        (GONE, B, None, (), "b", Post.DEPUTY),
        (None, B, None, (), "b", Post.DEPUTY),
        (GONE, GONE, None, (), "", Post.OFFICE),
        (None, None, None, (), "", Post.OFFICE),
        (A, None, B, (), "b", Post.ASSIGNEE),
        (A, None, GONE, (), "a", Post.LIAISON),
        (A, B, None, (leave(A, C),), "c", Post.COVER),
        (A, B, None, (leave(A),), "b", Post.DEPUTY),
        (A, B, None, (leave(A, GONE),), "b", Post.DEPUTY),
        (A, B, None, (leave(A, C), leave(C, D)), "d", Post.COVER),
        (A, B, None, (leave(A), leave(B, C)), "c", Post.COVER),
        (A, B, None, (leave(A, B), leave(B)), "", Post.OFFICE),
        (A, B, D, (leave(D),), "a", Post.LIAISON),
        (A, B, D, (leave(D, A), leave(A, D)), "b", Post.DEPUTY),
        # A circle of covers, and a deputy who left.
        (A, GONE, None, (leave(A, B), leave(B, C), leave(C, A)), "", Post.OFFICE),
        (A, None, None, (leave(A, A),), "", Post.OFFICE),
    ],
)
def test_answerer_is_the_first_of_the_chain_who_is_there(
    liaison: Any, deputy: Any, assignee: Any, leaves: tuple[Any, ...], name: str, post: Post
) -> None:
    found = ask(liaison, deputy, assignee, leaves)
    assert (found.name, found.post) == (name, post)
    assert found.email == (f"{name}@example.org" if name else "office@example.org")


def test_each_who_was_passed_is_told_with_the_reason() -> None:
    found = ask(A, GONE, None, (leave(A, B), leave(B, C), leave(C, A)))
    assert [(hop.post, hop.name, hop.obstacle, hop.until) for hop in found.steps] == [
        (Post.LIAISON, "a", Obstacle.AWAY, UNTIL),
        (Post.COVER, "b", Obstacle.AWAY, UNTIL),
        (Post.COVER, "c", Obstacle.AWAY, UNTIL),
        (Post.COVER, "a", Obstacle.ASKED, None),
        (Post.DEPUTY, "gone", Obstacle.GONE, None),
    ]
    assert found.is_last_resort


def test_office_that_nobody_was_asked_before_is_no_stopgap() -> None:
    found = answerer(None, Absences(()), settings=SETTINGS)
    assert (found.name, found.email, found.person_id) == ("", "office@example.org", None)
    assert not found.is_last_resort
    assert not ask(A, B, None, (leave(A, B),)).is_last_resort


@pytest.mark.parametrize(("network_id", "name"), [(NETWORK, "c"), (OTHER, "b"), (None, "d")])
def test_leave_for_one_network_counts_there_alone_and_before_the_rest(network_id: int | None, name: str) -> None:
    leaves: tuple[Any, ...] = (leave(A, C, network_id=network_id),)
    if network_id == OTHER:
        leaves = (*leaves, leave(A, B))
    if network_id is None:
        leaves = (*leaves, leave(A, D, network_id=NETWORK, until=date(2026, 11, 30)))
    assert ask(A, None, None, leaves).name == name


def test_mailbox_answers_before_the_office_in_the_networks_first_language() -> None:
    found = ask(A, None, None, (leave(A),), mailbox="net@example.org", languages=["zh-hans", "en"])
    assert (found.email, found.language, found.post) == ("net@example.org", Language.ZH_HANS, Post.MAILBOX)
    assert ask(A, mailbox="net@example.org").name == "a"


def test_answerer_reads_their_own_language() -> None:
    assert ask(A).language is Language.ZH_HANT
