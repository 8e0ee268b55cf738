"""Commands about emails on their way: `liaison outbox …`."""

from collections.abc import Iterable

import click

from webapp.commands import NotedGroup, acting
from webapp.db import db, transaction
from webapp.domain.errors import NotAllowed
from webapp.domain.messages import holding, outbox
from webapp.domain.messages.holding import Outlook
from webapp.models import Message
from webapp.vocabulary import MessageState


@click.group("outbox", cls=NotedGroup)
def outbox_group() -> None:
    """Emails on their way."""


@outbox_group.command("list")
@click.option("--state", type=click.Choice([state.value for state in MessageState]))
@click.option("--limit", default=50)
def outbox_list(state: str | None, limit: int) -> None:
    """List emails, newest first: id, state, attempts, kind, recipient, last error."""
    query = db.select(Message).order_by(Message.id.desc()).limit(limit)
    if state:
        query = query.where(Message.state == MessageState(state))
    for message in db.session().scalars(query):
        fields = (message.id, message.state, message.attempts, message.kind, message.recipient_email)
        click.echo("\t".join(str(value) for value in (*fields, message.last_error)))


@outbox_group.command("retry")
@click.argument("message_ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every message that failed and was not set aside.")
def outbox_retry(message_ids: tuple[int, ...], every: bool) -> None:
    """Queue failed messages again, by id or all of them."""
    if every == bool(message_ids):
        raise click.UsageError("Give ids of messages, or --all.")
    number = _retry_all() if every else _retry(message_ids)
    click.echo(f"{number} queued; the next sweep sends them")


def _retry(message_ids: Iterable[int]) -> int:
    numbers = list(dict.fromkeys(message_ids))
    with transaction() as session:
        for number in numbers:
            message = session.get(Message, number, with_for_update=True)
            if message is None:
                raise click.ClickException(f"There is no message {number}; nothing was queued.")
            try:
                outbox.retry(session, message, by=acting())
            except NotAllowed as error:
                raise click.ClickException(f"Message {number} is still on its way; nothing was queued.") from error
    return len(numbers)


def _retry_all() -> int:
    total = 0
    while True:
        with transaction() as session:
            number = outbox.retry_failed(session, by=acting())
        total += number
        if not number:
            return total


@outbox_group.command("hold")
@click.option("--reason", default="", help="Why, for those who read the desk.")
def outbox_hold(reason: str) -> None:
    """Let no email leave from now on, until someone releases them here or at the desk."""
    with transaction() as session:
        done = holding.hold(session, reason, by=acting())
    click.echo("held: no email leaves until `liaison outbox release`" if done else "emails were held already")


@outbox_group.command("release")
@click.option("--waiting", type=click.Choice(["send", "leave"]), help="What had waited when the backup was made.")
@click.option("--doubtful", type=click.Choice(["send", "leave"]), default="leave", show_default=True,
              help="What was being sent when the backup was made, and may have arrived.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Really release.")
def outbox_release(waiting: str | None, doubtful: str, *, yes: bool) -> None:
    """Show what would leave; with --yes, let it."""
    by = acting()
    found = holding.outlook(db.session(), actor=by.actor)
    if found.hold is None:
        click.echo("LIAISON_MAIL=hold holds emails." if by.settings.mail_is_held else "No one holds emails.")
        return
    _show(found)
    if found.waiting and waiting is None:
        raise click.UsageError(
            "Say what becomes of the emails that had waited when the backup was made: --waiting send, if the service"
            " was stopped then; --waiting leave, if it continued and has sent them. Nothing was released."
        )
    if not yes:
        raise click.UsageError("Nothing was released. Add --yes to let them leave.")
    choices = {"waiting": waiting != "leave", "doubtful": doubtful == "send"}
    with transaction() as session:
        number = holding.release(session, found.hold.since, **choices, by=by)
    if number is None:
        raise click.ClickException("Someone else released or held emails meanwhile; nothing was done.")
    click.echo(f"{number} emails leave now")
    if by.settings.mail_is_held:
        click.echo("but LIAISON_MAIL=hold still holds them", err=True)


def _show(found: Outlook) -> None:
    held = found.hold
    if held is not None:
        of = f", restored from a backup of {held.backup_at:%Y-%m-%d %H:%M} UTC" if held.backup_at else ""
        click.echo(f"held since {held.since:%Y-%m-%d %H:%M} UTC by {held.held_by}{of}")
    click.echo(f"{found.fresh + found.waiting} would go, to {found.addresses} addresses; the newest:")
    for message in found.newest:
        click.echo("\t".join((f"  {message.id}", message.kind, message.recipient_email, message.subject)))
    if found.waiting:
        click.echo(f"of these, {found.waiting} had waited when the backup was made")
    if found.doubtful:
        click.echo(f"{found.doubtful} were being sent when the backup was made, and may have arrived:")
        for message in found.doubts:
            click.echo("\t".join((f"  {message.id}", message.kind, message.recipient_email, message.subject)))
