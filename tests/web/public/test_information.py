"""The privacy notice and the accessibility statement, in each language."""

import pytest
from flask.testing import FlaskClient

from webapp.config import Settings


@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_privacy_notice_shows_the_version_that_is_agreed_to(
    client: FlaskClient, settings: Settings, prefix: str
) -> None:
    page = client.get(f"{prefix}/privacy").get_data(as_text=True)
    assert settings.privacy_notice_version in page
    assert f"mailto:{settings.office_email}" in page


@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_accessibility_statement_says_whom_to_tell(client: FlaskClient, settings: Settings, prefix: str) -> None:
    page = client.get(f"{prefix}/accessibility").get_data(as_text=True)
    assert f"mailto:{settings.office_email}" in page
