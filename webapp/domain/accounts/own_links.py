"""Links by which people set the password of their own account: sent to their address, good once and for three days."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, contains_eager

from webapp.config import Settings
from webapp.domain.accounts import passwords
from webapp.domain.accounts.passwords import NewPassword
from webapp.domain.errors import Gone, NotFound
from webapp.domain.history import audit
from webapp.domain.messages import outbox
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE, SYSTEM, UNKNOWN_ORIGIN, Actor, Origin, staff
from webapp.domain.security.tokens import hash_token, new_link
from webapp.mail import messages
from webapp.mail.messages import Addressee, EmailContent, Institution
from webapp.models import AccountLink, Person
from webapp.vocabulary import AuditKind, MessageKind

LASTS = timedelta(hours=72)


def invite(session: Session, person: Person, *, by: Acting) -> None:
    """Send a person who has an account the link to set its first password; links of before end."""
    institution = Institution.from_settings(by.settings)

    def written(to: Addressee, until: datetime) -> EmailContent:
        return messages.staff_invited(institution, to=to, by=_named(by.actor), until=until)

    _send(session, person, written, by=by)


def send_reset(session: Session, person: Person, *, by: Acting) -> None:
    """Send a person the link to a new password, in the name of who reset the old one.

    At their own wish it is the service itself that sends it, and nothing was reset.
    """
    institution = Institution.from_settings(by.settings)
    office = by.settings.named("institution_short", by.settings.spoken(person.language))
    name = "" if by.actor == SYSTEM else _named(by.actor) or office

    def written(to: Addressee, until: datetime) -> EmailContent:
        return messages.staff_reset(institution, to=to, by=name, until=until)

    _send(session, person, written, by=by)


def _named(actor: Actor) -> str:
    return "" if actor == COMMAND_LINE else actor.name


def _send(
    session: Session, person: Person, written: Callable[[Addressee, datetime], EmailContent], *, by: Acting
) -> None:
    """The link belongs to this one email: delivery puts it into no other."""
    now, settings = by.now, by.settings
    end(session, person, now=now)
    link, until = new_link(settings.secret_key), now + LASTS
    content = written(_owner(person, settings), until)
    key = f"{content.kind}:{link['token_hash']}"
    message = outbox.stage(session, content, enquiry=None, dedupe_key=key, now=now, settings=settings)
    assert message is not None  # its key is a new secret's
    session.add(AccountLink(**link, person=person, message_id=message.id, created_at=now, expires_at=until))
    audit.note(session, AuditKind.PASSWORD_LINK_SENT, by.actor, now=now, subject=person.name)


def _owner(person: Person, settings: Settings) -> Addressee:
    return Addressee(person.name, person.email, settings.spoken(person.language))


def end(session: Session, person: Person, *, now: datetime) -> None:
    """End the links of a person that are good: another takes their place, or the account is closed."""
    good = (AccountLink.person_id == person.id, AccountLink.ended_at.is_(None))
    session.execute(update(AccountLink).where(*good).values(ended_at=now))


def opened(session: Session, token: str, *, now: datetime, lock: bool = False) -> AccountLink:
    """Return the link of a token, with its person. Raises NotFound, and Gone where it is good no more."""
    query = select(AccountLink).join(AccountLink.person).where(AccountLink.token_hash == hash_token(token))
    query = query.options(contains_eager(AccountLink.person)).execution_options(populate_existing=True)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("link")
    person = found.person
    if found.ended_at is not None or found.expires_at <= now or not person.active or person.role is None:
        raise Gone(language=person.language)
    return found


def set_password(
    session: Session,
    token: str,
    made: NewPassword,
    *,
    now: datetime,
    settings: Settings,
    origin: Origin = UNKNOWN_ORIGIN,
) -> None:
    """Set the password of a link's owner, end the link, and every sign-in of before; the owner gets an email.

    `made` was hashed outside this transaction, for the same token. Raises NotFound, Gone, NotAllowed.
    """
    person = opened(session, token, now=now, lock=True).person
    by = Acting(staff(person, origin), now, settings)
    change(session, person, made, by=by, kind=AuditKind.PASSWORD_SET_BY_LINK)


def change(
    session: Session, person: Person, made: NewPassword, *, by: Acting, kind: AuditKind = AuditKind.PASSWORD_CHANGED
) -> None:
    """Change a password by whichever right: all sign-ins and links of before end, and the owner gets an email."""
    passwords.change_password(session, person, made, by=by, kind=kind)
    end(session, person, now=by.now)
    tell_changed(session, person, now=by.now, settings=by.settings)


def tell_changed(session: Session, person: Person, *, now: datetime, settings: Settings) -> None:
    """Email the owner of an account that its password was changed."""
    content = messages.staff_password_changed(Institution.from_settings(settings), to=_owner(person, settings), at=now)
    key = f"{MessageKind.STAFF_PASSWORD_CHANGED}:{person.id}:{now.isoformat()}"
    outbox.stage(session, content, enquiry=None, dedupe_key=key, now=now, settings=settings)
