"""`liaison users …`: accounts from the server, where someone can always be let in again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.commands import NotedGroup, acting
from webapp.db import db, transaction
from webapp.domain.accounts import administration, people, sessions
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.models import Person
from webapp.vocabulary import Language, Role

_NO_PERSON = {
    ("email", "known"): "{email} has an account already",
    ("email", "unreadable"): "{email} is no email address like name@example.org",
    ("name", "empty"): "the name is empty",
}
_REFUSED = {
    "last": "{email} is the only administrator who can sign in: make another one first.",
    "no second step": "{email} has no second step.",
    "none": "{email} has no account that is open: `liaison users reopen` opens one that was closed.",
}


@click.group("users", cls=NotedGroup)
def users() -> None:
    """People with accounts."""


@users.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--language", type=click.Choice([each.value for each in Language]), default=None)
def users_add(email: str, name: str, role: str, language: str | None) -> None:
    """Make an account and print its one-time password, good for 72 hours."""
    by = acting()
    own, on = Language(language or by.settings.language), by.settings.languages
    if own not in on:
        raise click.BadParameter(f"{own} is not in use here; choose one of {', '.join(on)}.")
    try:
        with transaction() as session:
            password = added(session, email=email, name=name, role=Role(role), language=own, by=by)
    except Invalid as error:
        raise click.ClickException(_NO_PERSON[next(iter(error.faults.items()))].format(email=email)) from error
    click.echo(password)


def added(session: Session, *, email: str, name: str, role: Role, language: Language, by: Acting) -> str:
    """Add a person with an account, and return its one-time password. Raises Invalid."""
    made = administration.add(session, email=email, name=name, role=role, language=language, by=by, invites=False)
    return administration.give_one_time(session, made, by=by)


@users.command("list")
def users_list() -> None:
    """List people: id, email, name, role, state, number of sign-ins, last use."""
    by = acting()
    used = sessions.counts(db.session(), now=by.now, settings=by.settings)
    for person in people.each(db.session(), actor=by.actor):
        number, seen = used.get(person.id, (0, None))
        last = seen.isoformat(timespec="minutes") if seen else ""
        fields = (person.id, person.email, person.name, person.role or "", _state(person, by.now), number, last)
        click.echo("\t".join(map(str, fields)))


def _state(person: Person, now: datetime) -> str:
    if not person.active:
        return "closed"
    if person.role is None:
        return "no account"
    if person.password_hash is None:
        return "no password yet" if person.sign_on_subject is None else "single sign-on alone"
    if person.password_expires_at is not None:
        return "one-time password" if person.password_expires_at > now else "one-time password has ended"
    return "active"


@users.command("reset")
@click.argument("email")
def users_reset(email: str) -> None:
    """Print a one-time password, good for 72 hours; sign-ins end, the owner gets an email."""
    click.echo(_done(email, administration.rescue))


@users.command("reset-second-step")
@click.argument("email")
def users_reset_second_step(email: str) -> None:
    """Remove all that someone has for the second step at sign-in; sign-ins end, the owner gets an email."""
    _done(email, _reset_second_step)
    click.echo("removed; the password alone signs in, to set up another one")


@users.command("reopen")
@click.argument("email")
def users_reopen(email: str) -> None:
    """Open an account that was closed, with its role and password of before."""
    _done(email, lambda session, found, *, by: _set_active(session, found, True, by=by))
    click.echo("open again; `liaison users reset` prints a one-time password")


@users.command("close")
@click.argument("email")
def users_close(email: str) -> None:
    """Close an account and end its sign-ins."""
    _done(email, lambda session, found, *, by: _set_active(session, found, False, by=by))
    click.echo("closed, and signed out everywhere")


@users.command("end-sessions")
@click.argument("email")
def users_end_sessions(email: str) -> None:
    """End all sign-ins of a person."""
    _done(email, administration.end_sign_ins)
    click.echo("signed out everywhere")


def _done(email: str, act: Callable[..., Any]) -> Any:
    """Do something to the account of an address, in one transaction; say why it cannot be done."""
    by = acting()
    try:
        with transaction() as session:
            found = people.find(session, email)
            if found is None:
                raise click.ClickException(f"There is no one with the address {email}.")
            return act(session, found, by=by)
    except Invalid as error:
        raise click.ClickException(_REFUSED[next(iter(error.faults.values()))].format(email=email)) from error


def _set_active(session: Session, found: Person, active: bool, *, by: Acting) -> None:
    kept: dict[str, Any] = {name: getattr(found, name) for name in ("name", "language", "role", "version")}
    administration.change(session, found, **kept, active=active, by=by)


def _reset_second_step(session: Session, found: Person, *, by: Acting) -> None:
    administration.reset_second_step(session, found, version=found.version, by=by)
