"""The desk's blueprint: no one gets past without a sign-in and the permission that the view asks for."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import sessions
from webapp.domain.errors import NotFound
from webapp.domain.files import checking
from webapp.domain.messages import allowance, delivery, holding
from webapp.domain.messages.standing import Standing
from webapp.domain.security.permissions import Actor
from webapp.i18n import HTML_LANG, N_
from webapp.models import Person
from webapp.vocabulary import Language, Permission
from webapp.web import edge, kept, required_step
from webapp.web.failures import failure
from webapp.web.languages import is_off

bp = Blueprint("desk", __name__, url_prefix="/desk")

_Place = tuple[str, str, Permission, str | tuple[str, ...]]
# The places of the desk: endpoint, name, who may go there, and what lies below it.
_PLACES: tuple[_Place, ...] = (
    ("desk.my_day", N_("My day"), Permission.ENQUIRY_READ, "/desk/my-day"),
    ("desk.queue", N_("Queue"), Permission.ENQUIRY_READ, "/desk/enquiries"),
    ("desk.board", N_("Board"), Permission.ENQUIRY_READ, "/desk/board"),
    ("desk.calendar", N_("Calendar"), Permission.ENQUIRY_READ, "/desk/calendar"),
    ("desk.visits_list", N_("Visits"), Permission.ENQUIRY_READ, "/desk/visits"),
    ("desk.networks", N_("Networks"), Permission.NETWORK_READ, ("/desk/networks", "/desk/terms")),
    ("desk.leaves", N_("Leave"), Permission.LEAVE_TAKE, "/desk/leave"),
    ("desk.organisation_list", N_("Organisations"), Permission.ORGANISATION_READ, "/desk/organisations"),
)
# What only some need, and not every day: in the menu under the reader's name.
_MENU: tuple[_Place, ...] = (
    ("desk.outbox", N_("Undelivered messages"), Permission.MESSAGE_READ, "/desk/messages"),
    (
        "desk.office_settings",
        N_("Settings"),
        Permission.SETTINGS_EDIT,
        ("/desk/settings", "/desk/changes", "/desk/audit", "/desk/privacy-notice", "/desk/logo"),
    ),
    ("desk.letters", N_("Letters"), Permission.ENQUIRY_REPLY, ("/desk/letters", "/desk/replies")),
    ("desk.reports", N_("Figures"), Permission.REPORT_READ, "/desk/reports"),
    ("desk.faculties", N_("Faculties and departments"), Permission.FACULTY_EDIT, "/desk/faculties"),
    ("desk.rooms", N_("Rooms"), Permission.CALENDAR_EDIT, "/desk/rooms"),
    ("desk.trips", N_("Trips of our own"), Permission.CALENDAR_EDIT, "/desk/trips"),
    ("desk.privacy", N_("Personal data"), Permission.PRIVACY_MANAGE, "/desk/privacy"),
    ("desk.people", N_("People"), Permission.PERSON_MANAGE, "/desk/people"),
)


@bp.before_request
def _guard() -> AnyResponse | None:
    """Refuse visitors who are not signed in or may not use the page; take the reader's language."""
    person = edge.current_person()
    edge.set_language(person.language if person else None)
    edge.set_language(request.args.get("language"))
    if person is None:
        return failure(401) if _wants_json() else _to_sign_in()
    _note_seen()
    g.shows_person = True
    view: Any = current_app.view_functions[str(request.endpoint)]
    if not edge.actor().can(view.permission):
        abort(403)
    if edge.environment().rate_limits == "on":
        allowance.acts(db.session(), person.id)
    if _holds_back(view, person):
        return failure(403) if _wants_json() else redirect(url_for("desk.account"), 303)
    page = getattr(view, "asks_again", "")
    if page and request.method in view.asks_again_methods and not _is_fresh():
        typed = kept.posted() if request.method == "POST" else None
        return failure(401) if _wants_json() else kept.fresh(typed, onwards=url_for(page, **(request.view_args or {})))
    return None


def _holds_back(view: Any, person: Person) -> bool:
    """Whether the page waits for a password of one's own, or for the second step of those who must have one."""
    if person.password_temporary:
        return not getattr(view, "before_password", False)
    return required_step.holds_back(view)


def _is_fresh() -> bool:
    found = edge.current_sign_in()
    return found is not None and sessions.is_fresh(found, now=edge.now())


def _note_seen() -> None:
    """Keep the sign-in from ending for lack of use; a database that only reads serves the page all the same."""
    found = edge.current_sign_in()
    if found is not None and sessions.is_unnoted(found, now=edge.now()):
        with suppress(SQLAlchemyError), transaction() as session:
            sessions.note_seen(session, edge.session_token(), now=edge.now())


def _to_sign_in() -> AnyResponse:
    """Ask who it is; what was typed goes along."""
    carried = kept.signed_out(kept.posted(), 401, onwards=_here()) if request.method == "POST" else None
    return carried or redirect(url_for("auth.sign_in", next=_here()), 303)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _here() -> str:
    """Return where to continue after signing in: this page, or the page that a form was on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    reference = (request.view_args or {}).get("reference")
    return url_for("desk.enquiry", reference=reference) if reference else url_for("desk.queue")


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(CSRFError)
def _not_from_this_page(_error: CSRFError) -> AnyResponse:
    """A form from before a sign-in: its words go back to whom they belong to."""
    typed, person = kept.posted(), edge.current_person()
    edge.set_language(person.language if person else None)
    edge.set_language(request.args.get("language"))
    if kept.came_from_elsewhere() or _wants_json():
        return failure(403, expired=True)
    if person is None:
        return kept.signed_out(typed, 403, onwards=_here()) or failure(403, expired=True)
    if typed.is_worth_keeping and typed.owner == person.id:
        return kept.page(typed, "expired", 403, onwards=_here())
    return failure(403, expired=True)


@bp.errorhandler(NotFound)
def _not_found(_error: NotFound) -> Response:
    return _refused(404)


@bp.errorhandler(Forbidden)
def _forbidden(_error: Forbidden) -> Response:
    return _refused(403)


def _refused(code: int) -> Response:
    return (
        failure(code) if _wants_json() else make_response(render_template("desk/frame/refused.html", code=code), code)
    )


@bp.context_processor
def _frame() -> dict[str, Any]:
    """Return what the frame of each page shows: places, and what can still be undone."""
    if not g.get("shows_person"):
        return {"desk_nav": [], "desk_menu": []}
    actor = edge.actor()
    person = edge.current_person()
    waits = person is None or person.password_temporary or required_step.is_missing()
    return {
        "actor": actor,
        "may": actor.can,
        "Permission": Permission,
        "language_names": {each: each.writing.name if each in edge.languages() else is_off(each) for each in Language},
        "html_langs": HTML_LANG,
        "undo": cookie.pop("undo", None),
        "lacks_second_step": required_step.is_missing(),
        "light": _light(actor),
        "way": _way(),
        "unopened": _unopened(actor),
        "desk_nav": [] if waits else _places(_PLACES, actor),
        "desk_menu": [] if waits else _places(_MENU, actor),
    }


def _light(actor: Actor) -> Standing | None:
    """Return the state of delivery for those who may mend it, only where something stopped; asked once a request."""
    if not actor.can(Permission.MESSAGE_RESEND):
        return None
    if "delivery" not in g:
        g.delivery = delivery.standing(db.session())
    found: Standing = g.delivery
    g.late = found.late(now=edge.now(), settings=edge.environment())
    return found if g.late or found.failed else None


def _way() -> dict[str, Any] | None:
    """Return where emails go, unless it is to their readers: everyone at the desk must know."""
    settings = edge.environment()
    if "delivery" in g:
        since = g.delivery.held_since
    else:
        hold = holding.current(db.session())
        since = hold.since if hold is not None else None
    held = settings.mail_is_held or since is not None
    return {"held": held, "since": since, "rehearsal": settings.rehearsal} if held or settings.rehearsal else None


def _unopened(actor: Actor) -> checking.Waiting | None:
    """Return which files wait for the virus scanner, for those who may mend it, only where it takes too long."""
    settings = edge.environment()
    if settings.clamd_url is None or not actor.can(Permission.MESSAGE_RESEND):
        return None
    if "unopened" not in g:
        g.unopened = checking.waiting(db.session())
    found: checking.Waiting = g.unopened
    return found if found.late(now=edge.now(), settings=settings) else None


def _places(places: Iterable[_Place], actor: Actor) -> list[dict[str, Any]]:
    """Return those of these places where the actor may go."""
    return [
        {"endpoint": endpoint, "label": _(label), "current": _stands_on(endpoint, below)}
        for endpoint, label, permission, below in places
        if actor.can(permission)
    ]


def _stands_on(endpoint: str, below: str | tuple[str, ...]) -> bool:
    return request.endpoint == endpoint or request.path.startswith(below)
