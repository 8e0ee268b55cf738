"""The provider of single sign-on by OpenID Connect: where people are sent, and who it says that they are. Exchanges are
bounded to five seconds in all, name server included; the provider's description of itself is kept for an hour."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException

from webapp.config import Settings
from webapp.identity import Disbelieved, Identity, Started, Unreachable

SECONDS = 5.0
# Of one exchange, each wait for a connection and for an answer.
_WAITS = (3.0, SECONDS)
_KEPT_SECONDS = 3600.0
# How far the provider's clock may be from ours.
_LEEWAY = 60
# Signatures by the provider's own key alone: never "none", and none by the secret that we share.
_SIGNED = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})

T = TypeVar("T")


class Provider:
    """The provider of an installation, as its settings name it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def start(self, back: str, *, again: bool = False) -> Started:
        """Return where to send a browser, which comes back to `back`. Raises Unreachable.

        With `again` the provider has to ask for the person's proof also where it knows them.
        """
        state, nonce, verifier = (generate_token(48) for _ in range(3))
        more = {"prompt": "login", "max_age": "0"} if again else {}
        known = _within(self._described)
        with self._client(back) as client:
            address, _state = client.create_authorization_url(
                known["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **more
            )
        return Started(str(address), state, nonce, verifier)

    def finish(self, answer: Mapping[str, str], *, nonce: str, verifier: str, back: str) -> Identity:
        """Return whom an answer, whose state was compared before, is about. Raises Unreachable, Disbelieved."""
        return _within(lambda: self._finish(answer, nonce, verifier, back))

    def check(self) -> None:
        """Return once the provider has described itself, and its keys. Raises Unreachable."""
        _within(lambda: self._keys(self._described()))

    def _finish(self, answer: Mapping[str, str], nonce: str, verifier: str, back: str) -> Identity:
        known = self._described()
        says_so = known.get("authorization_response_iss_parameter_supported")
        issuer = answer.get("iss", "" if says_so else known["issuer"])
        if issuer != known["issuer"]:
            raise Disbelieved("the answer comes from another provider")
        if "code" not in answer:
            raise Disbelieved(f"the provider refused: {answer.get('error', 'no reason given')[:80]}")
        with self._client(back) as client:
            client.token_endpoint_auth_method = _way_to_prove(known)
            token = client.fetch_token(
                known["token_endpoint"], grant_type="authorization_code", code=answer["code"], code_verifier=verifier,
                redirect_uri=back, allow_redirects=False,
            )  # fmt: skip
            claims = self._claims(token, nonce, known)
            return self._identity(self._completed(client, claims, known))

    def _claims(self, token: Mapping[str, Any], nonce: str, known: dict[str, Any]) -> CodeIDToken:
        """Return what an id token says, once its signature, issuer, audience, times, nonce and party hold."""
        written = str(token.get("id_token", ""))
        signed = set(known.get("id_token_signing_alg_values_supported") or ["RS256"]) & _SIGNED
        registry = JWSRegistry(algorithms=sorted(signed), strict_check_header=False)
        try:
            read = jwt.decode(written, KeySet.import_key_set(self._keys(known)), registry=registry)
        except (InvalidKeyIdError, BadSignatureError):  # it may have taken a new key meanwhile
            read = jwt.decode(written, KeySet.import_key_set(self._keys(known, renew=True)), registry=registry)
        client_id = self._settings.oidc_client_id
        given = {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")}
        expected = {
            "iss": {"essential": True, "value": known["issuer"]},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
        }
        claims = CodeIDToken(read.claims, read.header, expected, given)
        claims.validate(leeway=_LEEWAY)
        return claims

    def _completed(self, client: OAuth2Session, claims: CodeIDToken, known: dict[str, Any]) -> dict[str, Any]:
        """Add what the provider tells elsewhere. An address and that it is verified are taken from one place."""
        wanted = {"email", "email_verified", *([self._settings.oidc_groups_claim] if self._settings.oidc_roles else [])}
        if wanted <= set(claims) or not known.get("userinfo_endpoint"):
            return dict(claims)
        told = _json(client.get(known["userinfo_endpoint"], allow_redirects=False))
        if told.get("sub") != claims["sub"]:
            raise Disbelieved("the provider tells of someone else")
        whole = {**claims, **told}
        if "email" in told:
            whole["email_verified"] = told.get("email_verified", False)
        return whole

    def _identity(self, claims: dict[str, Any]) -> Identity:
        name = self._settings.oidc_groups_claim
        if self._settings.oidc_roles and name in (claims.get("_claim_names") or {}):
            raise Disbelieved(f"too many groups for {name}: let the provider send those alone that are given a role")
        groups, asked, verified = claims.get(name) or (), claims.get("auth_time"), claims.get("email_verified")
        listed = (groups,) if isinstance(groups, str) else groups
        return Identity(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=str(claims.get("email") or ""),
            email_verified=verified is True or verified == "true",
            name=str(claims.get("name") or ""),
            groups=tuple(str(group) for group in listed),
            asked_at=datetime.fromtimestamp(asked, UTC) if isinstance(asked, int | float) else None,
        )

    def _client(self, back: str) -> OAuth2Session:
        settings = self._settings
        return OAuth2Session(
            settings.oidc_client_id, settings.oidc_client_secret, scope=" ".join(settings.oidc_scopes),
            redirect_uri=back, code_challenge_method="S256", default_timeout=_WAITS,
        )  # fmt: skip

    def _described(self) -> dict[str, Any]:
        """Return how the provider describes itself; one of another issuer, or in the clear, is none."""
        issuer = str(self._settings.oidc_issuer)
        known = self._read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if known.get("issuer") != issuer:
            raise Unreachable("the provider calls itself by another issuer than LIAISON_OIDC_ISSUER")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            scheme = urlsplit(str(known.get(name, ""))).scheme
            if scheme != "https" and scheme != urlsplit(issuer).scheme:
                raise Unreachable(f"the provider's {name} is missing, or not https")
        return known

    def _keys(self, known: dict[str, Any], *, renew: bool = False) -> Any:
        return self._read(known["jwks_uri"], renew=renew)

    def _read(self, address: str, *, renew: bool = False) -> dict[str, Any]:
        read_at, value = self._kept.get(address, (0.0, {}))
        if renew or not value or time.monotonic() - read_at > _KEPT_SECONDS:
            with self._client("") as client:
                value = _json(client.request("GET", address, withhold_token=True, allow_redirects=False))
            self._kept[address] = time.monotonic(), value
        return value


def _json(response: Any) -> dict[str, Any]:
    if response.status_code != 200:
        raise Unreachable(f"the provider answered with {response.status_code}")
    value = response.json()
    if not isinstance(value, dict):
        raise Unreachable("the provider answered with something else than an object")
    return value


def _way_to_prove(known: dict[str, Any]) -> str:
    """Return how we prove to the provider who we are: in the header, as all can, unless it takes the form alone."""
    ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"


def _within(work: Callable[[], T]) -> T:
    """Do it in a thread, and wait for five seconds: no wait of a library bounds name servers, or answers in drops."""
    done: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:
            done.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=SECONDS)
    except Empty as late:
        raise Unreachable(f"no answer within {SECONDS:.0f} seconds") from late
    if error is not None:
        raise _said(error) from error
    return result  # type: ignore[return-value]


def _said(error: Exception) -> Exception:
    """Return an error as callers know it. What libraries say of a token may quote it, so it is not repeated."""
    if isinstance(error, OAuthError):
        return Disbelieved(f"the provider refused: {error.error}")
    if isinstance(error, JoseError):
        return Disbelieved(f"the id token does not hold: {error.error}")
    if isinstance(error, RequestException):
        return Unreachable(f"the provider cannot be reached ({type(error).__name__})")
    if isinstance(error, ValueError | KeyError | TypeError):
        return Unreachable(f"the provider's answer cannot be read ({type(error).__name__})")
    return error
