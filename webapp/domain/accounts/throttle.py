"""The throttle on sign-ins: refused ones are counted, by account and by address."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import DomainError
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, Origin
from webapp.models import Person, SignInFailure
from webapp.tidying import emails
from webapp.vocabulary import ActorKind, AuditKind

FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 5
FAILURES_PER_ADDRESS = 30


class TooManySignIns(DomainError):
    """Too many refused sign-ins; no password is looked at before `retry_at`."""

    def __init__(self, retry_at: datetime) -> None:
        self.retry_at = retry_at
        super().__init__(f"too many refused sign-ins, again at {retry_at}")


def check_sign_in_throttle(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Raise TooManySignIns while an account or an address has too many refused sign-ins behind it."""
    for column, value, most in (
        (SignInFailure.email, emails.known_as(email), FAILURES_PER_EMAIL),
        (SignInFailure.address, address, FAILURES_PER_ADDRESS),
    ):
        recent = select(SignInFailure.at).where(column == value, SignInFailure.at > now - FAILURE_WINDOW)
        times = session.scalars(recent.order_by(SignInFailure.at.desc()).limit(most)).all()
        if len(times) >= most:
            raise TooManySignIns(times[-1] + FAILURE_WINDOW)


def record_refusal(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Remember a refused sign-in for the throttle, and for the audit log."""
    count(session, email=email, now=now, origin=origin)
    audit.note(session, AuditKind.SIGN_IN_REFUSED, _someone(session, email, origin), now=now)


def record_guess(session: Session, *, email: str, by: Acting) -> None:
    """Remember that someone who is signed in did not know the password: it counts as a refused sign-in does."""
    count(session, email=email, now=by.now, origin=by.actor.origin)
    audit.note(session, AuditKind.PASSWORD_REFUSED, by.actor, now=by.now)


def note_ended(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Tell the audit log of a one-time password that was right and good no more; it is no guess, and counts as none."""
    audit.note(session, AuditKind.ONE_TIME_ENDED, _someone(session, email, origin), now=now)


def note_stopped(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Tell the audit log that the throttle stopped someone; once an hour for an account, or for all unknown ones."""
    by = _someone(session, email, origin)
    if not audit.is_noted(session, AuditKind.SIGN_IN_THROTTLED, by, "", since=now - timedelta(hours=1)):
        audit.note(session, AuditKind.SIGN_IN_THROTTLED, by, now=now)


def count(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Remember one more refusal for an account and an address; the caller tells the audit log."""
    session.add(SignInFailure(email=emails.known_as(email)[:320], address=origin.address, at=now))


def _someone(session: Session, email: str, origin: Origin) -> Actor:
    """Return who tries to sign in, with the account that it is about.

    What names no account is not kept: people type passwords there.
    """
    account = session.scalars(select(Person).where(Person.email == emails.known_as(email))).one_or_none()
    if account is None:
        return Actor(ActorKind.VISITOR, "", origin=origin)
    return Actor(ActorKind.VISITOR, account.name, account.id, origin=origin)
