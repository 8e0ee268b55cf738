"""A cookie by which a browser is known on which someone signed in before: their tries there are counted apart."""

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.domain.security.tokens import hash_token, new_token
from webapp.tidying import emails

_DAYS_KEPT = 180
# So many people can share a computer; the cookie stays small.
_MOST_PEOPLE = 5


def known(email: str) -> str | None:
    """Return the browser's own secret for an account, where someone signed in to it here before, else None.

    It opens nothing: it only says whose tries these are.
    """
    return _carried().get(_person(email))


def remember(email: str) -> None:
    """Let the browser be known to an account from now on, by this request's answer."""
    people = {_person(email): known(email) or new_token(), **_carried()}
    kept = _signer().dumps(dict(list(people.items())[:_MOST_PEOPLE]))

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            _name(),
            kept,
            max_age=_DAYS_KEPT * 24 * 60 * 60,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Strict",
        )
        return response


def _carried() -> dict[str, str]:
    """Return what the cookie holds: a secret for each account, by a hash of its address."""
    try:
        return dict(_signer().loads(request.cookies.get(_name(), ""), max_age=_DAYS_KEPT * 24 * 60 * 60))
    except (BadData, TypeError, ValueError):
        return {}


def _person(email: str) -> str:
    return hash_token(emails.known_as(email))[:22]


def _name() -> str:
    """Return the cookie's name; over TLS one that no other host of the domain can set."""
    return "__Host-liaison-device" if current_app.config["SESSION_COOKIE_SECURE"] else "liaison-device"


def _signer() -> URLSafeTimedSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.secret_key]
    return URLSafeTimedSerializer(keys, salt="device")
