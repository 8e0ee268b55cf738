"""The way to the provider of single sign-on and back, kept in the signed cookie of the browser that is on it."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, session

from webapp.config import Settings
from webapp.identity import Identity
from webapp.web import edge

if TYPE_CHECKING:
    from webapp.oidc import Provider

_WAY, _FOUND = "sign_on", "sign_on_found"
# Someone finds their password, and their telephone, within it.
_LASTS = timedelta(minutes=15)
_KEY = "single_sign_on"


@dataclass(frozen=True)
class Way:
    """What one browser was sent to the provider for: where it leads afterwards, and whose account is to be linked."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    # The person whose account is to be linked, and to whom it is to be asked once more; else no one's number, 0.
    links: int = 0
    again: bool = False
    # By which what was typed before is taken back.
    words: str = ""
    language: str | None = None


def init_provider(app: Flask, settings: Settings) -> None:
    """Make the provider known, where the settings name one, and its name known to pages."""
    app.extensions[_KEY] = import_module("webapp.oidc").Provider(settings) if settings.oidc_issuer else None
    app.jinja_env.globals["provider_name"] = lambda: edge.environment().provider_name


def provider() -> "Provider | None":
    """Return the provider of single sign-on, or None where there is none."""
    return cast("Provider | None", current_app.extensions[_KEY])


def send_off(wanted: str, *, links: int = 0, again: bool = False, words: str = "") -> str:
    """Return the address to send this browser to; it is remembered what for. Raises Unreachable."""
    found = provider()
    assert found is not None
    started = found.start(back(), again=again or bool(links))
    way = Way(started.state, started.nonce, started.verifier, wanted, links, again, words, edge.chosen_language())
    session[_WAY] = {**asdict(way), "at": edge.now().timestamp()}
    return started.address


def take_way(state: str) -> Way | None:
    """Return the way that this browser is on, once; None where it is on none, or what came back is not of it."""
    given: Any = session.get(_WAY)
    if not given or not hmac.compare_digest(given["state"].encode(), state.encode()):
        return None
    session.pop(_WAY)
    at = given.pop("at")
    return Way(**given) if _is_young(at) else None


def back() -> str:
    """Return where the provider sends people back to; it has to be registered there."""
    return edge.absolute("single_sign_on.come_back")


def keep_found(identity: Identity, person_id: int) -> None:
    """Keep, for the page that asks whether to link it, whom the provider found for a person who is signed in."""
    found = {"issuer": identity.issuer, "subject": identity.subject, "email": identity.email, "name": identity.name}
    session[_FOUND] = {"person": person_id, "identity": found, "at": edge.now().timestamp()}


def found_for(person_id: int) -> Identity | None:
    """Return whom the provider found for a person in this browser just now, or None."""
    given: Any = session.get(_FOUND)
    if not given or given["person"] != person_id or not _is_young(given["at"]):
        return None
    return Identity(**given["identity"])


@contextmanager
def keeping_found(person_id: int) -> Iterator[None]:
    """Keep what was found for a person over a sign-in of theirs, which clears the cookie."""
    identity = found_for(person_id)
    yield
    if identity is not None:
        keep_found(identity, person_id)


def forget_found() -> None:
    """Forget it: it was linked, or is not to be."""
    session.pop(_FOUND, None)


def _is_young(at: float) -> bool:
    age = edge.now() - datetime.fromtimestamp(at, edge.now().tzinfo)
    return timedelta(0) <= age <= _LASTS
