"""New rows of several tables at once: one statement where the database takes them as one, else one for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Insert,
    String,
    Update,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.orm import Session, attributes

from webapp.connections import by_heart
from webapp.db import Base

Model = TypeVar("Model", bound=Base)

BY_ONE_STATEMENT = frozenset({"postgresql"})
# A statement of a hundred values has them as $1, $2 … from the beginning: psycopg would look for %(name)s in it anew
# each time, and forget what it found.
_IN_ORDER = psycopg_dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

Numbers = dict[type[Base], list[int]]


@dataclass(frozen=True)
class Rows:
    """Rows of one table by its columns, all of the same; what is left out has its default. Nothing is looked up.

    `made` names columns whose values the database makes of a text that is given.
    """

    model: type[Base]
    rows: Sequence[Mapping[str, Any]]
    made: Mapping[str, Callable[[Any], ColumnElement[Any]]] = field(default_factory=dict)


def made(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return a row with values of its columns, no session's, as one that is read: no note is taken of each value."""
    row: Model = attributes.manager_of_class(model).new_instance()
    attributes.instance_dict(row).update(values)
    return row


def reserve(session: Session, wanted: Mapping[type[Base], int]) -> Numbers:
    """Return as many ids as are wanted for rows that this transaction writes."""
    found = session.connection().execute(select(*ids(wanted, session.get_bind().dialect.name))).one()
    return numbers(wanted, found)


def ids(wanted: Mapping[type[Base], int], dialect: str) -> list[ColumnElement[int]]:
    """Return columns that reserve as many ids, for a statement of a transaction that writes; see `numbers`."""
    return [_next(each, place, dialect) for each, count in wanted.items() for place in range(count)]


def numbers(wanted: Mapping[type[Base], int], found: Sequence[int]) -> Numbers:
    """Return what the columns of `ids` gave, by model."""
    left = iter(found)
    return {each: [next(left) for _ in range(count)] for each, count in wanted.items()}


def _next(model: type[Base], place: int, dialect: str) -> ColumnElement[Any]:
    """Return what gives an id; on SQLite writers come one after the other, so that the largest one says it."""
    table: Any = model.__table__
    label = f"{table.name}_{place}"
    if dialect == "sqlite":
        return (select(func.coalesce(func.max(table.c.id), 0) + 1 + place).scalar_subquery()).label(label)
    return func.nextval(f"{table.name}_id_seq").label(label)


def write(
    session: Session,
    parts: Sequence[Rows],
    then: Update | None = None,
    given: Mapping[str, Any] = {},
    *,
    first: Rows | None = None,
) -> bool:
    """Insert rows, beside the session, and update what hangs on them with the given values of its parameters.

    `first` is one row on which all of it hangs: where any of its unique keys is taken, nothing is written, which False
    says.
    """
    connection = session.connection()
    every = [*parts, *([first] if first else [])]
    shapes = tuple(_shape(part) for part in every)
    rows = ((row, shape.names) for part, shape in zip(every, shapes, strict=True) for row in part.rows)
    values = [row[name] for row, names in rows for name in names]
    if connection.dialect.name in BY_ONE_STATEMENT:
        whole = _whole(shapes, then, tuple(given), has_first=first is not None)
        return _at_once(connection, whole, [*values, *given.values()])
    named = dict(zip(_keys(shapes), values, strict=True))
    if (
        first
        and connection.execute(_unless_taken(shapes[-1], len(parts), connection.dialect.name), named).rowcount == 0
    ):
        return False
    for statement in _inserts(shapes[: len(parts)]):
        connection.execute(statement, named)
    if then is not None:
        connection.execute(then, dict(given))
    return True


@dataclass(frozen=True)
class _Shape:
    """What rows of a table have in common with those of another time, so that their statement is made once."""

    model: type[Base]
    count: int
    names: tuple[str, ...]
    made: tuple[tuple[str, Callable[[Any], Any]], ...]


def _shape(part: Rows) -> _Shape:
    return _Shape(part.model, len(part.rows), tuple(part.rows[0]), tuple(part.made.items()))


@dataclass(frozen=True)
class _Compiled:
    """A statement as PostgreSQL takes it, and what makes each of its values in order: its place among those that are
    given and, behind them, `fixed`; and how it is written for the driver."""

    text: str
    values: tuple[tuple[int, Callable[[Any], Any] | None], ...]
    fixed: tuple[Any, ...]


def _at_once(connection: Connection, statement: _Compiled, given: list[Any]) -> bool:
    """Run a statement; return whether its last part found a row to write."""
    given.extend(statement.fixed)
    values = tuple([given[at] if write is None else write(given[at]) for at, write in statement.values])
    with by_heart(connection, raw=True):
        return connection.exec_driver_sql(statement.text, values).rowcount > 0


@cache
def _whole(shapes: tuple[_Shape, ...], then: Update | None, given: tuple[str, ...], *, has_first: bool) -> _Compiled:
    new: CTE | None = None
    at = {name: place for place, name in enumerate((*_keys(shapes), *given))}
    if has_first:
        shapes, first, place = shapes[:-1], shapes[-1], len(shapes) - 1
        table: Any = first.model.__table__
        new = _unless_taken(first, place, "postgresql").returning(table.c.id).cte("new")
        then = None if then is None else then.where(exists(select(new.c.id)))
    every: tuple[Insert | Update, ...] = (*_inserts(shapes, new), *(() if then is None else (then,)))
    *others, last = every
    whole = last.add_cte(*(each.cte(f"part_{place}") for place, each in enumerate(others)))
    compiled: Any = whole.compile(dialect=_IN_ORDER)
    default = compiled.construct_params(_check=False)
    fixed = [name for name in compiled.positiontup if name not in at]
    at |= {name: len(at) + place for place, name in enumerate(fixed)}
    kinds = [(name, compiled.binds[name].type.dialect_impl(_IN_ORDER)) for name in compiled.positiontup]
    values = tuple((at[name], kind.bind_processor(_IN_ORDER)) for name, kind in kinds)
    return _Compiled(str(compiled), values, tuple(default[name] for name in fixed))


@cache
def _unless_taken(shape: _Shape, place: int, dialect: str) -> Any:
    """Return a statement that inserts a row, or nothing where any of its unique keys is taken."""
    kind: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return kind(shape.model.__table__).values(_row(shape, place, 0)).on_conflict_do_nothing()


@cache
def _inserts(shapes: tuple[_Shape, ...], new: CTE | None = None) -> tuple[Insert, ...]:
    """Return a statement for each row, which writes none where there is no new row on which it hangs.

    What SQLAlchemy compiles of several rows at once, it does not remember.
    """
    found = []
    for place, shape in enumerate(shapes):
        table: Any = shape.model.__table__
        for number in range(shape.count):
            row = _row(shape, place, number)
            if new is None:
                found.append(insert(table).values(row))
            else:
                found.append(insert(table).from_select([*row], select(*row.values()).where(exists(select(new.c.id)))))
    return tuple(found)


def _row(shape: _Shape, place: int, number: int) -> dict[str, Any]:
    """Return what goes into the columns of a row; those that no one names hold the models' own defaults, which no part
    of a statement adds."""
    columns: Any = shape.model.__table__.c
    made = dict(shape.made)
    left = [column for column in columns if column.name not in shape.names and column.default is not None]
    row = {column.name: literal(column.default.arg, column.type) for column in left}
    for name in shape.names:
        key, make = _name(place, number, name), made.get(name)
        row[name] = bindparam(key, type_=columns[name].type) if make is None else make(bindparam(key, type_=String()))
    return row


def _keys(shapes: tuple[_Shape, ...]) -> list[str]:
    """Return the name of each value of rows, in order."""
    rows = ((place, number, shape) for place, shape in enumerate(shapes) for number in range(shape.count))
    return [_name(place, number, name) for place, number, shape in rows for name in shape.names]


def _name(place: int, number: int, column: str) -> str:
    return f"{column}_{place}_{number}"
