"""Commands about personal data: `liaison retention …` and `liaison privacy …`."""

from pathlib import Path

import click

from webapp.commands import NotedGroup, acting, in_force
from webapp.db import db, transaction
from webapp.domain.errors import NotAllowed
from webapp.domain.privacy import export, leftovers, person, requests, retention
from webapp.labels import DATA_PLACE
from webapp.vocabulary import Language


@click.group("retention", cls=NotedGroup)
def retention_group() -> None:
    """What has passed its time."""


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="List what has passed its time, and change nothing.")
def retention_run(*, dry_run: bool) -> None:
    """Erase what has passed its time; what is on legal hold stays."""
    if dry_run:
        found = retention.passed(db.session(), by=acting())
        for each in found:
            click.echo(f"{each.rule}\t{each.id}\t{each.name}\tsince {each.since:%Y-%m-%d}")
        click.echo(f"{len(found)} would be erased; nothing was changed")
        return
    counts = retention.run(transaction, by=acting(), present=in_force)
    leftovers.overwrite(transaction)
    for rule, count in counts.items():
        click.echo(f"{rule}\t{count}")


@click.group(cls=NotedGroup)
def privacy() -> None:
    """One person's data."""


@privacy.command("export")
@click.option("--email", required=True)
@click.option("--output", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--language", type=click.Choice([language.value for language in Language]), default="en")
def privacy_export(*, email: str, output: Path, language: str) -> None:
    """Write what is kept about an address into a ZIP file."""
    if person.find(db.session(), email).is_empty:
        raise click.ClickException("Nothing is kept about this address; no file was written.")
    output.write_bytes(export.export(db.session(), email, language=Language(language), by=acting()))
    click.echo(str(output))


@privacy.command("erase")
@click.option("--email", required=True)
@click.option("--yes", is_flag=True, help="Really erase: it cannot be undone.")
def privacy_erase(*, email: str, yes: bool) -> None:
    """Erase what is kept about an address; enquiries on legal hold stay."""
    if not yes:
        found = person.find(db.session(), email)
        raise click.UsageError(
            f"{len(found.enquiries)} enquiries and {len(found.contacts)} contacts would be erased; nothing was changed."
            " Add --yes to erase them."
        )
    try:
        with transaction() as session:
            done = requests.erase(session, email, by=acting())
    except NotAllowed as error:
        raise click.ClickException(
            "This is an address of a colleague, a network or the office. Change it at the desk; nothing was erased."
        ) from error
    leftovers.overwrite(transaction)
    for name, number in done.counts.items():
        click.echo(f"{name}\t{number}")
    for reference in done.kept:
        click.echo(f"on legal hold, kept\t{reference}")
    for each in done.mentions:
        where = " ".join((DATA_PLACE[each.table], *each.references))
        click.echo(f"the name is still written, please read\t{where}\t{each.count}")
