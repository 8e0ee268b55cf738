"""The page of a forgotten password: what it says of what was typed, and in which language."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import RecordingBroker
from webapp import create_app
from webapp.config import Settings
from webapp.models import LinkRequest

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.mark.parametrize("email", ["", "x" * 400])
def test_nothing_typed_is_said_beside_the_field(client: FlaskClient, write: Write, email: str) -> None:
    page = client.post("/desk/forgotten", data={"email": email})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert write(lambda session: session.query(LinkRequest).count()) == 0


def test_sign_in_page_leads_there_and_back_in_the_same_language(client: FlaskClient) -> None:
    page = client.get("/desk/sign-in?language=zh-hant").text
    assert 'href="/desk/forgotten?language=zh-hant"' in page
    page = client.get("/desk/forgotten?language=zh-hant").text
    assert '<html lang="zh-Hant-HK">' in page
    assert 'href="/desk/sign-in?language=zh-hant"' in page
    action = re.search(r'<form class="form" method="post" action="([^"]*)"', page)
    assert action is not None
    assert '<html lang="zh-Hant-HK">' in client.post(action[1], data={"email": "lee@example.org"}).text


def test_a_campus_behind_one_address_can_set_its_passwords(settings: Settings) -> None:
    """A link is a secret of its holder: setting a password is limited as signing in is, not as asking for emails is."""
    app = create_app(settings.model_copy(update={"rate_limits": "on"}), broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    path = f"/desk/set-password/{'a' * 43}"
    codes = [app.test_client().post(path, data={"new_password": "x", "again": "x"}).status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]
