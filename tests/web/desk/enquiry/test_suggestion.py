"""The suggestion on an enquiry's page: for those who have a say, while it is undecided."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_network, make_organisation, make_person
from webapp.config import Settings
from webapp.domain.triage.scorecard import Fact, Weight
from webapp.vocabulary import Kind, Role, Status
from webapp.web.desk.enquiry import suggestion

Write = Callable[[Callable[[Any], Any]], Any]
TITLE = "Suggestion"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("kind", list(Kind))
def test_panel_says_each_fact_with_its_weight_and_source(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, kind: Kind
) -> None:
    def rows(session: Any) -> tuple[str, str]:
        network = make_network(session, slug="net", acronym="NET")
        make_organisation(session, partner=True, networks=("net",))
        make_enquiry(session, settings, status=Status.COMPLETED)
        made = make_enquiry(session, settings, kind=kind, network=network)
        return made.reference, make_person(session).email

    reference, email = write(rows)
    sign_in(client, email)
    page = words(client.get(f"/desk/enquiries/{reference}").text)
    assert TITLE in page
    assert "in favour An existing partner of the university. record of the organisation" in page
    assert "A member of NET, through which it asks." in page
    assert "Earlier enquiries: Completed 1." in page
    assert ("Suggested:" in page) == (kind is not Kind.QUESTION)
    assert ("Level B: Vice-president or vice-rector." in page) == (kind is Kind.VISIT)


@pytest.mark.parametrize("role", list(Role))
def test_panel_is_for_those_who_have_a_say_while_it_is_undecided(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role
) -> None:
    def rows(session: Any) -> tuple[dict[Status, str], str]:
        person = make_person(session, role=role)
        made = {status: make_enquiry(session, settings, status=status, assignee=person).reference for status in Status}
        return made, person.email

    references, email = write(rows)
    sign_in(client, email)
    undecided = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_PARTNER, Status.AWAITING_APPROVAL)
    shown = {status for status, each in references.items() if TITLE in client.get(f"/desk/enquiries/{each}").text}
    assert shown == (set() if role is Role.HOST else set(undecided))


def test_liaison_is_told_of_own_enquiries_only(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, str]:
        make_organisation(session)
        liaison = make_person(session, role=Role.LIAISON)
        make_enquiry(session, settings, status=Status.DECLINED)
        made = make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        return made.reference, liaison.email

    reference, email = write(rows)
    sign_in(client, email)
    assert "First enquiry from them." in client.get(f"/desk/enquiries/{reference}").text


def test_every_fact_and_weight_has_its_words() -> None:
    assert {fact for fact, _ in suggestion._SENTENCES} == set(Fact) == set(suggestion._SOURCES)
    assert set(suggestion._WEIGHTS) == set(Weight)
