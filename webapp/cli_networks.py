"""`liaison networks …`: the directory from a file, the installation's own or none."""

from pathlib import Path

import click

from webapp.commands import NotedGroup, acting, in_force
from webapp.db import transaction
from webapp.domain.directory import importing, terms
from webapp.domain.directory.source import DirectorySource, load


@click.group("networks", cls=NotedGroup)
def networks() -> None:
    """The directory."""


@networks.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--again", is_flag=True, help="Also what was deleted at the desk.")
def networks_import(path: Path | None, again: bool) -> None:
    """Import networks from a file, by default that of LIAISON_NETWORKS_FILE; what staff edited or deleted stays so."""
    path = path or importing.usual_file(in_force())
    if path is None:
        with transaction() as session:
            terms.begin(session)
        click.echo("No file of networks is set: nothing is imported. LIAISON_NETWORKS_FILE names one.")
        return
    source = loaded(path)
    with transaction() as session:
        report = importing.import_networks(session, source, by=acting(), again=again)
        terms.begin(session)
    click.echo(f"{len(report.added)} added, {len(report.changed)} changed, {len(source.networks)} in the file")
    for name in report.kept:
        click.echo(f"kept as edited: {name}")
    for slug in report.left_out:
        click.echo(f"left out, deleted at the desk: {slug}")


@networks.command("check")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def networks_check(path: Path) -> None:
    """Check a file of networks, and import nothing."""
    click.echo(f"{len(loaded(path).networks)} networks, no faults")


def loaded(path: Path) -> DirectorySource:
    """Return what a file says, or end with all its faults by line."""
    try:
        return load(path)
    except FileNotFoundError as error:
        raise click.ClickException(f"{path} is not there; LIAISON_NETWORKS_FILE names it.") from error
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
