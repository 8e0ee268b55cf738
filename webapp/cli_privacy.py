"""Commands about personal data: `liaison retention …` and `liaison privacy …`."""

from collections.abc import Callable

import click

from webapp.db import db, transaction
from webapp.domain.privacy import retention
from webapp.domain.security.acting import Acting

Who = Callable[[], Acting]


@click.group("retention")
def retention_group() -> None:
    """What has passed its time."""


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="List what has passed its time, and change nothing.")
@click.pass_obj
def retention_run(acting: Who, *, dry_run: bool) -> None:
    """Erase what has passed its time; what is on legal hold stays."""
    if dry_run:
        found = retention.passed(db.session(), by=acting())
        for each in found:
            click.echo(f"{each.rule}\t{each.id}\t{each.name}\tsince {each.since:%Y-%m-%d}")
        click.echo(f"{len(found)} would be erased; nothing was changed")
        return
    counts = retention.run(transaction, by=acting())
    for rule, count in counts.items():
        click.echo(f"{rule}\t{count}")


@click.group()
def privacy() -> None:
    """One person's data."""
