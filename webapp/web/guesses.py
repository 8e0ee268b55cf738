"""Passwords that someone types are looked at within the throttle, wherever a page asks for one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from webapp.db import transaction
from webapp.domain.accounts import throttle
from webapp.domain.accounts.throttle import TooManySignIns, Try
from webapp.domain.errors import Busy
from webapp.web import device, edge, limits


def tried(email: str) -> Try:
    """Return this request as a try of an account's password."""
    return Try(email, limits.address(), device.known(email))


def count(one: Try, besides: Callable[[Session], Any] | None = None) -> None:
    """Count a try before anything is looked at, or many at once would all get in; `besides` is counted with it.

    Raises TooManySignIns, and what `besides` raises; then neither is counted.
    """
    try:
        with transaction() as session:
            if besides is not None:
                besides(session)
            throttle.admit(session, one, now=edge.now())
    except TooManySignIns:
        with transaction() as session:
            throttle.note_stopped(session, email=one.email, now=edge.now(), origin=edge.origin())
        raise


@contextmanager
def counted(one: Try) -> Iterator[None]:
    """Count a try before the password is looked at within; none if none was. Raises TooManySignIns, and Busy."""
    count(one)
    try:
        yield
    except Busy:
        with transaction() as session:
            throttle.not_looked_at(session, one, now=edge.now())
        raise
