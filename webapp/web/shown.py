"""What pages show and few people change, in the memory of each process: the settings in force and the directory."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from threading import Lock
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.directory import faculties as active_faculties
from webapp.domain.directory import listing
from webapp.domain.directory import networks as directory_networks
from webapp.domain.directory.listing import Directory
from webapp.domain.enquiries import arrival, assignment
from webapp.domain.enquiries.arrival import Arrivals
from webapp.domain.privacy import notice
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import Absences
from webapp.domain.settings import Choices
from webapp.models import Faculty, Network, Person
from webapp.vocabulary import Language

T = TypeVar("T")
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

    def kept(self, name: str, key: tuple[Any, ...], read: Callable[[Session], T]) -> T:
        """Return what was read under a name for a key, which begins with the version; the latest one is kept.

        Read nothing but what changes with the version, and change nothing of what is returned: others share it.
        """
        found: T = self._at(key, name, read)
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
        # In a transaction: what a page of the desk waits for is bounded by that, see `desk.frame.patience`.
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


def arrivals(settings: Settings, day: date) -> Arrivals:
    """Return what new enquiries of a day meet, under the settings in force, as this request sees it."""
    return memory().kept("arrivals", (version(), settings, day), partial(arrival.read, day=day, settings=settings))


def calendar(settings: Settings, day: date, language: Language) -> Calendar:
    """Return the calendar around a day in a language, under the settings in force, as this request sees it."""
    read = partial(office_calendar.around, day=day, settings=settings, language=language)
    return memory().kept(f"calendar {language}", (version(), settings, day, language), read)


def absences(day: date) -> Absences:
    """Return who is away on a day, as this request sees it."""
    return memory().kept("absences", (version(), day), partial(answerer.absences, day=day))


def choices() -> Choices:
    """Return what the office chose about screenings, as this request sees it."""
    return memory().kept("choices", (version(),), office_settings.choices)


def networks() -> Sequence[Network]:
    """Return all networks with their people, as this request sees them; only to be read, like all that is shared."""
    return memory().kept("networks", (version(),), directory_networks.networks_with_people)


def everyone() -> Sequence[Person]:
    """Return all people by name, as this request sees them; only to be read."""
    return memory().kept("everyone", (version(),), assignment.everyone)


def faculties() -> Sequence[Faculty]:
    """Return the faculties that can be asked, as this request sees them."""
    return memory().kept("faculties", (version(),), active_faculties.active)


def notice_version(settings: Settings) -> str:
    """Return the version of the privacy notice that a partner agrees to now, as this request sees it."""
    return memory().kept("notice", (version(), settings), partial(notice.current_version, settings=settings))


def directory() -> Directory:
    """Return the directory as this request sees it: plain values, shared with other requests."""
    if "directory" not in g:
        g.directory = memory().directory(version())
    return cast(Directory, g.directory)


def settings(environment: Settings) -> Settings:
    """Return the settings in force as this request sees them. Raises SQLAlchemyError."""
    return memory().settings(version(), environment)
