"""The privacy notice: worded at the desk, published in versions, and every version stays readable."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import acting, make_person, staff_actor
from tests.forms import form_with
from webapp.config import Settings
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.privacy import notice
from webapp.domain.privacy.notice import Wording
from webapp.vocabulary import Role
from webapp.web import prose

Write = Callable[[Callable[[Session], Any]], Any]
PAGE = "/desk/privacy-notice"


@pytest.fixture(autouse=True)
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


def words(page: str) -> str:
    """The text of a page's article, without what is said of versions."""
    [article] = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article)).split())


def test_form_begins_with_the_words_that_come_along_in_every_language(client: FlaskClient) -> None:
    typed = form_with(client.get(PAGE).text, "body_en")
    for suffix, prefix in (("en", ""), ("zh_hant", "/zh-hant"), ("zh_hans", "/zh-hans")):
        [text] = typed[f"body_{suffix}"]
        shown = words(str(client.get(f"{prefix}/privacy").text))
        plain = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", prose.html(text))).split())
        assert plain in shown
        assert plain.count(" ") > 5


def test_published_words_hold_for_new_enquiries_and_every_version_is_readable(
    client: FlaskClient, settings: Settings, write: Write
) -> None:
    first = settings.privacy_notice_version
    before = words(client.get("/privacy").text)
    typed = form_with(client.get(PAGE).text, "body_en")
    said = {
        **typed,
        "body_en": ["## Data\n- Your name\n- <b>Files</b>\n\nSee [our policy](https://example.org/policy)."],
        "controller_en": ["Example University of Northfjord"],
        "authority_en": ["Example Data Protection Authority"],
        "authority_url": ["dpa.example.org"],
    }
    look = client.post(PAGE, data={**said, "preview": "1"})
    assert "<li>&lt;b&gt;Files&lt;/b&gt;</li>" in look.text
    assert write(lambda s: notice.current_version(s, settings)) == first
    assert client.post(PAGE, data=said).status_code == 303
    version = write(lambda s: notice.current_version(s, settings))
    page = client.get("/privacy").text
    assert version != first
    for expected in (
        "<h2>Data</h2>",
        '<a href="https://example.org/policy">our policy</a>',
        "Example University of Northfjord",
        '<a href="https://dpa.example.org" rel="noreferrer">Example Data Protection Authority</a>',
        f"/privacy/versions/{first}",
    ):
        assert expected in page
    earlier = client.get(f"/privacy/versions/{first}").text
    assert "This is an earlier version." in earlier
    for paragraph in ("What is stored", "until 36 months after it is closed", f"Version {first}."):
        assert paragraph in before
        assert paragraph in words(earlier)
    assert client.get("/privacy/versions/1999-01-01").status_code == 404
    assert "Version of the privacy notice" in client.get("/desk/changes").text
    again = form_with(client.get(PAGE).text, "body_en")
    assert "Nothing was changed." in client.post(PAGE, data=again, follow_redirects=True).text
    client.post(PAGE, data={**again, "controller_en": ["Another controller"]})
    assert write(lambda s: notice.current_version(s, settings)) not in (first, version)
    assert "Example University of Northfjord" in client.get(f"/privacy/versions/{version}").text


def test_second_administrator_publishes_nothing_unseen_and_keeps_the_words(client: FlaskClient) -> None:
    typed = form_with(client.get(PAGE).text, "body_en")
    assert client.post(PAGE, data={**typed, "body_en": ["First"]}).status_code == 303
    refused = client.post(PAGE, data={**typed, "body_en": ["Second"]})
    assert refused.status_code == 409
    assert "Someone published another version meanwhile." in refused.text
    kept = form_with(refused.text, "body_en")
    assert kept["body_en"] == ["Second"]
    assert client.post(PAGE, data=kept).status_code == 303
    assert client.post(PAGE, data={**kept, "body_en": [" "]}).status_code == 400


def test_only_administrators_publish_and_english_is_needed(write: Write) -> None:
    before = Wording({"en": "Before"})
    for role, said, error in (
        (Role.COORDINATOR, Wording({"en": "After"}), NotAllowed),
        (Role.ADMINISTRATOR, Wording({"nb": "Etter"}), Invalid),
    ):
        with pytest.raises(error):
            write(
                lambda s, role=role, said=said: notice.publish(
                    s, said, after=0, before=before, by=acting(staff_actor(role))
                )
            )


def test_consent_names_the_version_that_was_published(write: Write, settings: Settings) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR), settings=settings)
    made = write(lambda s: notice.publish(s, Wording({"en": "After"}), after=0, before=Wording({"en": "B"}), by=by))
    assert write(lambda s: notice.current_version(s, settings)) == made.version
    assert write(lambda s: [each.text["body"]["en"] for each in notice.published(s)]) == ["After", "B"]
    assert write(lambda s: notice.published(s)[-1].version) == settings.privacy_notice_version
