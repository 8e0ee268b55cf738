"""Numbers that an address or a field of the desk gives: ids, and where a page of a list starts."""

from webapp.domain.errors import Invalid, NotFound


def number(value: str) -> int | None:
    """Return an id that an address or a field gives, or None."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


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
