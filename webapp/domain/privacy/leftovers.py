"""What a database keeps of deleted rows in its files: marked as gone, and there to be read, until it is overwritten."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from webapp.db import overwrite_log
from webapp.domain.search import index


def overwrite(transaction: Callable[[], AbstractContextManager[Session]]) -> None:
    """Overwrite what was erased so far; nothing is open in the caller's session then. Each night and by hand."""
    with transaction() as session:
        index.compact(session)
    overwrite_log()
