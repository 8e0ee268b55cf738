"""What pages show and few people change, in the memory of each process: the settings in force and the directory."""

import time
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Any, cast

import structlog
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.directory import listing
from webapp.domain.directory.listing import Directory
from webapp.domain.enquiries import arrival
from webapp.domain.enquiries.arrival import Arrivals

log = structlog.get_logger(__name__)
# How old what is known of the version may be, and how long it counts while the database cannot be asked. Who changes
# something needs the database, too.
FRESH = 1.0
STALE = 600.0
_PATIENCE = 0.3
_KEY = "shown"
# Where the page store says which version a request goes by.
VERSION = "liaison.shown"


class Shown:
    """Knows the version of what pages show, and keeps what was read at that version.

    A version is asked for first and what it stands for is read afterwards, by a transaction of its own: so nothing
    older than a version is ever kept for it. What is newer goes with the next look.
    """

    def __init__(self, app: Flask) -> None:
        self.fresh = FRESH
        self.clock: Callable[[], float] = time.monotonic
        self._app = app
        self._version: str | None = None
        self._known_at = self._asked_at = float("-inf")
        self._asking, self._reading = Lock(), Lock()
        self._kept: dict[str, tuple[Any, Any]] = {}

    def version(self) -> str | None:
        """Return the version as it was less than a second ago, or None where none is known; asks no more often."""
        if self.clock() - self._asked_at >= self.fresh:
            asked_at = self._asked_at
            # Others wait for the one that asks; where the database hangs, they go on with what is known.
            if self._asking.acquire(timeout=_PATIENCE):
                try:
                    if self._asked_at == asked_at:
                        self._ask()
                finally:
                    self._asking.release()
        return self._version if self.clock() - self._known_at < STALE else None

    def _ask(self) -> None:
        self._asked_at = self.clock()
        try:
            self._version = self._alone(listing.version)
            self._known_at = self._asked_at
        except SQLAlchemyError as error:
            log.warning("shown.version_unknown", error=type(error).__name__)

    def settings(self, version: str | None, environment: Settings) -> Settings:
        """Return the settings in force at a version. Raises SQLAlchemyError."""
        key = (version, environment)
        found: Settings = self._at(key, "settings", lambda session: office_settings.in_force(session, environment))
        return found

    def directory(self, version: str | None) -> Directory:
        """Return the directory at a version. Raises SQLAlchemyError."""
        found: Directory = self._at((version,), "directory", listing.read)
        return found

    def arrivals(self, version: str | None, environment: Settings, day: date) -> Arrivals:
        """Return what new enquiries of a day meet at a version. Raises SQLAlchemyError."""
        known = self.settings(version, environment)
        key = (version, environment, day)
        found: Arrivals = self._at(key, "arrivals", lambda session: arrival.read(session, day, settings=known))
        return found

    def _at(self, key: tuple[Any, ...], name: str, read: Callable[[Session], Any]) -> Any:
        kept = self._kept.get(name)
        if kept is not None and kept[0] == key:
            return kept[1]
        if key[0] is None:
            return self._alone(read)
        with self._reading:
            kept = self._kept.get(name)
            if kept is None or kept[0] != key:
                kept = self._kept[name] = key, self._alone(read)
        return kept[1]

    def _alone(self, read: Callable[[Session], Any]) -> Any:
        with self._app.app_context(), Session(db.engine) as session:
            return read(session)


def init_shown(app: Flask) -> Shown:
    """Give the application its memory."""
    found = app.extensions[_KEY] = Shown(app)
    return found


def memory() -> Shown:
    """Return this application's memory."""
    return cast(Shown, current_app.extensions[_KEY])


def version() -> str | None:
    """Return the version that this request goes by. Raises SQLAlchemyError where it has to ask.

    A visitor's page may be a second old. Those who are signed in, or send something, see what was changed just now.
    """
    if "shown_version" not in g:
        known = request.environ.get(VERSION) if has_request_context() else None
        g.shown_version = known or (memory().version() if _is_visitors_page() else listing.version(db.session()))
    return cast("str | None", g.shown_version)


def _is_visitors_page() -> bool:
    session_cookie = current_app.config["SESSION_COOKIE_NAME"]
    return has_request_context() and request.method in {"GET", "HEAD"} and session_cookie not in request.cookies


def assume() -> None:
    """Go by the version of less than a second ago, until a statement of this request reads what it is: see `knows`."""
    g.setdefault("shown_version", memory().version())


def knows(version: str | None) -> bool:
    """Go by the version that a statement of this request read; return whether that is what it went by so far."""
    same: bool = g.get("shown_version", version) == version
    if not same:
        g.pop("directory", None)
        g.pop("settings", None)
    g.shown_version = version
    return same


def arrivals(environment: Settings, day: date) -> Arrivals:
    """Return what new enquiries of a day meet, as this request sees it. Raises SQLAlchemyError."""
    return memory().arrivals(version(), environment, day)


def directory() -> Directory:
    """Return the directory as this request sees it: plain values, shared with other requests."""
    if "directory" not in g:
        g.directory = memory().directory(version())
    return cast(Directory, g.directory)


def settings(environment: Settings) -> Settings:
    """Return the settings in force as this request sees them. Raises SQLAlchemyError."""
    return memory().settings(version(), environment)
