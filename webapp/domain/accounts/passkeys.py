"""Passkeys (WebAuthn): keys that never leave their owner's device, and sign a challenge once it knows who holds it."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.errors import DomainError
from webapp.models import PasskeyChallenge, Person, SecondFactor
from webapp.vocabulary import FactorKind

_CHALLENGE_LASTS = timedelta(minutes=5)


def _webauthn() -> Any:
    """Return the library. It and what reads certificates for it take 9 MB: they wait for the first passkey."""
    return import_module("webauthn")


class PasskeyRefused(DomainError):
    """What a browser sent is no passkey of ours, or signed something else than what was asked; `factor` if known."""

    def __init__(self, factor: SecondFactor | None = None) -> None:
        self.factor = factor
        super().__init__("passkey refused")


@dataclass(frozen=True)
class Site:
    """For which name passkeys are good, and at which address browsers must be when they use them."""

    name: str
    origin: str


@dataclass(frozen=True)
class Signed:
    """A passkey that signed what it was asked to, and how often it has signed by now."""

    factor: SecondFactor
    counter: int


def site(settings: Settings) -> Site | None:
    """Return where passkeys work; None where browsers refuse them: at a number, and without TLS but on this machine."""
    parts = urlsplit(settings.public_url)
    name = parts.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        usual = {"https": 443, "http": 80}[parts.scheme]
        port = "" if parts.port in (None, usual) else f":{parts.port}"
        is_good = parts.scheme == "https" or name == "localhost"
        return Site(name, f"{parts.scheme}://{name}{port}") if is_good else None
    return None


def ask(session: Session, *, now: datetime) -> str:
    """Return a new challenge, for a passkey to sign once and within five minutes."""
    challenge = secrets.token_urlsafe(64)
    session.add(PasskeyChallenge(challenge=challenge, expires_at=now + _CHALLENGE_LASTS))
    return challenge


def take(session: Session, challenge: str, *, now: datetime) -> None:
    """Use a challenge up, whatever comes of it. Raises PasskeyRefused where it was used before, or is too old."""
    good = (PasskeyChallenge.challenge == challenge, PasskeyChallenge.expires_at > now)
    if session.execute(delete(PasskeyChallenge).where(*good).returning(PasskeyChallenge.id)).first() is None:
        raise PasskeyRefused


def creation(person: Person, known: Sequence[SecondFactor], challenge: str, *, at: Site, settings: Settings) -> str:
    """Return what a browser needs to make a passkey for a person, as JSON; none of those known is made again."""
    webauthn = _webauthn()
    structs = webauthn.helpers.structs
    options = webauthn.generate_registration_options(
        rp_id=at.name,
        rp_name=f"{settings.named('institution_short', settings.spoken(person.language))} Liaison Desk",
        user_id=_handle(person.id),
        user_name=person.email,
        user_display_name=person.name,
        challenge=_bytes(challenge),
        exclude_credentials=_described(known),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return str(webauthn.options_to_json(options))


def request(known: Sequence[SecondFactor], challenge: str, *, at: Site) -> str:
    """Return what a browser needs to use one of these passkeys, as JSON; or any that it has, where none is given."""
    webauthn = _webauthn()
    options = webauthn.generate_authentication_options(
        rp_id=at.name,
        challenge=_bytes(challenge),
        allow_credentials=_described(known) or None,
        user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
    )
    return str(webauthn.options_to_json(options))


def made(credential: str, challenge: str, person: Person, *, name: str, at: Site, now: datetime) -> SecondFactor:
    """Return the passkey that a browser made for a challenge, to be added. Raises PasskeyRefused."""
    try:
        verified = _webauthn().verify_registration_response(
            credential=credential,
            expected_challenge=_bytes(challenge),
            expected_rp_id=at.name,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except Exception as error:  # anything may be in what was sent, and several libraries read it
        raise PasskeyRefused from error
    return SecondFactor(
        person_id=person.id,
        kind=FactorKind.PASSKEY,
        name=name,
        credential_id=_text(verified.credential_id),
        public_key=_text(verified.credential_public_key),
        counter=verified.sign_count,
        created_at=now,
    )


def signed(session: Session, credential: str, challenge: str, *, at: Site) -> Signed:
    """Return the passkey that signed a challenge, after its device knew who held it. Raises PasskeyRefused."""
    factor = None
    try:
        read = _webauthn().helpers.parse_authentication_credential_json(credential)
        by_id = SecondFactor.credential_id == _text(read.raw_id)
        factor = session.scalars(select(SecondFactor).where(by_id)).one_or_none()
        if factor is None or read.response.user_handle not in (None, _handle(factor.person_id)):
            raise PasskeyRefused(factor)
        verified = _webauthn().verify_authentication_response(
            credential=read,
            expected_challenge=_bytes(challenge),
            expected_rp_id=at.name,
            expected_origin=at.origin,
            credential_public_key=_bytes(factor.public_key or ""),
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except PasskeyRefused:
        raise
    except Exception as error:  # as above
        raise PasskeyRefused(factor) from error
    return Signed(factor, verified.new_sign_count)


def use(session: Session, found: Signed, *, now: datetime) -> None:
    """Remember that a passkey signed. Raises PasskeyRefused where it was removed, or signed again, meanwhile."""
    same = (SecondFactor.id == found.factor.id, SecondFactor.counter == found.factor.counter)
    used = update(SecondFactor).where(*same).values(counter=found.counter, used_at=now).returning(SecondFactor.id)
    if session.execute(used).first() is None:
        raise PasskeyRefused(found.factor)


def _handle(person_id: int) -> bytes:
    """Return how a passkey calls its person: it says nothing about them to others who hold the device."""
    return f"person-{person_id}".encode()


def _described(known: Sequence[SecondFactor]) -> list[Any]:
    ids = [_bytes(factor.credential_id) for factor in known if factor.credential_id]
    return [_webauthn().helpers.structs.PublicKeyCredentialDescriptor(id=each) for each in ids]


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
