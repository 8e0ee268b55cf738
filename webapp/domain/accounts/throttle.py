"""The throttle on sign-ins: each try is counted before its password is looked at, by account and by network."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.errors import TooMany
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, Share
from webapp.tidying import emails, networks

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
    """Take back a try whose password no one looked at."""
    buckets.give_back(session, [tried.own, *tried.shared], now=now)
