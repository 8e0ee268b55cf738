"""Numbers that an address or a field of the desk gives: ids, and where a page of a list starts."""

from flask import request

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.triage.orders import Position
from webapp.web.guards import number

_LONGEST = 400


def named(value: str, what: str) -> int | None:
    """Return the id that an address names, or None where it names none. Raises NotFound for what is no id."""
    if not value:
        return None
    found = number(value)
    if found is None:
        raise NotFound(what)
    return found


def place(value: str) -> int | None:
    """Return after or before which row a page starts; None for the first page. Raises Invalid for what is none."""
    if not value:
        return None
    found = number(value)
    if found is None:
        raise Invalid({"after": "unknown position"})
    return found


def sent_version(name: str = "version") -> int:
    """Return the version that a form was made from; -1, which nothing has, where it does not say."""
    found = number(request.form.get(name, ""))
    return -1 if found is None else found


def position(value: str) -> Position | None:
    """Return where a page of enquiries starts, as an address says it. Raises Invalid for what is none."""
    if not value:
        return None
    text, _comma, row = value.rpartition(",")
    found = number(row)
    if len(text) > _LONGEST or found is None:
        raise Invalid({"after": "unknown position"})
    return Position(text, found)
