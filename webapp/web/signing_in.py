"""Into the desk, by whichever way people show who they are: a second step where they have one, then a new sign-in."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask import session as cookie
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import second_step, sessions, throttle, waiting
from webapp.domain.accounts.throttle import Try
from webapp.domain.errors import NotFound
from webapp.models import Person, WaitingSignIn
from webapp.web import device, edge, kept, provider

# The cookie's word for what waits for the second step.
_WAITS = "second_step"


def password_was_right(person: Person, tried: Try, packed: str, wanted: str) -> AnyResponse:
    """Let a person in, or ask for the second step where they have one; `packed` is what was typed before, see `kept`.

    Raises PasswordEnded for a one-time password that ended.
    """
    own = own_words(packed, person.id)
    if waiting.is_asked_of(db.session(), person):
        with transaction() as session:
            found = session.get_one(Person, person.id)
            token = waiting.begin(session, found, now=edge.now(), origin=edge.origin(), kept=own)
            throttle.not_looked_at(session, tried, now=edge.now())
        cookie[_WAITS] = token
        answer = redirect(url_for("second_step.ask", next=wanted, language=edge.chosen_language()), 303)
    else:
        answer = enter(person.id, own, wanted, tried=tried)
    tell_of_others_words(packed, person.id)
    return answer


def own_words(packed: str, person_id: int) -> str:
    """Return what was typed before a sign-in, packed, where this person typed it; else nothing."""
    words = kept.unpacked(packed)
    return packed if words is not None and words.owner == person_id else ""


def tell_of_others_words(packed: str, person_id: int) -> None:
    """Say that there were words of another account; they are not this person's to see."""
    if kept.unpacked(packed) is not None and not own_words(packed, person_id):
        flash(kept.anothers(), "warn")


def enter(
    person_id: int,
    words: str,
    wanted: str,
    *,
    tried: Try | None = None,
    proof: Callable[[Session, Person], None] | None = None,
    must_wait: bool = False,
) -> AnyResponse:
    """Open a sign-in in the place of the one that this browser had, and lead on.

    `proof` takes the second step in the same transaction, and raises where it is none; `tried` is what the throttle
    counted of it, forgotten now. Raises PasswordEnded, and with `must_wait` NotFound where what waited in this browser
    was ended meanwhile.
    """
    now = edge.now()
    with transaction() as session:
        person = session.get_one(Person, person_id)
        if token := waiting_token():
            waiting.end(session, token, must_be_there=must_wait)
        if proof is not None:
            proof(session, person)
        if tried is not None:
            throttle.succeeded(session, tried, now=now)
        sessions.close_session(session, edge.session_token(), now=now, origin=edge.origin())
        given = {"kept": words, "second_step": proof is not None, **edge.whereabouts()}
        token = sessions.open_session(session, person, now=now, **given)
    with provider.keeping_found(person.id):
        edge.sign_in(token, form_token=kept.token_for(person.id))
    device.remember(person.email)
    if person.password_temporary or (proof is None and second_step.is_required_of(person, edge.environment())):
        wanted = url_for("desk.account")
    elif words:
        wanted = url_for("auth.kept_words", next=wanted, language=edge.chosen_language())
    return redirect(wanted, 303)


def waiting_token() -> str:
    """Return the token of what waits in this browser for the second step, or nothing."""
    return str(cookie.get(_WAITS) or "")


def waits() -> WaitingSignIn | None:
    """Return what waits in this browser for the second step, or None."""
    try:
        return waiting.present(db.session(), waiting_token(), now=edge.now())
    except NotFound:
        return None


def forget_waiting() -> None:
    """Let this browser begin anew."""
    cookie.pop(_WAITS, None)
