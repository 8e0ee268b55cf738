"""What a restore has to ask of PostgreSQL alone: who else is there, and tables that go, keys that wait, counters."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from webapp.db import Base

_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend'"""
_FUNCTIONS = """SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:names)"""
_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""
_COUNTERS = """SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
    FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ANY(:names)
    AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"""


def others(connection: Connection) -> int:
    """Return how many other connections use this database."""
    return connection.scalar(text(_OTHERS)) or 0


def drop_tables(connection: Connection) -> None:
    """Drop the tables of this service, with what their triggers call; a commit later, or not at all."""
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    names = [*Base.metadata.tables, "alembic_version"]
    functions = list(connection.scalars(text(_FUNCTIONS), {"names": names}))
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.execute(text(f"DROP TABLE IF EXISTS {quoted} CASCADE"))
    for function in functions:
        connection.execute(text(f"DROP FUNCTION {function}"))


def drop_keys(connection: Connection) -> list[tuple[str, str, str]]:
    """Drop all foreign keys, so that rows may come in any order, and return them."""
    keys = [(table, name, rule) for table, name, rule in connection.execute(text(_KEYS))]
    for table, name, _ in keys:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return keys


def add_keys(connection: Connection, keys: Sequence[tuple[str, str, str]]) -> None:
    """Add foreign keys again; the database looks at every row."""
    for table, name, rule in keys:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}"))


def count_on(connection: Connection, names: Sequence[str]) -> None:
    """Let each table go on counting from its last row."""
    for table, column, sequence in connection.execute(text(_COUNTERS), {"names": list(names)}).all():
        last = f'SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"'  # noqa: S608 - names of our own tables
        connection.execute(text(f"SELECT setval(:sequence, ({last}), false)"), {"sequence": sequence})
