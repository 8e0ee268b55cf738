"""`liaison users …`: accounts from the server, where someone can always be let in again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.db import db, transaction
from webapp.domain.accounts import administration, people, sessions
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.models import Person
from webapp.vocabulary import Language, Role

_Act = Callable[[Session, Person, Acting], str]
_NO_PERSON = {
    ("email", "known"): "{email} has an account already",
    ("email", "unreadable"): "{email} is no email address like name@example.org",
    ("name", "empty"): "the name is empty",
}
_REFUSED = {
    "last": "{email} is the only administrator who can sign in: make another one first.",
    "none": "{email} has no account that is open: `liaison users reopen` opens one that was closed.",
}


def group(acting: Callable[[], Acting]) -> click.Group:
    """Return the commands; `acting` says who acts when, and with which settings emails are written."""
    users = click.Group("users", help="People with accounts.")
    for command in (_add(acting), _list(acting), *_acts(acting)):
        users.add_command(command)
    return users


def _add(acting: Callable[[], Acting]) -> click.Command:
    @click.command("add")
    @click.option("--email", required=True)
    @click.option("--name", required=True)
    @click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
    @click.option("--language", type=click.Choice(list(Language)), default=None)
    def add(email: str, name: str, role: str, language: str | None) -> None:
        """Make an account and print its one-time password, good for 72 hours."""
        by = acting()
        own = Language(language or by.settings.language)
        try:
            with transaction() as session:
                password = added(session, email=email, name=name, role=Role(role), language=own, by=by)
        except Invalid as error:
            raise click.ClickException(_NO_PERSON[next(iter(error.faults.items()))].format(email=email)) from error
        click.echo(password)

    return add


def added(session: Session, *, email: str, name: str, role: Role, language: Language, by: Acting) -> str:
    """Add a person with an account, and return its one-time password. Raises Invalid."""
    made = administration.add(session, email=email, name=name, role=role, language=language, by=by, invites=False)
    return administration.give_one_time(session, made, by=by)


def _list(acting: Callable[[], Acting]) -> click.Command:
    @click.command("list")
    def listed() -> None:
        """List people: id, email, name, role, state, number of sign-ins, last use."""
        by = acting()
        used = sessions.counts(db.session(), now=by.now, settings=by.settings)
        for person in people.everyone(db.session(), actor=by.actor):
            number, seen = used.get(person.id, (0, None))
            last = seen.isoformat(timespec="minutes") if seen else ""
            fields = (person.id, person.email, person.name, person.role or "", _state(person, by.now), number, last)
            click.echo("\t".join(map(str, fields)))

    return listed


def _state(person: Person, now: datetime) -> str:
    if not person.active:
        return "closed"
    if person.role is None:
        return "no account"
    if person.password_hash is None:
        return "no password yet"
    if person.password_expires_at is not None:
        return "one-time password" if person.password_expires_at > now else "one-time password has ended"
    return "active"


def _acts(acting: Callable[[], Acting]) -> list[click.Command]:
    def reset(session: Session, found: Person, by: Acting) -> str:
        return administration.rescue(session, found, by=by)

    def reopen(session: Session, found: Person, by: Acting) -> str:
        _set_active(session, found, True, by=by)
        return "open again; `liaison users reset` prints a one-time password"

    def close(session: Session, found: Person, by: Acting) -> str:
        _set_active(session, found, False, by=by)
        return "closed, and signed out everywhere"

    def end_sessions(session: Session, found: Person, by: Acting) -> str:
        administration.end_sign_ins(session, found, by=by)
        return "signed out everywhere"

    known: list[tuple[str, _Act, str]] = [
        ("reset", reset, "Print a one-time password, good for 72 hours; sign-ins end, the owner gets an email."),
        ("reopen", reopen, "Open an account that was closed, with its role and password of before."),
        ("close", close, "Close an account and end its sign-ins."),
        ("end-sessions", end_sessions, "End all sign-ins of a person."),
    ]
    return [_act(name, act, about, acting) for name, act, about in known]


def _act(name: str, act: _Act, about: str, acting: Callable[[], Acting]) -> click.Command:
    @click.command(name, help=about)
    @click.argument("email")
    def command(email: str) -> None:
        by = acting()
        try:
            with transaction() as session:
                found = people.find(session, email)
                if found is None:
                    raise click.ClickException(f"There is no one with the address {email}.")
                said = act(session, found, by)
        except Invalid as error:
            raise click.ClickException(_REFUSED[next(iter(error.faults.values()))].format(email=email)) from error
        click.echo(said)

    return command


def _set_active(session: Session, found: Person, active: bool, *, by: Acting) -> None:
    kept: dict[str, Any] = {name: getattr(found, name) for name in ("name", "language", "role", "version")}
    administration.change(session, found, **kept, active=active, by=by)
