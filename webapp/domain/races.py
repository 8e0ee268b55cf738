"""Two people do the same for the first time at once: the database lets one of them, and the other is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.domain.errors import DomainError


@contextmanager
def only_one(session: Session, refusal: DomainError) -> Iterator[None]:
    """Write what can be there once. Raises `refusal` where somebody was quicker; the transaction is good afterwards.

    Keep the block to that one write: whatever else breaks a rule of the database in it is taken for the same.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise refusal from error
