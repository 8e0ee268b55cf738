"""Who answers: never nobody."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import make_settings
from webapp.domain.routing import answerer, answerer_of
from webapp.vocabulary import Language

SETTINGS = make_settings("sqlite:///unused.db", office_email="office@example.org")


def person(name: str, *, active: bool = True) -> Any:
    return SimpleNamespace(id=1, name=name, email=f"{name}@example.org", language=Language.ZH_HANT, active=active)


A, B, GONE = person("a"), person("b"), person("gone", active=False)


@pytest.mark.parametrize(
    ("liaison", "deputy", "assignee", "expected"),
    [
        (A, B, None, "a"),
        (GONE, B, None, "b"),
        (None, B, None, "b"),
        (GONE, GONE, None, ""),
        (None, None, None, ""),
        (A, None, B, "b"),
        (A, None, GONE, "a"),
    ],
)
def test_answerer_is_who_took_it_else_liaison_deputy_office(
    liaison: Any, deputy: Any, assignee: Any, expected: str
) -> None:
    network: Any = SimpleNamespace(liaison=liaison, deputy=deputy)
    enquiry: Any = SimpleNamespace(network=network, assignee=assignee)
    found = answerer_of(enquiry, settings=SETTINGS)
    assert found.name == expected
    assert found.email == (f"{expected}@example.org" if expected else "office@example.org")


def test_office_answers_where_there_is_no_network() -> None:
    found = answerer(None, settings=SETTINGS)
    assert (found.name, found.email, found.person_id) == ("", "office@example.org", None)


def test_answerer_reads_their_own_language() -> None:
    network: Any = SimpleNamespace(liaison=A, deputy=None)
    assert answerer(network, settings=SETTINGS).language is Language.ZH_HANT
