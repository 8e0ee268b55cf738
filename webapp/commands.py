"""What every command of the command line shares: who runs it and when, and that the audit log tells of it."""

import getpass
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from webapp.archive import schema
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain import settings as office_settings
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE, Actor, Origin
from webapp.vocabulary import AuditKind

_TIME = f"{__name__}.now"
# These look at the service, and at no one.
UNNOTED = frozenset({"check", "mail preview", "audit verify", "networks check"})


class NotedCommand(click.Command):
    """A command that the audit log tells of once it was run, by its name alone."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, then note it; a command that failed has said so and changed nothing."""
        result, command = super().invoke(ctx), " ".join(_names(ctx))
        if command not in UNNOTED:
            with transaction() as session:
                audit.note(session, AuditKind.COMMAND_RUN, command_line(), now=now(), subject=command)
        return result


class NotedGroup(click.Group):
    """A group whose commands, and those of the groups in it, are noted."""

    command_class = NotedCommand
    group_class = type

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where the database serves none, end with why that is and what to do."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            fault = database_fault()
            if fault is None:
                raise
            raise click.ClickException(fault) from error


def database_fault() -> str | None:
    """Return why the database serves no command or page, and what to do; None where it does."""
    try:
        with db.engine.connect() as connection:
            found = schema.revision_of(connection)
    except SQLAlchemyError as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        return f"The database cannot be reached: pages answer 503. Check LIAISON_DATABASE_URL and the database: {said}"
    config = current_app.extensions["migrate"].migrate.get_config()
    needed = schema.head(config)
    if found == needed:
        return None
    if found and not schema.knows(config, found):
        return f"The tables have version {found}, of a newer version of the service, and this one needs {needed}."
    return f"The tables have version {found or 'none'}, the service needs {needed}: run `liaison db upgrade`."


def _names(ctx: click.Context) -> list[str]:
    """Return the words of a command, without the program's name."""
    return [*_names(ctx.parent), str(ctx.info_name)] if ctx.parent else []


@cache
def command_line() -> Actor:
    """Return who runs this command: the service's own actor, with the server's user."""
    return replace(COMMAND_LINE, origin=Origin(request_id=secrets.token_hex(8), system_user=_system_user()))


def now() -> datetime:
    """Return the time at which this command acts: when it was first asked for."""
    return cast(datetime, click.get_current_context().find_root().meta.setdefault(_TIME, datetime.now(UTC)))


def acting() -> Acting:
    """Return who can run commands on the server, at this command's time, under the settings in force."""
    return Acting(command_line(), now(), in_force())


def in_force() -> Settings:
    """Return the settings with what the office chose; the environment's where there is no database."""
    settings: Settings = current_app.extensions["settings"]
    try:
        return office_settings.in_force(db.session(), settings)
    except SQLAlchemyError:
        return settings


def _system_user() -> str:
    """Return the server's user who runs this; by number where it has no name, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
