"""The throttle on sign-ins: each try is counted before its password is looked at, by account and by network."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.accounts import people
from webapp.domain.errors import TooMany
from webapp.domain.history import audit
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, Share
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, Origin
from webapp.tidying import emails, networks
from webapp.vocabulary import ActorKind, AuditKind

_FORGOTTEN, _LONGEST = timedelta(minutes=30), timedelta(minutes=15)
# For an account: from one neighbourhood, from all strangers together, and from a device on which its owner was before.
FROM_NETWORK = Limit("sign-in from a network", 5, _FORGOTTEN, _LONGEST)
FROM_STRANGERS = Limit("sign-in from strangers", 10, _FORGOTTEN, _LONGEST)
FROM_DEVICE = Limit("sign-in from a known device", 5, _FORGOTTEN, _LONGEST)
# For those who try, at any account.
PER_ADDRESS = Limit("sign-ins of an address", 30, timedelta(seconds=30), timedelta(minutes=2))
PER_NETWORK = Limit("sign-ins of a network", 120, timedelta(seconds=10), timedelta(minutes=1))


class TooManySignIns(TooMany):
    """Too many tries; no password is looked at before `retry_at`."""


@dataclass(frozen=True)
class Try:
    """One try to sign in: to which account, from which address; `device` is known only to its owner's browser."""

    email: str
    address: str
    device: str | None = None

    @property
    def own(self) -> Share:
        """What counts this account's tries from here alone."""
        account = emails.known_as(self.email)
        if self.device:
            return FROM_DEVICE.of(account, self.device)
        return FROM_NETWORK.of(account, networks.wide(self.address))

    @property
    def shared(self) -> list[Share]:
        """What counts others as well; a known device has nothing to do with strangers: they cannot lock it out."""
        if self.device:
            return []
        return [
            FROM_STRANGERS.of(emails.known_as(self.email)),
            PER_ADDRESS.of(networks.narrow(self.address)),
            PER_NETWORK.of(networks.wide(self.address)),
        ]


def admit(session: Session, tried: Try, *, now: datetime) -> None:
    """Count a try and let it through. Commit before the password is looked at, so that others see it counted.

    Raises TooManySignIns where it has to wait; it is not counted then.
    """
    try:
        buckets.take(session, [tried.own, *tried.shared], now=now)
    except TooMany as error:
        raise TooManySignIns(error.retry_at, limit=error.limit) from error


def succeeded(session: Session, tried: Try, *, now: datetime) -> None:
    """Forget the tries from here, and this one among those of others: strangers' tries go on counting."""
    buckets.forget(session, [tried.own])
    buckets.give_back(session, tried.shared, now=now)


def not_looked_at(session: Session, tried: Try, *, now: datetime) -> None:
    """Take back a try that was no guess: no one looked at its password, or it was right and opened nothing."""
    buckets.give_back(session, [tried.own, *tried.shared], now=now)


def record_refusal(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Tell the audit log of a sign-in that was refused; it was counted before."""
    audit.note(session, AuditKind.SIGN_IN_REFUSED, _someone(session, email, origin), now=now)


def record_guess(session: Session, *, by: Acting) -> None:
    """Tell the audit log that someone who is signed in did not know the password; it was counted before."""
    audit.note(session, AuditKind.PASSWORD_REFUSED, by.actor, now=by.now)


def note_ended(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Tell the audit log of a one-time password that was right and good no more; it is no guess, and counts as none."""
    audit.note(session, AuditKind.ONE_TIME_ENDED, _someone(session, email, origin), now=now)


def note_stopped(session: Session, *, email: str, now: datetime, origin: Origin) -> None:
    """Tell the audit log that the throttle stopped someone; once an hour for an account, or for all unknown ones."""
    by = _someone(session, email, origin)
    if not audit.is_noted(session, AuditKind.SIGN_IN_THROTTLED, by, "", since=now - timedelta(hours=1)):
        audit.note(session, AuditKind.SIGN_IN_THROTTLED, by, now=now)


def _someone(session: Session, email: str, origin: Origin) -> Actor:
    """Return who tries to sign in, with the account that it is about.

    What names no account is not kept: people type passwords there.
    """
    account = people.find(session, email)
    if account is None:
        return Actor(ActorKind.VISITOR, "", origin=origin)
    return Actor(ActorKind.VISITOR, account.name, account.id, origin=origin)
