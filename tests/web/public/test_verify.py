"""An embassy checks a letter: number and name in, one of three answers out, in each language, and not too often."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.documents.samples import ISSUER, LETTER
from tests.factories import acting, make_enquiry
from webapp.config import Settings
from webapp.domain.papers import letters
from webapp.models import InvitationLetter

Write = Callable[[Callable[[Session], Any]], Any]
VALID, ENDED, UNKNOWN = "This letter is valid", "This letter is no longer valid", "We know no such letter"


@pytest.fixture
def number(write: Write, settings: Settings) -> str:
    """A letter that holds on any day of the tests; returns its number."""
    letter = replace(LETTER, number="", departure=LETTER.departure and LETTER.departure.replace(year=2090))

    def issue(session: Session) -> str:
        return letters.issue(session, make_enquiry(session, settings).id, letter, ISSUER, by=acting()).number

    return str(write(issue))


def answers(client: FlaskClient, number: str, name: str, path: str = "/letters/verify") -> str:
    response = client.post(path, data={"number": number, "name": name})
    assert response.status_code in (200, 422)
    assert response.headers["Cache-Control"].startswith("no-store")
    return response.get_data(as_text=True)


def test_one_of_three_answers(client: FlaskClient, write: Write, number: str) -> None:
    name = LETTER.passport_name
    page = answers(client, number, name)
    assert VALID in page
    # What the letter says besides is not told, whatever was asked.
    for secret in (LETTER.passport_number, LETTER.employer, LETTER.reason, "2090", "LD-"):
        assert secret not in page, secret
    unknown = {
        answers(client, *tried).replace(tried[0], "").replace(tried[1], "")
        for tried in ((number, "Someone Else"), ("IL-2222-2222", name), ("IL-2222-2222", "Someone Else"))
    }
    # A name that is wrong and a number that no one was given read alike.
    assert len({text[text.index("<main") :] for text in unknown}) == 1
    assert UNKNOWN in unknown.pop()
    write(lambda s: letters.withdraw(s, enquiry_of(s), number, by=acting()))
    assert ENDED in answers(client, number, name)


def enquiry_of(session: Session) -> int:
    return session.scalars(select(InvitationLetter.enquiry_id)).one()


def test_the_code_on_a_letter_brings_its_number_and_nothing_is_looked_up(client: FlaskClient, number: str) -> None:
    page = client.get(f"/letters/verify?number={number}&name={LETTER.passport_name}").get_data(as_text=True)
    assert f'value="{number}"' in page
    assert LETTER.passport_name not in page
    for answer in (VALID, ENDED, UNKNOWN):
        assert answer not in page
    assert 'content="noindex"' in page


@pytest.mark.parametrize(("path", "answer"), [("/zh-hant", "此信函有效"), ("/zh-hans", "此信函有效")])
def test_it_answers_in_chinese(client: FlaskClient, number: str, path: str, answer: str) -> None:
    assert answer in answers(client, number, LETTER.passport_name, f"{path}/letters/verify")


def test_what_is_missing_is_asked_for(client: FlaskClient) -> None:
    page = answers(client, "", "")
    assert "Enter the number of the letter." in page
    assert "Enter the name of the person invited." in page
