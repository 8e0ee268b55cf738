"""Sign-ins as rows: opened, found by their token, listed, ended on the server."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import DomainError, NotFound
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import UNKNOWN_ORIGIN, Origin, staff
from webapp.domain.security.tokens import hash_token, new_token
from webapp.identity import Identity
from webapp.models import Person, PublicVersion, StaffSession, WaitingSignIn, WaitingWords
from webapp.vocabulary import AuditKind

SESSION_LENGTH = timedelta(hours=12)
# Acts on accounts ask for the password again once it was given longer ago than this.
FRESH = timedelta(minutes=10)
# How long what was typed waits for someone who signs in elsewhere.
WORDS_WAIT = timedelta(hours=1)
# A sign-in that is used is written down no more often than this.
_NOTED_EVERY = timedelta(minutes=3)


class PasswordEnded(DomainError):
    """A one-time password that was right, and is good no more."""


def open_session(
    session: Session,
    person: Person,
    *,
    now: datetime,
    kept: str = "",
    second_step: bool = False,
    browser: str = "",
    origin: Origin = UNKNOWN_ORIGIN,
    provider: Identity | None = None,
) -> str:
    """Start a sign-in and return its token, which is nowhere stored.

    `kept` is what the person had typed before, packed; it ends with the sign-in. `second_step` says that one was
    given. `browser` and the address of `origin` are for the person to recognise it by. `provider` is whom single
    sign-on says that they are, where it lets them in. Raises PasswordEnded for a one-time password that ended.
    """
    refuse_ended(person, now=now)
    token = new_token()
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            person=person,
            created_at=now,
            seen_at=now,
            asked_at=now if provider is None else _asked(provider, now=now),
            by_provider=provider is not None,
            expires_at=now + SESSION_LENGTH,
            browser=browser,
            address=origin.address,
            kept=kept,
            second_step=second_step,
        )
    )
    way: dict[str, Any] = {"by": "provider"} if provider is not None else {}
    audit.note(session, AuditKind.SIGNED_IN, staff(person, origin), now=now, **way)
    return token


def _asked(provider: Identity, *, now: datetime) -> datetime | None:
    """A provider whose clock is ahead of ours makes no sign-in fresh for longer."""
    return min(provider.asked_at, now) if provider.asked_at is not None else None


def refuse_ended(person: Person, *, now: datetime) -> None:
    """Raise PasswordEnded for a person whose one-time password is good no more."""
    if person.password_expires_at is not None and person.password_expires_at <= now:
        raise PasswordEnded


def present(session: Session, token: str, *, now: datetime, settings: Settings) -> StaffSession:
    """Return the sign-in of a token, with its person.

    Raises NotFound once it was ended, ran out, was not used for too long, or the account or its one-time password
    ended.
    """
    return present_at(session, token, now=now, settings=settings)[0]


def present_at(
    session: Session, token: str, *, now: datetime, settings: Settings, also: tuple[ScalarSelect[Any], ...] = ()
) -> tuple[StaffSession, str | None, tuple[Any, ...]]:
    """Return what `present` does, the version of what pages show, and what `also` reads, all by one statement."""
    idle = now - timedelta(minutes=settings.session_idle_minutes)
    given = {"token": hash_token(token), "now": now, "idle": idle}
    row = session.execute(_present(also), given).one_or_none()
    if row is None or not row[0].person.may_sign_in:
        raise NotFound("session")
    until = row[0].person.password_expires_at
    if until is not None and until <= now:
        raise NotFound("session")
    return row[0], row[1], tuple(row[2:])


# Built once: it is asked with each page of the desk.
@lru_cache
def _present(also: tuple[ScalarSelect[Any], ...]) -> Select[Any]:
    lives = StaffSession.expires_at > bindparam("now"), StaffSession.seen_at > bindparam("idle")
    mine = StaffSession.token_hash == bindparam("token")
    return select(StaffSession, PublicVersion.present(), *also).where(mine, *lives)


def _lives(now: datetime, settings: Settings) -> ColumnElement[bool]:
    idle = timedelta(minutes=settings.session_idle_minutes)
    return and_(StaffSession.expires_at > now, StaffSession.seen_at > now - idle)


def is_fresh(found: StaffSession, *, now: datetime) -> bool:
    """Return whether the person proved who they are so lately that they are not asked again."""
    return found.asked_at is not None and found.asked_at > now - FRESH


def is_unnoted(found: StaffSession, *, now: datetime) -> bool:
    """Return whether a sign-in that is used now should be written down as seen."""
    return found.seen_at <= now - _NOTED_EVERY


def note_seen(session: Session, token: str, *, now: datetime) -> None:
    """Write down that a sign-in is used, so that it does not end for lack of use."""
    mine = StaffSession.token_hash == hash_token(token)
    session.execute(update(StaffSession).where(mine).values(seen_at=now))


def listed(session: Session, person: Person, *, now: datetime, settings: Settings) -> Sequence[StaffSession]:
    """Return a person's sign-ins that have not ended, the one used last first."""
    query = select(StaffSession).where(StaffSession.person_id == person.id, _lives(now, settings))
    return session.scalars(query.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())).all()


def counts(session: Session, *, now: datetime, settings: Settings) -> dict[int, tuple[int, datetime]]:
    """Return, by person's id, how many sign-ins have not ended, and when one was used last."""
    lives = select(StaffSession.person_id, func.count(), func.max(StaffSession.seen_at)).where(_lives(now, settings))
    return {row[0]: (row[1], row[2]) for row in session.execute(lives.group_by(StaffSession.person_id))}


def is_token_of(found: StaffSession, token: str) -> bool:
    """Return whether a token is that of this sign-in."""
    return found.token_hash == hash_token(token)


def kept_words(session: Session, token: str) -> str:
    """Return what waits with a sign-in, packed; nothing where nothing does."""
    return session.scalar(select(StaffSession.kept).where(StaffSession.token_hash == hash_token(token))) or ""


def forget_words(session: Session, token: str) -> None:
    """Let go of what waited with a sign-in, once it was sent."""
    session.execute(update(StaffSession).where(StaffSession.token_hash == hash_token(token)).values(kept=""))


def put_words_aside(session: Session, kept: str, *, now: datetime) -> str:
    """Keep what someone typed while they sign in elsewhere, and return the token by which it is taken back."""
    token = new_token()
    session.add(WaitingWords(token_hash=hash_token(token), kept=kept, at=now))
    return token


def take_words_back(session: Session, token: str) -> str:
    """Return what waits for a token, packed, and forget it; nothing where nothing does."""
    mine = WaitingWords.token_hash == hash_token(token)
    return session.scalar(delete(WaitingWords).where(mine).returning(WaitingWords.kept)) or ""


def close_session(session: Session, token: str, *, now: datetime, origin: Origin = UNKNOWN_ORIGIN) -> None:
    """End a sign-in on the server: its cookie opens nothing from now on."""
    found = session.scalars(select(StaffSession).where(StaffSession.token_hash == hash_token(token))).one_or_none()
    if found is not None:
        audit.note(session, AuditKind.SIGNED_OUT, staff(found.person, origin), now=now)
        session.delete(found)


def end(session: Session, session_id: int, *, by: Acting) -> None:
    """End one of the actor's own sign-ins; another person's stays, and so does nothing where it ended already."""
    mine = StaffSession.person_id == by.actor.person_id
    _end(session, [mine, StaffSession.id == session_id], by.actor.name, by=by)


def end_others(session: Session, *, keep: str, by: Acting) -> None:
    """End all of the actor's own sign-ins but the one whose token is `keep`."""
    mine = StaffSession.person_id == by.actor.person_id
    _end(session, [mine, StaffSession.token_hash != hash_token(keep)], by.actor.name, by=by)


def end_all(session: Session, person: Person, *, by: Acting) -> None:
    """End all sign-ins of a person, and those that wait for the second step."""
    session.execute(delete(WaitingSignIn).where(WaitingSignIn.person_id == person.id))
    _end(session, [StaffSession.person_id == person.id], person.name, by=by)


def _end(session: Session, which: Sequence[ColumnElement[bool]], name: str, *, by: Acting) -> None:
    ended = session.scalars(delete(StaffSession).where(*which).returning(StaffSession.id)).all()
    if ended:
        audit.note(session, AuditKind.SESSIONS_ENDED, by.actor, now=by.now, subject=name, number=len(ended))


def purge(session: Session, *, now: datetime) -> None:
    """Forget sign-ins that ran out, and words whose person did not come back."""
    session.execute(delete(WaitingWords).where(WaitingWords.at <= now - WORDS_WAIT))
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
