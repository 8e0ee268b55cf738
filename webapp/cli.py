"""The command line: `liaison …`, inside the application's context."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from webapp import cli_backup, cli_networks, cli_outbox, cli_privacy, cli_search, cli_users, create_app
from webapp.commands import NotedGroup, acting, database_fault, in_force, now
from webapp.config import Settings, SettingsError, read_settings, unknown_names
from webapp.db import db, transaction
from webapp.domain.accounts import people
from webapp.domain.directory import importing, terms
from webapp.domain.history import audit_chain
from webapp.domain.history.uniqueness import alone
from webapp.domain.messages import holding
from webapp.i18n import untranslated
from webapp.identity import Unreachable
from webapp.mail import probe
from webapp.mail.messages import Institution
from webapp.mail.render import render
from webapp.seeds.enquiries import add_samples
from webapp.seeds.mails import SAMPLES
from webapp.service import create_service
from webapp.vocabulary import Language, MessageKind, Role


@click.group(cls=NotedGroup)
def main() -> None:
    """Liaison Desk."""
    context = click.get_current_context()
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise click.ClickException(f"The settings cannot be used:\n{error}") from error
    # One command asks a page; all others start a second sooner without them.
    made = create_app if context.invoked_subcommand == "check" else create_service
    context.with_resource(made(settings).app_context())


main.add_command(cli_privacy.retention_group)
main.add_command(cli_privacy.privacy)
main.add_command(cli_networks.networks)
main.add_command(cli_users.users)
main.add_command(cli_outbox.outbox_group)
main.add_command(cli_backup.backup)
main.add_command(cli_backup.restore)
main.add_command(cli_search.search)


@main.group("db")
def database() -> None:
    """The database."""


@database.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to this version."""
    upgrade()


@main.group("audit")
def audit_group() -> None:
    """The audit log."""


@audit_group.command("verify")
@click.option("--head", default="", help="A hash that an earlier run printed; it must still be in the log.")
def audit_verify(head: str) -> None:
    """Check the chain of the audit log; ends with 1 and the first broken line where it does not hold."""
    found = audit_chain.verify(db.session(), head=head)
    if found.broken is not None:
        click.echo(f"Line {found.broken} is broken: {found.why}.", err=True)
        sys.exit(1)
    click.echo(f"{found.lines} lines hold. Keep the last hash elsewhere: {found.head}")


@main.group("mail")
def mail() -> None:
    """What the service writes."""


@mail.command("preview")
@click.option("--kind", type=click.Choice([kind.value for kind in MessageKind]), help="One mail instead of all.")
@click.option("--language", type=click.Choice([each.value for each in Language]), default="en")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write HTML and text files.")
def mail_preview(kind: str | None, language: str, folder: Path | None) -> None:
    """Show every email with sample values, as text, or as files in a folder."""
    institution = Institution.from_settings(in_force())
    for name in [MessageKind(kind)] if kind else list(MessageKind):
        rendered = render(SAMPLES[name](Language(language), institution), institution)
        if folder is None:
            click.echo(f"===== {name} ({language})\nSubject: {rendered.subject}\n\n{rendered.text}")
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.{language}.html").write_text(rendered.html, encoding="utf-8")
        (folder / f"{name}.{language}.txt").write_text(rendered.text, encoding="utf-8")
        click.echo(str(folder / f"{name}.{language}.html"))


@main.command()
@click.option("--mail", "tries_mail", is_flag=True, help="Connect to the mail server as well; nothing is sent.")
@click.option("--send-to", metavar="ADDRESS", help="Send a test email to this address as well.")
def check(tries_mail: bool, send_to: str | None) -> None:
    """Check settings, database, queue, outbox and virus scanner; ends with 1 where something is not as it should be."""
    state = current_app.test_client().get("/readyz").get_json()
    click.echo(json.dumps(state, indent=2))
    faults = list(_faults(state))
    for fault in faults:
        click.echo(fault, err=True)
    settings = in_force()
    for line in _translated(settings):
        click.echo(line, err=True)
    for line in _way(settings):
        click.echo(line, err=True)
    for name, nearest in unknown_names(os.environ).items():
        click.echo(f"WARN  {name}: nothing reads it.{f' Is {nearest} meant?' if nearest else ''}", err=True)
    for name in settings.in_the_clear:
        click.echo(f"WARN  {name}: the connection has no TLS. Use rediss://, or sslmode=verify-full.", err=True)
    findings = [
        *(probe.mail_servers(settings) if tries_mail else ()),
        *_test_email(settings, send_to),
        *_sign_on(),
    ]
    for finding in findings:
        click.echo(f"{'ok   ' if finding.ok else 'FAULT'} {finding.text}")
        if finding.advice:
            click.echo(f"      {finding.advice}")
    sys.exit(1 if faults or not all(finding.ok for finding in findings) else 0)


def _sign_on() -> list[probe.Finding]:
    """Ask the provider of single sign-on how it describes itself, and for its keys, where there is one."""
    provider = current_app.extensions["single_sign_on"]
    if provider is None:
        return []
    try:
        provider.check()
    except Unreachable as error:
        return [probe.Finding(False, f"Single sign-on: {error}.", "Check LIAISON_OIDC_ISSUER, and the way there.")]
    return [probe.Finding(True, "Single sign-on: the provider answers.")]


def _test_email(settings: Settings, send_to: str | None) -> list[probe.Finding]:
    if not send_to:
        return []
    if holding.are_held(db.session(), settings):
        return [probe.Finding(False, f"test email to {send_to}: not sent, as emails are held.")]
    return [probe.test_email(settings, send_to, now=now())]


def _way(settings: Settings) -> Iterator[str]:
    """Say where emails go, unless it is to their readers; that is no fault."""
    if settings.mail_is_held:
        yield "HELD  LIAISON_MAIL=hold: no email leaves. To send them, set LIAISON_MAIL=send and start all parts again."
    if settings.rehearsal:
        yield f"WARN  LIAISON_MAIL: this is a rehearsal. Every email goes to {settings.rehearsal}, none to its reader."


def _translated(settings: Settings) -> Iterator[str]:
    """Say of each language that is on how many texts its readers see in English; that is no fault."""
    for language in settings.languages:
        texts = untranslated(language)
        if texts:
            first = ", ".join(f"“{text}”" for text in texts[:3])
            yield f"{language}: {len(texts)} texts are not translated and are shown in English, such as {first}."
        else:
            yield f"{language}: every text is translated."


def _faults(state: dict[str, Any]) -> Iterator[str]:
    """What of `/readyz` is not as it should be, and what to do."""
    if not state["serving"]:
        yield database_fault() or "The database did not answer just now: pages answer 503. Try again."
        return
    if state["queue"] != "ok":
        yield "The queue cannot be reached: emails are kept and do not leave. Check LIAISON_REDIS_URL and the queue."
    if "held_since" in state:
        yield "Emails are held: no email leaves. `liaison outbox release` shows what would go, and lets it."
    if state["outbox"] == "late":
        minutes = state["oldest_undelivered_seconds"] // 60
        yield f"Delivery is stuck: the oldest email has waited for {minutes} minutes. Try `liaison check --mail`."
    if state.get("scanner") == "down":
        yield "The virus scanner does not answer: files stay closed. Check LIAISON_CLAMD_URL and clamd."
    if state.get("scanner") == "late":
        yield f"{state['files_waiting']} files have waited too long for their check: see “file.unchecked” in the log."
    if state["failed"]:
        yield f"{state['failed']} emails ended undelivered: `liaison outbox list --state failed` says why."
        yield "Send them again with `liaison outbox retry --all`, or set them aside at the desk."


@main.command()
@click.argument("number", type=click.IntRange(0, 500))
def sample(number: int) -> None:
    """Add realistic enquiries from plainly fictional partners."""
    click.echo(f"{add_samples(number, now=now(), settings=in_force())} added")


@main.command()
@click.option("--sample", "number", type=click.IntRange(0, 500), default=0)
@click.option("--email", default="admin@example.org")
def setup(number: int, email: str) -> None:
    """Everything that a first start needs, in one go; prints one line of JSON about the first account."""
    upgrade()
    with transaction() as session:
        if path := importing.usual_file(in_force()):
            importing.import_networks(session, cli_networks.loaded(path), by=acting())
        terms.begin(session)
    result: dict[str, object] = {"created": False}
    with transaction() as session:
        alone(session, "first account")
        if not people.has_accounts(session):
            result = {"created": True, "email": email, "password": _first_administrator(session, email)}
    if number:
        add_samples(number, now=now(), settings=in_force())
    click.echo(json.dumps(result))


def _first_administrator(session: Session, email: str) -> str:
    by = acting()
    given: dict[str, Any] = {"name": "Administrator", "role": Role.ADMINISTRATOR, "language": by.settings.language}
    return cli_users.added(session, email=email, **given, by=by)


if __name__ == "__main__":
    main(prog_name="liaison")
