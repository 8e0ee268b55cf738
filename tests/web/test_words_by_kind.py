"""Chinese pages about one enquiry call it by the word of its kind, and by no other."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, tracking_token
from tests.mail.test_kinds import CHINESE, WORDS
from webapp.config import Settings
from webapp.vocabulary import Kind, Language, Status

Write = Callable[[Callable[[Session], Any]], Any]


def main_of(client: FlaskClient, path: str) -> str:
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 200, path
    return "".join(re.findall(r"<title>.*?</title>|<main.*</main>", response.text, re.DOTALL))


def speaks_of(text: str, kind: Kind, language: Language) -> None:
    own = WORDS[language][kind]
    assert own in text
    assert [word for word in WORDS[language].values() if word != own and word in text] == []


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("kind", Kind)
def test_tracking_calls_an_enquiry_by_its_kind(
    client: FlaskClient, write: Write, settings: Settings, kind: Kind, language: Language
) -> None:
    def make(session: Session) -> list[str]:
        made = []
        possible = [status for status in Status if kind is Kind.VISIT or status is not Status.SCHEDULED]
        for number, status in enumerate(possible):
            confirmed = status is not Status.SUSPECT
            enquiry = make_enquiry(
                session, settings, kind=kind, status=status, confirmed=confirmed, message=f"{number}"
            )
            made.append(tracking_token(session, settings, enquiry))
        return made

    tokens = write(make)
    for token in tokens:
        speaks_of(main_of(client, f"/track/{token}?language={language}"), kind, language)
    speaks_of(main_of(client, f"/track/{tokens[0]}/withdraw?language={language}"), kind, language)
