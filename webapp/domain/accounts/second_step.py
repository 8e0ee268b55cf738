"""The second step of an account: what gives it, who must have one, and that its owner hears of every change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import authenticators, passkeys, recovery_codes, sessions, waiting
from webapp.domain.accounts.passkeys import PasskeyRefused, Signed
from webapp.domain.accounts.recovery_codes import NewCodes
from webapp.domain.errors import DomainError, Invalid, NotAllowed, NotFound
from webapp.domain.history import audit
from webapp.domain.history.uniqueness import only_one
from webapp.domain.messages import outbox
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.domain.security.tokens import hash_token
from webapp.mail import messages
from webapp.mail.messages import Addressee, Institution
from webapp.models import Person, SecondFactor, StaffSession
from webapp.vocabulary import AuditKind, FactorKind, MessageKind, Role, SecondStepNews

REQUIRED_OF = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
MOST = 10
RECOVERY = "recovery code"


class SecondStepRefused(DomainError):
    """What was given as the second step is wrong, or was used before."""


def is_required_of(person: Person, settings: Settings) -> bool:
    """Return whether a person gets in only with a second step."""
    return settings.second_step_required and person.role in REQUIRED_OF


def is_missing(found: StaffSession, settings: Settings) -> bool:
    """Return whether a sign-in opens no more than its person's account: no second step was given."""
    return not (found.second_step or found.by_provider) and is_required_of(found.person, settings)


def factors(session: Session, person: Person, kind: FactorKind | None = None) -> Sequence[SecondFactor]:
    """Return what a person has for the second step, oldest first; of one kind where that is asked."""
    query = select(SecondFactor).where(SecondFactor.person_id == person.id).order_by(SecondFactor.id)
    return session.scalars(query if kind is None else query.where(SecondFactor.kind == kind)).all()


def factor(session: Session, factor_id: int, *, person: Person) -> SecondFactor:
    """Return one of a person's own. Raises NotFound."""
    mine = (SecondFactor.id == factor_id, SecondFactor.person_id == person.id)
    found = session.scalars(select(SecondFactor).where(*mine)).one_or_none()
    if found is None:
        raise NotFound("second factor")
    return found


def take_code(session: Session, person: Person, code: str, *, by: Acting) -> None:
    """Take a code of one of a person's authenticators as the second step. Raises SecondStepRefused."""
    mine = factors(session, person, FactorKind.AUTHENTICATOR)
    if authenticators.taken(session, mine, code, now=by.now, settings=by.settings) is None:
        raise SecondStepRefused
    note_used(session, FactorKind.AUTHENTICATOR, by=by)


def take_recovery_code(session: Session, person: Person, row_id: int | None, *, by: Acting) -> None:
    """Take a recovery code that `recovery_codes.found` found as the second step; its owner gets an email.

    Raises SecondStepRefused where there was none, or it was used meanwhile.
    """
    if row_id is None or not recovery_codes.spent(session, row_id):
        raise SecondStepRefused
    note_used(session, RECOVERY, by=by)
    _tell(session, person, SecondStepNews.RECOVERED, number=recovery_codes.left(session, person), by=by)


def note_used(session: Session, how: str, *, by: Acting) -> None:
    """Tell the audit log by what a second step was given."""
    audit.note(session, AuditKind.SECOND_STEP_USED, by.actor, now=by.now, what=how)


def refused(session: Session, person: Person, *, last: bool, by: Acting) -> None:
    """Remember a second step that was refused; after the last try, tell the owner that someone has the password."""
    audit.note(session, AuditKind.SECOND_STEP_REFUSED, by.actor, now=by.now)
    if last:
        _tell(session, person, SecondStepNews.GUESSED, by=by)


def take_passkey(session: Session, person: Person, found: Signed, *, by: Acting) -> None:
    """Take a passkey that signed what was asked: it is both steps in one. Raises PasskeyRefused."""
    if not person.may_sign_in:
        raise PasskeyRefused(found.factor)
    passkeys.use(session, found, now=by.now)
    note_used(session, FactorKind.PASSKEY, by=by)


def add(session: Session, person: Person, made: SecondFactor, codes: NewCodes, *, keep: str, by: Acting) -> bool:
    """Add what gives a second step; returns whether it is the first one, so that the codes are new and good.

    The sign-in whose token is `keep` has its second step by this; with the first one all others end, which had none.
    Raises Invalid where there are too many already, or where this one is known.
    """
    _lock(session, person)
    before = factors(session, person)
    if len(before) >= MOST:
        raise Invalid({"name": "many"})
    with only_one(session, Invalid({"name": "known"})):
        session.add(made)
    this = session.scalars(select(StaffSession).where(StaffSession.token_hash == hash_token(keep))).one_or_none()
    if this is not None:
        this.second_step = True
    if not before:
        sessions.end_others(session, keep=keep, by=by)
        recovery_codes.keep(session, person, codes)
    _note(session, AuditKind.SECOND_STEP_ADDED, person, by=by, what=made.kind)
    _tell(session, person, SecondStepNews.ADDED, name=made.name, by=by)
    return not before


def remove(session: Session, person: Person, factor_id: int, *, by: Acting) -> None:
    """Remove one of a person's own; with the last one go the recovery codes.

    Raises NotFound, and Invalid for the last one of those who must have one.
    """
    _lock(session, person)
    gone, before = factor(session, factor_id, person=person), factors(session, person)
    is_last = len(before) == 1
    if is_last and is_required_of(person, by.settings):
        raise Invalid({"factor": "last"})
    session.delete(gone)
    if is_last:
        recovery_codes.forget(session, person)
    _note(session, AuditKind.SECOND_STEP_REMOVED, person, by=by, what=gone.kind)
    _tell(session, person, SecondStepNews.REMOVED, name=gone.name, by=by)


def renew_codes(session: Session, person: Person, codes: NewCodes, *, by: Acting) -> None:
    """Give a person new recovery codes in the place of those of before.

    Raises NotAllowed where they have no second step that the codes could replace.
    """
    _lock(session, person)
    if not waiting.is_asked_of(session, person):
        raise NotAllowed("no second step")
    recovery_codes.keep(session, person, codes)
    _note(session, AuditKind.RECOVERY_CODES_MADE, person, by=by)
    _tell(session, person, SecondStepNews.NEW_CODES, by=by)


def reset(session: Session, person: Person, *, by: Acting) -> None:
    """Remove all that a person has for the second step, and end their sign-ins; the password stays as it is.

    Raises Invalid where there is nothing to remove.
    """
    if not waiting.is_asked_of(session, person):
        raise Invalid({"person": "no second step"})
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    recovery_codes.forget(session, person)
    sessions.end_all(session, person, by=by)
    _note(session, AuditKind.SECOND_STEP_RESET, person, by=by)
    _tell(session, person, SecondStepNews.RESET, name="" if by.actor == COMMAND_LINE else by.actor.name, by=by)


def _lock(session: Session, person: Person) -> None:
    """Two at once come one after the other: both would be the first, or remove the last but one."""
    session.refresh(person, with_for_update=True)


def _note(session: Session, kind: AuditKind, person: Person, *, by: Acting, what: FactorKind | None = None) -> None:
    data: dict[str, Any] = {"what": what} if what else {}
    audit.note(session, kind, by.actor, now=by.now, subject=person.name, **data)


def _tell(
    session: Session, person: Person, news: SecondStepNews, *, by: Acting, name: str = "", number: int = 0
) -> None:
    to = Addressee(person.name, person.email, by.settings.spoken(person.language))
    institution = Institution.from_settings(by.settings)
    content = messages.staff_second_step(institution, to=to, news=news, name=name, number=number, at=by.now)
    key = f"{MessageKind.STAFF_SECOND_STEP}:{news}:{person.id}:{by.now.isoformat()}:{name}:{number}"
    outbox.stage(session, content, enquiry=None, dedupe_key=key, now=by.now, settings=by.settings)
