"""Authenticator apps: a secret that app and service share, and codes of half a minute, each good once (RFC 6238)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.security import sealing
from webapp.domain.security.sealing import Unreadable
from webapp.models import Person, SecondFactor
from webapp.vocabulary import FactorKind

_STEP = 30
# Clocks of telephones differ; a code of half a minute before or after is taken too.
_AROUND = (0, -1, 1)
_OFFERED, _STORED = "offered authenticator", "authenticator"
_OFFER_LASTS = 60 * 60


@dataclass(frozen=True)
class Offer:
    """A secret that becomes an authenticator once its app has shown a right code; sealed, as the form carries it."""

    secret: str
    sealed: str
    uri: str


def offer(person: Person, settings: Settings, *, sealed: str = "") -> Offer:
    """Return a new secret for a person's app, or the one that their form brought back within the hour."""
    secret = _read(sealed, _OFFERED, person.id, settings, within=_OFFER_LASTS) or pyotp.random_base32()
    issuer = f"{settings.named('institution_short', settings.spoken(person.language))} Liaison Desk"
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)
    return Offer(secret, _sealed(secret, _OFFERED, person.id, settings), uri)


def confirmed(
    offered: Offer, person: Person, code: str, *, name: str, now: datetime, settings: Settings
) -> SecondFactor | None:
    """Return the authenticator that a right code of the offered secret makes, to be added; else None."""
    step = _step(offered.secret, code, now=now)
    if step is None:
        return None
    sealed = _sealed(offered.secret, _STORED, person.id, settings)
    return SecondFactor(
        person_id=person.id, kind=FactorKind.AUTHENTICATOR, name=name, secret=sealed, counter=step, created_at=now
    )


def has(factors: Iterable[SecondFactor], offered: Offer, settings: Settings) -> bool:
    """Return whether an offered secret is one of these already: its form was sent twice."""
    return any(_secret(factor, settings) == offered.secret for factor in factors)


def taken(
    session: Session, factors: Sequence[SecondFactor], code: str, *, now: datetime, settings: Settings
) -> SecondFactor | None:
    """Return which of a person's authenticators shows this code, and take it: no code is good twice."""
    for factor in factors:
        secret = _secret(factor, settings)
        step = _step(secret, code, now=now) if secret else None
        if secret is None or step is None:
            continue
        later = (SecondFactor.id == factor.id, SecondFactor.counter < step)
        # Sealed anew each time, so that a secret key of before is not needed for ever.
        sealed = _sealed(secret, _STORED, factor.person_id, settings)
        values = {"counter": step, "used_at": now, "secret": sealed}
        if session.execute(update(SecondFactor).where(*later).values(**values).returning(SecondFactor.id)).first():
            return factor
    return None


def _step(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the half minute of which this is the code; each is compared, so that the time tells nothing."""
    app, current = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", code) if not sign.isspace() and sign != "-")
    found = [current + offset for offset in _AROUND if strings_equal(digits, app.generate_otp(current + offset))]
    return found[0] if found else None


def _secret(factor: SecondFactor, settings: Settings) -> str | None:
    return _read(factor.secret or "", _STORED, factor.person_id, settings)


def _sealed(secret: str, purpose: str, person_id: int, settings: Settings) -> str:
    return sealing.seal(f"{person_id} {secret}", purpose, settings.secret_keys)


def _read(sealed: str, purpose: str, person_id: int, settings: Settings, within: int | None = None) -> str | None:
    """The person's number is sealed with it, so another person's secret copied here opens nothing."""
    try:
        owner, _space, secret = sealing.unseal(sealed, purpose, settings.secret_keys, within=within).partition(" ")
    except Unreadable:
        return None
    return secret if owner == str(person_id) else None
