"""What every page shares: settings, the time, who asks, in which language, and who may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, quote, urlsplit

import flask_babel
from flask import current_app, g, has_request_context, redirect, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from webapp.config import Settings
from webapp.db import db
from webapp.domain.accounts import sessions
from webapp.domain.errors import NotFound
from webapp.domain.messages.standing import ASKED, Standing
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, Origin, staff
from webapp.models import Person, StaffSession
from webapp.vocabulary import Language, Permission
from webapp.web import browsers, limits, own, shown

View = TypeVar("View", bound=Callable[..., Any])
Answer = TypeVar("Answer", bound=AnyResponse)
_COOKIE_KEY = "desk"
_TIME = "liaison.now"


def environment() -> Settings:
    """Return the settings as the environment gives them: enough for what the installation alone decides."""
    return cast(Settings, current_app.extensions["settings"])


def settings() -> Settings:
    """Return the settings in force, with what the office chose; read once a request, where one asks for them.

    While the database is away, pages are shown with the environment's values. Nothing is written on their strength.
    """
    if "settings" not in g:
        try:
            g.settings = shown.settings(environment())
        except SQLAlchemyError:
            if not _only_shows():
                raise
            db.session.rollback()
            g.settings, g.settings_unknown = environment(), True
    return cast(Settings, g.settings)


def show_with(settings: Settings) -> None:
    """Show this page with other settings than those in force, to look at them; for pages that change nothing."""
    g.settings = settings


def _only_shows() -> bool:
    return has_request_context() and ("failed" in g or request.method in {"GET", "HEAD"})


def now() -> datetime:
    """Return the time at which this request acts: when it was first asked for; outside a request the present.

    It is kept with the request, because one application context may see several requests.
    """
    present = datetime.now(UTC)
    return cast(datetime, request.environ.setdefault(_TIME, present)) if has_request_context() else present


def today() -> date:
    """Return the day that it is at the institution."""
    return now().astimezone(environment().zone).date()


def public(view: View) -> View:
    """Mark a view that anyone may ask for, or that a secret in its address guards."""
    view.public = True  # type: ignore[attr-defined]
    return view


def permission(needed: Permission) -> Callable[[View], View]:
    """Mark a view of the desk with the permission that it needs; `desk` refuses the others before it runs."""

    def mark(view: View) -> View:
        view.permission = needed  # type: ignore[attr-defined]
        return view

    return mark


def before_password(view: View) -> View:
    """Mark a view of the desk that a one-time password opens; all others wait until it is changed."""
    view.before_password = True  # type: ignore[attr-defined]
    return view


def asks_again(page: str, *methods: str) -> Callable[[View], View]:
    """Mark a view that needs a password given just now, for POST where no `methods` are given.

    `page` is the endpoint on which its form is.
    """

    def mark(view: View) -> View:
        view.asks_again, view.asks_again_methods = page, methods or ("POST",)  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(name: str) -> Callable[[View], View]:
    """Mark a view that reads the files of one field; a form with any other file is refused before it runs."""

    def mark(view: View) -> View:
        view.takes_files = name  # type: ignore[attr-defined]
        return view

    return mark


def languages() -> tuple[Language, ...]:
    """Return the languages that are on, the one of addresses without a prefix first."""
    return environment().languages


def language_options() -> list[tuple[str, str]]:
    """Return the languages that are on as a form offers them, each by its own name."""
    return [(each.value, each.writing.name) for each in languages()]


def language() -> Language:
    """Return the language of this page."""
    return cast(Language, g.get("language") or environment().language)


def chosen_language() -> Language | None:
    """Return the language that the address or its reader's last page named, or that was set since; else None."""
    return cast("Language | None", g.get("language"))


def set_language(value: Language | str | None) -> None:
    """Answer this request in a language: the nearest to someone's own, or one named in an address if it is on."""
    if isinstance(value, Language):
        g.language = environment().spoken(value)
    elif value in languages():
        g.language = Language(value)
    else:
        return
    flask_babel.refresh()


def choose_language(named: str | None) -> None:
    """Answer in the language that the address names, also one that leads nowhere, or that its reader came from.

    `named` is the one in a known address. Nothing is remembered: every link of a page carries its language on.
    """
    came_from = urlsplit(request.referrer or "")
    here = came_from.netloc == request.host
    chosen = (
        named,
        request.path.split("/")[1],
        request.args.get("language"),
        came_from.path.split("/")[1] if here and "/" in came_from.path else None,
        parse_qs(came_from.query).get("language", [None])[0] if here else None,
    )
    set_language(next((value for value in chosen if value in languages()), None))


def without_prefix() -> AnyResponse | None:
    """Lead on from an address whose prefix is a language that is off, or the first: to the page without a prefix.

    So does that of a page with one address for all languages, such as `/track`: to it, in the language that is named.
    A form that is sent there is passed on as it is, so that no words are lost.
    """
    prefix, _slash, rest = request.path.lstrip("/").partition("/")
    if request.endpoint is not None or prefix not in set(Language):
        return None
    # One slash alone: two of them, or one and a backslash, would begin another site's name.
    rest = rest.lstrip("/" + chr(92))
    path, query = f"{request.script_root}/{quote(rest)}", request.query_string.decode("latin-1")
    if prefix in languages()[1:]:
        if not current_app.url_map.bind("").test(f"/{rest}", request.method):
            return None
        query = "&".join(filter(None, (query, f"language={prefix}")))
    return redirect(f"{path}?{query}" if query else path, 302 if request.method in {"GET", "HEAD"} else 307)


def keep_readers_language() -> None:
    """Answer a person who is signed in in their language, where an address of the desk leads nowhere and names none."""
    if "language" in g or not request.path.startswith("/desk") or not session_token():
        return
    with suppress(SQLAlchemyError):
        person = current_person()
        set_language(person.language if person else None)


@contextmanager
def speaking(value: Language) -> Iterator[None]:
    """Render a part of a page in a language of its own."""
    before = language()
    set_language(value)
    try:
        yield
    finally:
        set_language(before)


def locale() -> str:
    """Return the locale that Flask-Babel translates this page into."""
    return language().writing.locale


def desk_path(asked: str, default: str) -> str:
    """Return an address that a visitor gave to go back to, if it lies on our desk; else the default."""
    plain = asked.isprintable() and "\\" not in asked and not asked.startswith("/desk/sign-")
    return asked if plain and asked.startswith("/desk/") else default


def absolute(endpoint: str, **values: Any) -> str:
    """Return a page's whole address, built from the settings and from nothing that the request says."""
    return environment().public_url + url_for(endpoint, **values)


def sign_in(token: str, *, form_token: str) -> None:
    """Put a session's token into the signed cookie, in place of whatever the visitor had.

    `form_token` is the secret that its forms carry; forms of before are good no more, also those of this request.
    """
    session.clear()
    g.pop("csrf_token", None)
    session[_COOKIE_KEY] = token
    session["csrf_token"] = form_token
    session.permanent = False


def sign_out() -> None:
    """Forget whatever the visitor's cookie holds."""
    session.clear()


def session_token() -> str:
    """Return the token of the present sign-in, or nothing."""
    return str(session.get(_COOKIE_KEY) or "")


def current_sign_in() -> StaffSession | None:
    """Return the sign-in of this request, looked up once, or None."""
    if "sign_in" not in g:
        g.sign_in = g.person = None
        if session_token():
            try:
                # With a page of the desk its frame says how delivery is; what is sent may change that.
                also = ASKED if request.method == "GET" and request.blueprint == "desk" else ()
                found = sessions.present_at(db.session(), session_token(), now=now(), settings=environment(), also=also)
                g.sign_in, version, standing = found
                # As it was when this request began: it may end in another window while this one works.
                db.session().expunge(g.sign_in)
                if also:
                    g.delivery = Standing(*standing)
                shown.knows(version)
                g.person = g.sign_in.person
            except NotFound:
                session.pop(_COOKIE_KEY, None)
    return cast(StaffSession | None, g.sign_in)


def current_person() -> Person | None:
    """Return who is signed in, or None; also where the sign-in ended in this request."""
    current_sign_in()
    return cast(Person | None, g.person)


def whereabouts() -> dict[str, Any]:
    """Return which browser asks and from where, by which the owner of a sign-in recognises it."""
    return {"browser": browsers.named(request.user_agent.string), "origin": origin()}


def actor() -> Actor:
    """Return the signed-in actor; only for views behind a permission."""
    person = current_person()
    assert person is not None
    return staff(person, origin(), own.networks(person))


def acting() -> Acting:
    """Return who acts now: the person who is signed in, at this request's time, under the settings in force."""
    return Acting(actor(), now(), settings())


def origin() -> Origin:
    """Return from where this request comes, for the audit log."""
    return Origin(limits.address(), g.request_id)


def private(response: Answer) -> Answer:
    """Mark a page that only its reader should have: not stored, not indexed, its address told to no one."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
