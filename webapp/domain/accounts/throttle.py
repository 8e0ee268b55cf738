"""The throttle on sign-ins: refused ones are counted, by account and by address."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import DomainError
from webapp.models import SignInFailure
from webapp.tidying import emails

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


def record_refusal(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Remember a refused sign-in for the throttle."""
    session.add(SignInFailure(email=emails.known_as(email)[:320], address=address, at=now))
