"""A key for each purpose: different ones, always the same, and none of them the secret key."""

import base64

from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.keys import Purpose, derived, good


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = [derived(secret, purpose) for secret in ("one", "two") for purpose in Purpose]
    assert len(set(keys)) == len(keys)
    assert keys == [derived(secret, purpose) for secret in ("one", "two") for purpose in Purpose]
    assert all(len(base64.urlsafe_b64decode(key)) == 32 for key in keys)


def test_what_older_keys_made_is_good_and_what_was_made_before_there_were_purposes() -> None:
    found = good(("new", "old"), Purpose.LINKS)
    assert found == (derived("new", Purpose.LINKS), derived("old", Purpose.LINKS), "new", "old")


def test_cookies_are_not_signed_with_the_secret_key() -> None:
    settings = make_settings("sqlite:///unused.db")
    app = create_app(settings, broker=RecordingBroker())
    assert app.secret_key == derived(settings.secret_key, Purpose.COOKIES)
    assert app.config["SECRET_KEY_FALLBACKS"][-1] == settings.secret_keys[-1]
