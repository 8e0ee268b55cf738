"""`liaison users …`: accounts from the server, where someone can always be let in again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import administration, people, sessions
from webapp.domain.errors import Invalid
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.models import Person
from webapp.vocabulary import Language, Role

_NO_PERSON = {
    ("email", "known"): "{email} has an account already",
    ("email", "unreadable"): "{email} is no email address like name@example.org",
    ("name", "empty"): "the name is empty",
}
_REFUSED = {
    "last": "{email} is the only administrator who can sign in: make another one first.",
    "none": "{email} has no account that is open: `liaison users reopen` opens one that was closed.",
}


def group(in_force: Callable[[], Settings]) -> click.Group:
    """Return the commands; `in_force` says with which settings emails are written."""
    users = click.Group("users", help="People with accounts.")
    for command in (_add(), _list(in_force), *_acts(in_force)):
        users.add_command(command)
    return users


def _add() -> click.Command:
    @click.command("add")
    @click.option("--email", required=True)
    @click.option("--name", required=True)
    @click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
    @click.option("--language", type=click.Choice([language.value for language in Language]), default="en")
    def add(email: str, name: str, role: str, language: str) -> None:
        """Make an account and print its one-time password, good for 72 hours."""
        given = {"email": email, "name": name, "role": Role(role), "language": Language(language)}
        try:
            click.echo(added(**given))
        except Invalid as error:
            raise click.ClickException(_NO_PERSON[next(iter(error.faults.items()))].format(email=email)) from error

    return add


def added(**given: Any) -> str:
    """Add a person with an account, and return its one-time password. Raises Invalid."""
    known: dict[str, Any] = {"actor": COMMAND_LINE, "now": datetime.now(UTC)}
    with transaction() as session:
        made = administration.add(session, **given, **known, settings=None)
        return administration.give_one_time(session, made, **known)


def _list(in_force: Callable[[], Settings]) -> click.Command:
    @click.command("list")
    def listed() -> None:
        """List people: id, email, name, role, state, number of sign-ins, last use."""
        now = datetime.now(UTC)
        used = sessions.counts(db.session(), now=now, settings=in_force())
        for person in people.everyone(db.session(), actor=COMMAND_LINE):
            number, seen = used.get(person.id, (0, None))
            last = seen.isoformat(timespec="minutes") if seen else ""
            fields = (person.id, person.email, person.name, person.role or "", _state(person, now), number, last)
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


def _acts(in_force: Callable[[], Settings]) -> list[click.Command]:
    def reset(session: Any, found: Person, now: datetime) -> str:
        return administration.rescue(session, found, now=now, settings=in_force())

    def reopen(session: Any, found: Person, now: datetime) -> str:
        _set_active(session, found, True, now=now, settings=in_force())
        return "open again; `liaison users reset` prints a one-time password"

    def close(session: Any, found: Person, now: datetime) -> str:
        _set_active(session, found, False, now=now, settings=in_force())
        return "closed, and signed out everywhere"

    def end_sessions(session: Any, found: Person, now: datetime) -> str:
        administration.end_sign_ins(session, found, actor=COMMAND_LINE, now=now)
        return "signed out everywhere"

    return [
        _act("reset", reset, "Print a one-time password, good for 72 hours; sign-ins end, the owner gets an email."),
        _act("reopen", reopen, "Open an account that was closed, with its role and password of before."),
        _act("close", close, "Close an account and end its sign-ins."),
        _act("end-sessions", end_sessions, "End all sign-ins of a person."),
    ]


def _act(name: str, act: Callable[[Any, Person, datetime], str], about: str) -> click.Command:
    @click.command(name, help=about)
    @click.argument("email")
    def command(email: str) -> None:
        try:
            with transaction() as session:
                found = people.find(session, email)
                if found is None:
                    raise click.ClickException(f"There is no one with the address {email}.")
                said = act(session, found, datetime.now(UTC))
        except Invalid as error:
            raise click.ClickException(_REFUSED[next(iter(error.faults.values()))].format(email=email)) from error
        click.echo(said)

    return command


def _set_active(session: Any, found: Person, active: bool, *, now: datetime, settings: Settings) -> None:
    kept: dict[str, Any] = {name: getattr(found, name) for name in ("name", "language", "role")}
    administration.change(session, found, **kept, active=active, actor=COMMAND_LINE, now=now, settings=settings)
