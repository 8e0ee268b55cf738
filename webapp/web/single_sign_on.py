"""Signing in by the provider of single sign-on: a way there, and what is made of an answer."""

from dataclasses import replace

import structlog
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import transaction
from webapp.domain.accounts import sessions, single_sign_on
from webapp.domain.accounts.single_sign_on import Entry
from webapp.domain.errors import NotFound
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM, Actor
from webapp.identity import Disbelieved, Identity, Unreachable
from webapp.models import Person
from webapp.vocabulary import ActorKind, AuditKind
from webapp.web import edge, kept, limits, provider
from webapp.web.provider import Way

bp = Blueprint("single_sign_on", __name__)
log = structlog.get_logger(__name__)
# Of an address to go on to: a cookie holds 4 KB, and what the provider has to answer comes first.
_LONGEST = 1500


@bp.before_request
def _prepare() -> None:
    edge.set_language(request.args.get("language"))
    if provider.provider() is None:
        raise NotFound("provider")


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.get("/desk/sign-on")
@edge.public
@limits.by_network(limits.SIGN_IN)
def begin() -> AnyResponse:
    """Send the browser to the provider. A link and no form: our pages let no form end at another site."""
    wanted = _wanted()
    person, again = edge.current_person(), "again" in request.args
    links = person.id if person is not None and "link" in request.args else 0
    if person is not None and not again and not links:
        return redirect(wanted, 303)
    try:
        return redirect(provider.send_off(wanted, links=links, again=again), 303)
    except Unreachable as error:
        return _unreachable(error, wanted)


@bp.post("/desk/sign-on")
@edge.public
@limits.by_network(limits.SIGN_IN)
def begin_with_words() -> AnyResponse:
    """As `begin`, with what was typed before; it waits here, and a page of ours leads on to the provider."""
    wanted = _wanted()
    carried = kept.unpacked(request.form.get("kept", ""))
    words = ""
    if carried is not None:
        with transaction() as session:
            words = sessions.put_words_aside(session, carried.packed(), now=edge.now())
    try:
        address = provider.send_off(wanted, again="again" in request.args, words=words)
    except Unreachable as error:
        return _unreachable(error, wanted)
    return make_response(render_template("auth/sign_on_onwards.html", address=address))


@bp.get("/desk/sign-on/return")
@edge.public
@limits.by_network(limits.SIGN_IN)
def come_back() -> AnyResponse:
    """Take the answer of the provider; it is good once, and in the browser that was sent alone."""
    way, found = provider.take_way(request.args.get("state", "")), provider.provider()
    if way is None or found is None:
        return _failed(400, why="lost")
    edge.set_language(way.language)
    try:
        identity = found.finish(request.args, nonce=way.nonce, verifier=way.verifier, back=provider.back())
    except Unreachable as error:
        return _unreachable(error, way.wanted)
    except Disbelieved as error:
        log.warning("single_sign_on.disbelieved", error=str(error))
        with transaction() as session:
            visitor = Actor(ActorKind.VISITOR, "", origin=edge.origin())
            audit.note(session, AuditKind.SIGN_IN_REFUSED, visitor, now=edge.now(), by="provider")
        return _failed(401, why="disbelieved", wanted=way.wanted)
    return _to_be_linked(way, identity) if way.links else _let_in(way, identity)


def _wanted() -> str:
    """Return where to go on; what a browser would not take into a cookie is left out."""
    wanted = edge.desk_path(request.args.get("next", ""), url_for("desk.my_day"))
    return wanted if len(wanted) <= _LONGEST else url_for("desk.my_day")


def _to_be_linked(way: Way, identity: Identity) -> AnyResponse:
    """Ask first whether it is to be linked: someone else may be signed in at the provider in this browser."""
    person = edge.current_person()
    if person is None or person.id != way.links:
        return _failed(400, why="lost")
    provider.keep_found(identity, person.id)
    return redirect(url_for("desk.found_identity"), 303)


def _let_in(way: Way, identity: Identity) -> AnyResponse:
    by = Acting(replace(SYSTEM, origin=edge.origin()), edge.now(), edge.settings())
    with transaction() as session:
        entry = single_sign_on.enter(session, identity, by=by)
        if isinstance(entry, Entry):
            session.flush()
            waits, others = _words(session, way, entry.person)
            sessions.close_session(session, edge.session_token(), now=by.now, origin=by.actor.origin)
            given = {"kept": waits, "provider": identity, **edge.whereabouts()}
            token = sessions.open_session(session, entry.person, now=by.now, **given)
    if not isinstance(entry, Entry):
        return _failed(403, why="refused", wanted=way.wanted, text=_(labels.SIGN_ON_REFUSAL[entry]))
    with provider.keeping_found(entry.person.id):
        edge.sign_in(token, form_token=kept.token_for(entry.person.id))
    _tell(way, entry, identity)
    if others:
        flash(kept.anothers(), "warn")
    if waits:
        return redirect(url_for("auth.kept_words", next=way.wanted, language=edge.chosen_language()), 303)
    return redirect(way.wanted, 303)


def _words(session: Session, way: Way, person: Person) -> tuple[str, bool]:
    """Return what the person had typed before, packed, and whether it was someone else who had."""
    packed = sessions.take_words_back(session, way.words) if way.words else ""
    found = kept.unpacked(packed)
    return (packed, False) if found is not None and found.owner == person.id else ("", found is not None)


def _tell(way: Way, entry: Entry, identity: Identity) -> None:
    name = edge.environment().provider_name
    if entry.keeps_role:
        flash(_("Your groups at %(name)s take your role away, but you are the last administrator.", name=name), "warn")
    fresh = identity.asked_at is not None and identity.asked_at > edge.now() - sessions.FRESH
    if way.again and not fresh:
        flash(_("%(name)s did not ask you again. Acts on accounts need your password here.", name=name), "warn")


def _unreachable(error: Unreachable, wanted: str) -> Response:
    log.error("single_sign_on.unreachable", error=str(error))
    response = _failed(503, why="unreachable", wanted=wanted)
    response.headers["Retry-After"] = "60"
    return response


def _failed(code: int, *, why: str, wanted: str = "", text: str = "") -> Response:
    return make_response(render_template("auth/sign_on_failed.html", why=why, wanted=wanted, text=text), code)
