"""A list of delegates as values: those of the rows, those of a file, and what one would become by what is asked for."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.models import Delegate, Passport, RosterChange
from webapp.tidying.roster.columns import EVERY, OF_PASSPORT
from webapp.vocabulary import NameOrder, RosterChangeKind

# Columns of a list that are not the passport's, and what those of the passport are called in its own table.
OF_DELEGATE: tuple[str, ...] = tuple(name for name in EVERY if name not in OF_PASSPORT)
PASSPORT_COLUMNS: dict[str, str] = {name: name.removeprefix("passport_") for name in OF_PASSPORT}
_DAYS = frozenset(("birth_date", "passport_expiry"))
_YES_NO = {True: "yes", False: "no", None: ""}
_ANSWERS = {"yes": True, "no": False, "": None}
# People are recognised in another list by the first of these that they have alone.
_KNOWN_BY = (
    ("passport_number",),
    ("family_name", "given_name", "organisation"),
    ("family_name", "given_name"),
    ("email",),
)


@dataclass(frozen=True)
class Entry:
    """One delegate: a value for each column, without those of the passport where no one asked for them."""

    values: Mapping[str, str]
    # Of their row; nothing for someone new.
    delegate_id: int | None = None


def of_row(row: Delegate, *, passports: bool = False) -> Entry:
    """Return a row as an entry; with its passport, which has to be loaded then."""
    values = {name: getattr(row, name) for name in OF_DELEGATE}
    values |= {"name_order": row.name_order.value, "invitation_letter": _YES_NO[row.invitation_letter]}
    values["photo_consent"] = _YES_NO[row.photo_consent]
    if passports:
        values |= {name: _text(getattr(row.passport, column, "")) for name, column in PASSPORT_COLUMNS.items()}
    return Entry(values, row.id)


def rows(session: Session, enquiry_id: int, *, passports: bool = False) -> Sequence[Delegate]:
    """Return the delegates of a visit in their order of precedence."""
    query = select(Delegate).where(Delegate.enquiry_id == enquiry_id).order_by(Delegate.precedence, Delegate.id)
    return session.scalars(query.options(joinedload(Delegate.passport)) if passports else query).all()


def official(session: Session, enquiry_id: int, *, passports: bool = False) -> list[Entry]:
    """Return the list that holds, in its order."""
    return [of_row(row, passports=passports) for row in rows(session, enquiry_id, passports=passports)]


def mark(entries: Iterable[Entry]) -> str:
    """Return a short word that is another one once anything of a list is, but for passports."""
    plain = [[each.delegate_id, [each.values.get(name, "") for name in OF_DELEGATE]] for each in entries]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:20]


def settled(values: Mapping[str, str]) -> dict[str, str]:
    """Return values without those of a passport where no letter is asked for: they are not kept then."""
    no_letter = values.get("invitation_letter") != "yes"
    return {name: "" if no_letter and name in OF_PASSPORT else value for name, value in values.items()}


def matched(lines: Sequence[Mapping[str, str]], given: Iterable[str], base: Sequence[Entry]) -> list[Entry]:
    """Return a list that was sent, its people recognised in the present one, from which they keep what was not sent.

    `given` are the columns that were sent.
    """
    sent, free, found = frozenset(given), dict(enumerate(base)), dict[int, Entry]()
    for columns in _KNOWN_BY:
        known = _by_key(free, columns)
        for place, line in enumerate(lines):
            number = known.get(_key(line, columns)) if place not in found else None
            if number in free:
                found[place] = free.pop(number)
    entries = []
    for place, line in enumerate(lines):
        entry = found.get(place)
        kept = entry.values if entry else {}
        values = {name: line.get(name, "") if name in sent or name not in kept else kept[name] for name in EVERY}
        entries.append(Entry(settled(values), entry.delegate_id if entry else None))
    return entries


def _by_key(entries: Mapping[int, Entry], columns: Sequence[str]) -> dict[tuple[str, ...], int]:
    keys = [(_key(entry.values, columns), number) for number, entry in entries.items()]
    several = {key for key, _number in keys if sum(other == key for other, _ in keys) > 1}
    return {key: number for key, number in keys if any(key) and key not in several}


def _key(values: Mapping[str, str], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(values.get(name, "") for name in columns)


def with_changes(entries: Sequence[Entry], changes: Iterable[RosterChange]) -> list[Entry]:
    """Return what a list would be if all of these changes were taken in."""
    found = {each.delegate_id: each for each in entries}
    asked = sorted(changes, key=lambda change: change.precedence)
    for change in asked:
        entry = found.get(change.delegate_id) if change.delegate_id else None
        if change.kind is RosterChangeKind.REMOVE:
            found.pop(change.delegate_id, None)
        elif change.kind is RosterChangeKind.CHANGE and entry:
            found[entry.delegate_id] = replace(entry, values={**entry.values, **change.after, **change.passport})
    result = list(found.values())
    for change in asked:
        if change.kind is RosterChangeKind.ORDER:
            result = in_order(result, change.after["ids"])
    for change in asked:
        if change.kind is RosterChangeKind.ADD:
            result.insert(change.precedence - 1, Entry({**change.after, **change.passport}))
    return result


def in_order(entries: Sequence[Entry], ids: Sequence[int]) -> list[Entry]:
    """Return a list with these delegates in this order at the places that they have; the others stay."""
    place = {number: index for index, number in enumerate(ids)}
    moving = sorted((each for each in entries if each.delegate_id in place), key=lambda e: place[e.delegate_id or 0])
    rest = iter(moving)
    return [next(rest) if each.delegate_id in place else each for each in entries]


def fill(row: Delegate, values: Mapping[str, str]) -> None:
    """Write the values of an entry into a row whose passport is loaded; columns that are not among them stay."""
    for name in OF_DELEGATE:
        if name in values and name not in ("name_order", "invitation_letter", "photo_consent"):
            setattr(row, name, values[name])
    if "name_order" in values:
        row.name_order = NameOrder(values["name_order"])
    row.invitation_letter = values.get("invitation_letter", _YES_NO[row.invitation_letter or False]) == "yes"
    if "photo_consent" in values:
        row.photo_consent = _ANSWERS[values["photo_consent"]]
    _fill_passport(row, values)


def _fill_passport(row: Delegate, values: Mapping[str, str]) -> None:
    given = {name: values[name] for name in OF_PASSPORT if name in values}
    if not row.invitation_letter or (given and not any(given.values())):
        row.passport = None
        return
    if not given:
        return
    if row.passport is None:
        row.passport = Passport(enquiry_id=row.enquiry_id)
    for name, value in given.items():
        day = date.fromisoformat(value) if value and name in _DAYS else None
        setattr(row.passport, PASSPORT_COLUMNS[name], day if name in _DAYS else value)


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
