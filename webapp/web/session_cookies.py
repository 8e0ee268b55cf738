"""The signed cookie of a session: what signs and reads it is made once for its keys, not for each request."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SessionCookies(SecureCookieSessionInterface):
    """Flask's own."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs and reads the cookies of an application, under the keys that it has now."""
        return _serializer(app, (app.secret_key, *app.config["SECRET_KEY_FALLBACKS"]))


@lru_cache(4)
def _serializer(app: Flask, _keys: object) -> Any:
    return SecureCookieSessionInterface().get_signing_serializer(app)
