"""Everything in one file, and back: `liaison backup FILE`, `liaison restore FILE`."""

from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from webapp.archive import contents, restoring, schema, writing
from webapp.archive.contents import Damaged
from webapp.archive.restoring import NotRestored
from webapp.archive.writing import NotMade
from webapp.commands import NotedCommand, command_line, now
from webapp.config import Settings
from webapp.db import db
from webapp.domain.messages import holding

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=NotedCommand)
@click.argument("path", metavar="FILE", type=_FILE)
def backup(path: Path) -> None:
    """Write everything that the database holds, files of partners included, into one file, and check it.

    The service may run meanwhile. Settings and secrets are not in it: keep those apart.
    """
    config = current_app.extensions["migrate"].migrate.get_config()
    try:
        made = writing.write(db.engine, path, head=schema.head(config), now=now(), settings=_settings(), told=_told)
    except (NotMade, Damaged) as error:
        raise click.ClickException(f"No backup was made: {error}.") from error
    except (OSError, SQLAlchemyError) as error:
        raise click.ClickException(f"No backup was made: {_first_line(error)}") from error
    rows = sum(part.rows for part in made.parts)
    click.echo(f"{path}: {rows} rows of {len(made.parts)} tables, {path.stat().st_size} bytes, read back and right")
    if made.audit[2] is not None:
        click.echo(f"The audit log is broken from line {made.audit[2]} on, here and in the backup.", err=True)


@click.command(cls=NotedCommand)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Although the database holds something, which is gone then.")
@click.option("--yes", is_flag=True, help="With --replace: do not ask.")
def restore(path: Path, *, replace: bool, yes: bool) -> None:
    """Put a backup into this database, of either kind; all of it or nothing. Its emails are held until released."""
    config = current_app.extensions["migrate"].migrate.get_config()
    db.session.remove()
    try:
        _ask(replace=replace, yes=yes)
        given = {"config": config, "actor": command_line(), "now": now()}
        manifest = restoring.restore(db.engine, path, **given, replace=replace, told=_told)
    except (NotRestored, Damaged) as error:
        raise click.ClickException(f"Nothing was restored, and nothing was changed: {error}.") from error
    except (OSError, SQLAlchemyError) as error:
        raise click.ClickException(f"Nothing was restored, and nothing was changed: {_first_line(error)}") from error
    finally:
        db.engine.dispose()
    rows = sum(part.rows for part in manifest.parts)
    click.echo(f"{rows} rows of {len(manifest.parts)} tables are restored, as they were at {manifest.made_at}")
    if not contents.opens_links(manifest, _settings()):
        click.echo(
            "LIAISON_SECRET_KEY is not the one of the backup: links in emails that were sent do not open, and no"
            " authenticator app is known. Set the key of then, or add it to LIAISON_SECRET_KEY_FALLBACKS.",
            err=True,
        )
    found = holding.outlook(db.session(), actor=command_line())
    click.echo(
        f"Emails are held: {found.waiting} wait, {found.doubtful} may have been sent. Nothing leaves until"
        " `liaison outbox release`, or the desk, Undelivered messages."
    )


def _ask(*, replace: bool, yes: bool) -> None:
    """See that nothing is replaced that no one wants gone."""
    there = restoring.held_rows(db.engine)
    if not there:
        return
    told = ", ".join(f"{there.get(name, 0)} {name}" for name in ("enquiries", "people", "networks", "messages"))
    if not replace:
        raise click.UsageError(
            f"The database holds {told}. Nothing was changed; --replace puts the backup in its place."
        )
    if not yes:
        click.confirm(f"The database holds {told}. All of it will be gone. Go on?", abort=True)


def _first_line(error: Exception) -> str:
    """Return what the system or the database said, without statements and pages of the library."""
    return str(error).partition("\n")[0]


def _told(table: str, rows: int) -> None:
    if rows:
        click.echo(f"  {table}\t{rows}", err=True)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
