"""Sign-ins as rows: opened, found by their token, ended on the server."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts.throttle import FAILURE_WINDOW
from webapp.domain.errors import NotFound
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import UNKNOWN_ORIGIN, Origin, staff
from webapp.domain.security.tokens import hash_token, new_token
from webapp.models import Person, SignInFailure, StaffSession
from webapp.vocabulary import AuditKind

SESSION_LENGTH = timedelta(hours=12)


def open_session(
    session: Session, person: Person, *, now: datetime, kept: str = "", origin: Origin = UNKNOWN_ORIGIN
) -> str:
    """Start a sign-in and return its token, which is nowhere stored; earlier refusals are forgotten.

    `kept` is what the person had typed before, packed; it ends with the sign-in.
    """
    token = new_token()
    session.execute(delete(SignInFailure).where(SignInFailure.email == person.email))
    until = now + SESSION_LENGTH
    session.add(StaffSession(token_hash=hash_token(token), person=person, created_at=now, expires_at=until, kept=kept))
    audit.note(session, AuditKind.SIGNED_IN, staff(person, origin), now=now)
    return token


def signed_in(session: Session, token: str, *, now: datetime) -> Person:
    """Return who a session's token belongs to. Raises NotFound once it was ended, ran out, or the account closed."""
    query = select(StaffSession).where(StaffSession.token_hash == hash_token(token), StaffSession.expires_at > now)
    found = session.scalars(query).one_or_none()
    if found is None or not found.person.may_sign_in:
        raise NotFound("session")
    return found.person


def kept_words(session: Session, token: str) -> str:
    """Return what waits with a sign-in, packed; nothing where nothing does."""
    return session.scalar(select(StaffSession.kept).where(StaffSession.token_hash == hash_token(token))) or ""


def forget_words(session: Session, token: str) -> None:
    """Let go of what waited with a sign-in, once it was sent."""
    session.execute(update(StaffSession).where(StaffSession.token_hash == hash_token(token)).values(kept=""))


def close_session(session: Session, token: str, *, now: datetime, origin: Origin = UNKNOWN_ORIGIN) -> None:
    """End a sign-in on the server: its cookie opens nothing from now on."""
    found = session.scalars(select(StaffSession).where(StaffSession.token_hash == hash_token(token))).one_or_none()
    if found is not None:
        audit.note(session, AuditKind.SIGNED_OUT, staff(found.person, origin), now=now)
        session.delete(found)


def end_all(session: Session, person: Person, *, by: Acting, keep: str = "") -> None:
    """End all sign-ins of a person on the server, but for that of the token `keep`."""
    theirs = (StaffSession.person_id == person.id, StaffSession.token_hash != hash_token(keep))
    ended = session.scalars(delete(StaffSession).where(*theirs).returning(StaffSession.id)).all()
    if ended:
        audit.note(session, AuditKind.SESSIONS_ENDED, by.actor, now=by.now, subject=person.name, number=len(ended))


def purge(session: Session, *, now: datetime) -> None:
    """Forget sign-ins that ran out and refusals that no longer count."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURE_WINDOW))
