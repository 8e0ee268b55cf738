"""New rows of several tables at once: one statement where the database takes them as one, else one for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Insert, String, Update, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.db import Base

BY_ONE_STATEMENT = frozenset({"postgresql"})


@dataclass(frozen=True)
class Rows:
    """Rows of one table by its columns, all of the same; what is left out has its default. Nothing is looked up.

    `made` names columns whose values the database makes of a text that is given.
    """

    model: type[Base]
    rows: Sequence[Mapping[str, Any]]
    made: Mapping[str, Callable[[Any], ColumnElement[Any]]] = field(default_factory=dict)


def insert_new(
    session: Session, model: type[Base], row: dict[str, Any], *, reserve: Mapping[type[Base], int]
) -> tuple[int, dict[type[Base], list[int]]] | None:
    """Insert a row by its columns, beside the session; None where any of its unique keys is taken.

    Return its id, and as many ids as are wanted for rows of other tables that follow it in this transaction.
    """
    statement = _new(model, tuple(reserve.items()), session.get_bind().dialect.name)
    found = session.connection().execute(statement, row).one_or_none()
    if found is None:
        return None
    number, *others = found
    return number, {each: [others.pop(0) for _ in range(count)] for each, count in reserve.items()}


@cache
def _new(model: type[Base], reserve: tuple[tuple[type[Base], int], ...], dialect: str) -> Executable:
    kind = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table: Any = model.__table__
    ids = [_next(each, place, dialect) for each, count in reserve for place in range(count)]
    return kind(table).on_conflict_do_nothing().returning(table.c.id, *ids)


def _next(model: type[Base], place: int, dialect: str) -> ColumnElement[Any]:
    """Return what gives an id; on SQLite writers come one after the other, so that the largest one says it."""
    table: Any = model.__table__
    label = f"{table.name}_{place}"
    if dialect == "sqlite":
        return (select(func.coalesce(func.max(table.c.id), 0) + 1 + place).scalar_subquery()).label(label)
    return func.nextval(f"{table.name}_id_seq").label(label)


def write(session: Session, parts: Sequence[Rows], then: Update | None = None, given: Mapping[str, Any] = {}) -> None:
    """Insert rows, beside the session, and update what hangs on them with the given values of its parameters."""
    connection = session.connection()
    shapes = tuple((part.model, len(part.rows), tuple(part.rows[0]), tuple(part.made.items())) for part in parts)
    values = {
        _name(place, number, name): value
        for place, part in enumerate(parts)
        for number, row in enumerate(part.rows)
        for name, value in row.items()
    }
    if connection.dialect.name in BY_ONE_STATEMENT:
        connection.execute(_whole(shapes, then), {**values, **given})
        return
    for statement in _inserts(shapes):
        connection.execute(statement, values)
    if then is not None:
        connection.execute(then, dict(given))


_Shapes = tuple[tuple[type[Base], int, tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]], ...]


@cache
def _whole(shapes: _Shapes, then: Update | None) -> Insert | Update:
    every: tuple[Insert | Update, ...] = (*_inserts(shapes), *(() if then is None else (then,)))
    *first, last = every
    return last.add_cte(*(each.cte(f"part_{place}") for place, each in enumerate(first)))


@cache
def _inserts(shapes: _Shapes) -> tuple[Insert, ...]:
    """Return a statement for each row: what SQLAlchemy compiles of several rows at once, it does not remember."""
    found = []
    for place, (model, count, names, made) in enumerate(shapes):
        table: Any = model.__table__
        make = dict(made)
        for number in range(count):
            row = {name: _value(table.c[name], _name(place, number, name), make.get(name)) for name in names}
            found.append(insert(table).values(_defaults(table, names) | row))
    return tuple(found)


def _value(column: Any, name: str, make: Callable[[Any], Any] | None) -> Any:
    return bindparam(name, type_=column.type) if make is None else make(bindparam(name, type_=String()))


def _name(place: int, number: int, column: str) -> str:
    return f"{column}_{place}_{number}"


def _defaults(table: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return what columns hold that no one names: the models' own defaults, which no part of a statement adds."""
    left = [column for column in table.c if column.name not in names and column.default is not None]
    return {column.name: column.default.arg for column in left}
