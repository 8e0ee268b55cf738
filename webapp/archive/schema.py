"""The tables' version: which there is, which ones are known, and how a connection's tables are brought to one."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection


def head(config: Config) -> str:
    """Return the version that this version of the service needs."""
    return ScriptDirectory.from_config(config).get_current_head() or ""


def knows(config: Config, revision: str) -> bool:
    """Return whether tables of a version can be made, and brought to this one."""
    try:
        return ScriptDirectory.from_config(config).get_revision(revision) is not None
    except CommandError:
        return False


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables that are there; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(config: Config, connection: Connection, revision: str) -> None:
    """Bring the tables to a version within the connection's own transaction."""
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
