"""Commands about the desk's search: `liaison search …`."""

import click

from webapp.commands import NotedGroup
from webapp.db import transaction
from webapp.domain.search import text as search_text

_AT_ONCE = 200


@click.group(cls=NotedGroup)
def search() -> None:
    """The index by which enquiries are found."""


@search.command()
@click.option("--after", default=0, help="Begin after this enquiry: where a run that was stopped left off.")
def rebuild(*, after: int) -> None:
    """Write the terms of every enquiry anew, some hundreds in each transaction; search works all the while."""
    while True:
        with transaction() as session:
            last = search_text.store_all(session, after=after, limit=_AT_ONCE)
        if not last:
            click.echo("done")
            return
        after = last
        click.echo(f"up to {after}")
