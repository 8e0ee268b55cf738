"""Sign-ins whose password was right and that wait for the second step: for ten minutes, in one browser, a few tries."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts import sessions
from webapp.domain.errors import NotFound
from webapp.domain.history import audit
from webapp.domain.security.permissions import Origin, staff
from webapp.domain.security.tokens import hash_token, new_token
from webapp.models import PasskeyChallenge, Person, SecondFactor, WaitingSignIn
from webapp.vocabulary import AuditKind

LASTS = timedelta(minutes=10)
TRIES = 5


def is_asked_of(session: Session, person: Person) -> bool:
    """Return whether a person has anything for a second step, so that a password alone signs them in no more."""
    return session.scalar(select(SecondFactor.id).where(SecondFactor.person_id == person.id).limit(1)) is not None


def begin(session: Session, person: Person, *, now: datetime, origin: Origin, kept: str = "") -> str:
    """Remember that a password was right, and return the token by which its browser continues; it is nowhere stored.

    Raises PasswordEnded for a one-time password that ended.
    """
    sessions.refuse_ended(person, now=now)
    token = new_token()
    session.add(WaitingSignIn(token_hash=hash_token(token), person=person, expires_at=now + LASTS, kept=kept))
    audit.note(session, AuditKind.SECOND_STEP_ASKED, staff(person, origin), now=now)
    return token


def present(session: Session, token: str, *, now: datetime) -> WaitingSignIn:
    """Return what waits in the browser of a token. Raises NotFound once it ended, or its tries are used up."""
    good = (WaitingSignIn.expires_at > now, WaitingSignIn.tries < TRIES)
    query = select(WaitingSignIn).where(WaitingSignIn.token_hash == hash_token(token), *good)
    found = session.scalars(query).one_or_none()
    if found is None or not found.person.may_sign_in:
        raise NotFound("waiting sign-in")
    return found


def count(session: Session, token: str, *, now: datetime) -> WaitingSignIn:
    """Count one more try. Commit before anything is looked at, so that many at once are no more than one by one.

    Raises NotFound once it ended, or its tries are used up.
    """
    present(session, token, now=now)
    good = (WaitingSignIn.token_hash == hash_token(token), WaitingSignIn.tries < TRIES)
    counted = update(WaitingSignIn).where(*good).values(tries=WaitingSignIn.tries + 1).returning(WaitingSignIn.id)
    row_id = session.scalar(counted)
    if row_id is None:
        raise NotFound("waiting sign-in")
    return session.get_one(WaitingSignIn, row_id, populate_existing=True)


def end(session: Session, token: str, *, must_be_there: bool) -> None:
    """Let go of what waits in a browser: it becomes a sign-in, or another takes its place.

    Raises NotFound where it has to be there and was ended meanwhile, by a reset or a new password.
    """
    gone = delete(WaitingSignIn).where(WaitingSignIn.token_hash == hash_token(token)).returning(WaitingSignIn.id)
    if session.execute(gone).first() is None and must_be_there:
        raise NotFound("waiting sign-in")


def purge(session: Session, *, now: datetime) -> None:
    """Forget what waited too long, and challenges that no passkey signed."""
    session.execute(delete(WaitingSignIn).where(WaitingSignIn.expires_at <= now))
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
