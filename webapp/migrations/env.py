"""Alembic's environment: the application's engine and models; SQLite alters tables by copying them."""

from alembic import context
from alembic.ddl.sqlite import SQLiteImpl
from flask import current_app
from sqlalchemy import JSON, Enum

from webapp.db import UTCDateTime
from webapp.models.search import is_of_a_model

target = current_app.extensions["migrate"].db


class SQLite(SQLiteImpl):
    """Reads of a table that it copies that one alone: those it points to, and theirs, took half of the time."""

    __dialect__ = "sqlite"

    def requires_recreate_in_batch(self, batch_op):
        batch_op.reflect_kwargs.setdefault("resolve_fks", False)
        return super().requires_recreate_in_batch(batch_op)


def render_item(kind, item, autogen_context):
    """Migrations stand on SQLAlchemy alone: our types are written as what they store, words as plain text."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    # A restore brings its own, and makes the tables within a transaction of its own.
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    with target.engine.connect() as connection:
        _mind_foreign_keys(connection, on=False)
        migrate(connection)
        _mind_foreign_keys(connection, on=True)


def migrate(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=target.metadata,
        render_item=render_item,
        render_as_batch=True,
        include_object=is_of_a_model,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _mind_foreign_keys(connection, *, on) -> None:
    """SQLite alters a table by copying it and dropping the old one, which rows that point to it would forbid."""
    if connection.dialect.name != "sqlite":
        return
    sqlite = connection.connection.dbapi_connection
    if on and (broken := sqlite.execute("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"rows point to nothing: {broken[:5]}")
    # Outside a transaction, where alone it has an effect.
    sqlite.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


run()
