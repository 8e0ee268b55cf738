"""The chain of the audit log, in which each line holds the hash of the one before: made, checked, cut after a year."""

import hashlib
import ipaddress
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.domain.security.permissions import Origin
from webapp.models import AuditEntry, Change

# Triggers of the database refuse to remove or to empty what is not as old, less a day.
KEPT = timedelta(days=366)
ADDRESS_KEPT = timedelta(days=90)
BEGINNING = (0, "0" * 64)
_BATCH = 500
# So many lines are emptied, or removed, in one transaction.
AT_ONCE = 2000
_CHAINED = ("number", "kind", "actor_kind", "actor_id", "actor_name", "subject", "data", "network", "seal",
    "request_id", "previous")  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of checking the chain: how many lines hold, the last hash, and the first line that does not and why."""

    lines: int
    head: str
    broken: int | None = None
    why: str = ""


def chained(values: Mapping[str, Any], *, number: int, previous: str, origin: Origin) -> dict[str, Any]:
    """Return a whole line, with where it comes from and its hash."""
    salt = secrets.token_hex(16) if origin.address else ""
    row = {
        **values,
        "number": number,
        "previous": previous,
        "request_id": origin.request_id,
        "address": origin.address,
        "salt": salt,
        "network": truncated(origin.address),
        "seal": _seal(salt, origin.address),
    }
    return row | {"hash": _hash(row)}


def truncated(address: str) -> str:
    """Return the network of an address, which stays when the address goes: a /24, or a /48 of IPv6."""
    try:
        length = 24 if isinstance(ipaddress.ip_address(address), ipaddress.IPv4Address) else 48
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def digest(change: Change) -> str:
    """Return the digest of what a record's change says."""
    told = (change.id, _moment(change.at), change.actor_id, change.actor_name, change.subject, change.subject_key,
        change.subject_name, change.version, change.deed, change.fields)  # fmt: skip
    return _digest(told)


def verify(session: Session, *, head: str = "") -> Verdict:
    """Check every line, and every record's change that one tells of; `head` is a hash that must be among them.

    A change whose fields and name are both empty was erased on purpose, and holds.
    """
    lines, previous, first, removed, seen = 0, BEGINNING[1], None, 0, not head
    for entry, changes in _all(session):
        if first is None:
            first, previous = entry.number, previous if entry.number == 1 else entry.previous
        if why := _fault(entry, number=first + lines, previous=previous, changes=changes):
            return Verdict(lines, previous, entry.number, why)
        lines, previous, seen = lines + 1, entry.hash, seen or entry.hash == head
        removed = max(removed, entry.data.get("through", 0))
    if first is not None and first != removed + 1:
        return Verdict(0, previous, first, "lines before it are missing")
    if not seen:
        return Verdict(lines, previous, (first or 1) + lines, "the given hash is not among them: lines are missing")
    return Verdict(lines, previous)


def _all(session: Session) -> Iterator[tuple[AuditEntry, Mapping[int, Change]]]:
    """Return all lines from the first, each with the changes that it and its neighbours tell of."""
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=_BATCH))
    for batch in rows.partitions():
        ids = [entry.data["change"] for entry in batch if "change" in entry.data]
        found = session.scalars(select(Change).where(Change.id.in_(ids))) if ids else ()
        changes = {change.id: change for change in found}
        yield from ((entry, changes) for entry in batch)


def _fault(entry: AuditEntry, *, number: int, previous: str, changes: Mapping[int, Change]) -> str:
    """Return what is wrong with a line, or nothing."""
    values = {name: getattr(entry, name) for name in (*_CHAINED, "at")}
    holds = {
        "lines before it are missing": entry.number == number,
        "it does not follow the line before it": entry.previous == previous,
        "it was changed": entry.hash == _hash(values),
        "its address was changed": not entry.address or entry.seal == _seal(entry.salt, entry.address),
        "the change of a record that it tells of was changed or removed": _tells_truly(entry, changes),
    }
    return next((why for why, right in holds.items() if not right), "")


def _tells_truly(entry: AuditEntry, changes: Mapping[int, Change]) -> bool:
    if "change" not in entry.data:
        return True
    change = changes.get(entry.data["change"])
    is_erased = change is not None and not change.fields and not change.subject_name
    return change is not None and (is_erased or digest(change) == entry.data["digest"])


def empty_addresses(session: Session, *, now: datetime) -> bool:
    """Empty the addresses of lines of some months ago, AT_ONCE of them; return whether there may be more."""
    old = (AuditEntry.at < now - ADDRESS_KEPT, AuditEntry.address != "")
    numbers = session.scalars(select(AuditEntry.number).where(*old).order_by(AuditEntry.number).limit(AT_ONCE)).all()
    these = update(AuditEntry).where(AuditEntry.number.in_(numbers))
    session.execute(these.values(address="", salt="").execution_options(synchronize_session=False))
    return len(numbers) == AT_ONCE


def cut(session: Session, *, now: datetime) -> tuple[int, bool]:
    """Remove the lines of more than a year ago, AT_ONCE of them, first the oldest.

    Returns up to which number lines were removed, 0 for none, and whether there are more. The last line always stays:
    the next one follows it.
    """
    young = session.scalar(select(func.min(AuditEntry.number)).where(AuditEntry.at >= now - KEPT))
    first, last = session.execute(select(func.min(AuditEntry.number), func.max(AuditEntry.number))).one()
    end = min(young or last or 0, last or 0) - 1
    through = min(end, (first or 1) + AT_ONCE - 1)
    if through < (first or 1):
        return 0, False
    session.execute(delete(AuditEntry).where(AuditEntry.number <= through))
    return through, through < end


def _seal(salt: str, address: str) -> str:
    """Return what says of an address that it was this one, and nothing once its salt is gone."""
    return hashlib.sha256(f"{salt}:{address}".encode()).hexdigest() if address else ""


def _hash(row: Mapping[str, Any]) -> str:
    return _digest([*(row[name] for name in _CHAINED), _moment(row["at"])])


def _digest(values: Any) -> str:
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
