"""Counts that leak away with time: taken before the work, in the transaction that does it, and by one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.domain.errors import TooMany
from webapp.domain.security.tokens import hash_token
from webapp.models import Bucket

# Longer than any limit needs to be forgotten.
_KEPT = timedelta(days=2)
_FIRST_DELAY = timedelta(seconds=30)
_MOST_DOUBLINGS = 16


@dataclass(frozen=True)
class Limit:
    """So many at once, and one more after each `refill`.

    With `longest` nothing is refused for good: after the first `free` ones each next has to wait, twice as long each
    time, up to that.
    """

    name: str
    free: float
    refill: timedelta
    longest: timedelta | None = None

    def of(self, *whom: object) -> "Share":
        """Return this limit as it holds for someone: an account, an address, an enquiry."""
        return Share(self, hash_token("\0".join([self.name, *map(str, whom)])))


@dataclass(frozen=True)
class Share:
    """A limit and for whom it counts; the key tells no one who that is."""

    limit: Limit
    key: str


def per(time: timedelta, name: str, most: float) -> Limit:
    """Return a limit of so many in a time: all at once, or spread over it."""
    return Limit(name, most, time / most)


def take(session: Session, shares: Iterable[Share], *, now: datetime, amount: float = 1) -> None:
    """Count `amount` against each of these limits, or against none where one of them is used up.

    Raises TooMany. What others count meanwhile waits for the end of this transaction; rolled back, nothing was counted.
    """
    wanted = {share.key: share.limit for share in shares}
    rows = _locked(session, wanted, now)
    for row in rows:
        row.level, row.at = _level(row, wanted[row.key], now), now
    refused = {row.key: until for row in rows if (until := _refused_until(row, wanted[row.key], now, amount))}
    if refused:
        last = max(refused, key=lambda key: refused[key])
        raise TooMany(refused[last], limit=wanted[last].name)
    for row in rows:
        row.level += amount
        row.again_at = now + _delay(row, wanted[row.key])
    session.flush()


def give_back(session: Session, shares: Iterable[Share], *, now: datetime, amount: float = 1) -> None:
    """Take back what was counted for something that does not count after all, and the wait that it began."""
    wanted = {share.key: share.limit for share in shares}
    for row in _locked(session, wanted, now):
        row.level, row.at = max(0.0, _level(row, wanted[row.key], now) - amount), now
        row.again_at = now
    session.flush()


def forget(session: Session, shares: Iterable[Share]) -> None:
    """Begin to count from nothing."""
    session.execute(delete(Bucket).where(Bucket.key.in_([share.key for share in shares])))


def purge(session: Session, *, now: datetime) -> None:
    """Forget what no longer counts."""
    session.execute(delete(Bucket).where(Bucket.at < now - _KEPT))


def _locked(session: Session, wanted: dict[str, Limit], now: datetime) -> list[Bucket]:
    """Return the rows, made where they are missing, and locked; everyone locks them in the order of their keys."""
    if not wanted:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = {"level": 0.0, "at": now, "again_at": now}
    statement = insert(Bucket).values([{"key": key, **new} for key in sorted(wanted)])
    # It changes nothing, and so locks the row that is there and returns it.
    taken = statement.on_conflict_do_update(index_elements=[Bucket.key], set_={"key": statement.excluded.key})
    return list(session.scalars(taken.returning(Bucket), execution_options={"populate_existing": True}))


def _level(row: Bucket, limit: Limit, now: datetime) -> float:
    """Return what is left of what was counted; a clock that went back lets nothing leak."""
    return max(0.0, row.level - max(now - row.at, timedelta()) / limit.refill)


def _refused_until(row: Bucket, limit: Limit, now: datetime, amount: float) -> datetime | None:
    """Return until when a limit lets this through no more, or None."""
    if limit.longest is not None:
        return row.again_at if row.again_at > now else None
    over = row.level + amount - limit.free
    return now + over * limit.refill if over > 1e-9 else None


def _delay(row: Bucket, limit: Limit) -> timedelta:
    over = round(row.level - limit.free)  # some of the last one has leaked away by now
    if limit.longest is None or over < 0:
        return timedelta()
    doubled: int = 2 ** min(over, _MOST_DOUBLINGS)
    return min(limit.longest, _FIRST_DELAY * doubled)
