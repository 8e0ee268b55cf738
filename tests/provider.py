"""A real provider of OpenID Connect for tests, on a port of this machine, which misbehaves where a test wants it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import BaseWSGIServer, make_server

CLIENT, SECRET = "liaison", "a secret of tests"
Change = Callable[[dict[str, Any]], Any]


@dataclass
class SignOnProvider:
    """The provider, and what it does otherwise; `reset` makes it honest again."""

    server: BaseWSGIServer
    # What it does to the claims of an id token, and with which key it signs them instead of its own.
    change: Change = lambda claims: None
    key: RSAKey | OctKey | None = None
    # It sends id tokens that no key signed.
    unsigned: bool = False
    # Paths that are answered in drops, for some seconds.
    drips: str = ""
    # Paths that are not answered before `released` is set.
    holds: str = ""
    released: Event = field(default_factory=Event)
    challenges: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def start(cls) -> "SignOnProvider":
        """Start one on a free port."""
        app = oidc_provider_mock.app()
        provider = cls(make_server("localhost", 0, app, threaded=True))
        app.before_request(provider._before)
        app.after_request(provider._after)
        Thread(target=provider.server.serve_forever, args=(0.02,), daemon=True).start()
        return provider

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    @property
    def settings(self) -> dict[str, Any]:
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}

    def reset(self) -> None:
        """Do again as a provider does."""
        self.change, self.key, self.holds = lambda claims: None, None, ""
        self.unsigned, self.drips = False, ""
        self.asked.clear()
        self.released.set()
        self.released = Event()

    def stop(self) -> None:
        """Stop the server that this object started."""
        self.reset()
        self.server.shutdown()
        self.server.server_close()

    def knows(self, subject: str, **claims: Any) -> None:
        """Tell it what it says of a person."""
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10)
        assert answer.status_code == 204, answer.text

    def let_in(self, address: str, subject: str, *, denies: bool = False) -> str:
        """Sign a person in there, as they would by the provider's page; return where it sends the browser."""
        self.asked.append({name: values[0] for name, values in parse_qs(urlsplit(address).query).items()})
        data = {"action": "deny"} if denies else {"sub": subject}
        answer = requests.post(address, data=data, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def _before(self) -> Any:
        path, given = flask.request.path, flask.request
        if self.holds and path.startswith(self.holds):
            self.released.wait(60)
        if path == "/oauth2/token":
            digest = hashlib.sha256(given.form.get("code_verifier", "").encode()).digest()
            proof = urlsafe_b64encode(digest).rstrip(b"=").decode()
            client = given.authorization
            known = client is not None and (client.username, client.password) == (CLIENT, SECRET)
            if not known or self.challenges.get(given.form["code"]) != proof:
                return flask.jsonify(error="invalid_grant"), 400
        return None

    def _after(self, response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and "code=" in response.headers.get("Location", ""):
            code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
            self.challenges[code] = flask.request.args.get("code_challenge", "none")
        if path == "/oauth2/token" and response.status_code == 200:
            given: Any = response.get_json()
            own = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
            claims = jwt.decode(given["id_token"], own).claims
            self.change(claims)
            signs = self.key or own
            algorithm = "none" if self.unsigned else "HS256" if isinstance(signs, OctKey) else "RS256"
            header = {"alg": algorithm, **({"kid": own.kid} if own.kid else {})}
            written = jwt.encode(header, claims, signs, registry=JWSRegistry(algorithms=["none", "HS256", "RS256"]))
            response.set_data(flask.json.dumps({**given, "id_token": written}))
        if path.startswith("/.well-known"):
            signed = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
            response.set_data(flask.json.dumps({**response.get_json(), **signed}))
        if self.drips and path.startswith(self.drips):
            response.response = self._dripping(response.get_data())
            del response.headers["Content-Length"]
        return response

    def _dripping(self, body: bytes) -> Iterator[bytes]:
        for _ in range(100):
            yield b" "
            if self.released.wait(0.1):
                break
        yield body


def here(address: str) -> str:
    """Return the path and query of an address of ours."""
    parts = urlsplit(address)
    assert parts.hostname == "desk.example.org"
    return f"{parts.path}?{parts.query}"


def sent_back(client: FlaskClient, provider: SignOnProvider, query: str = "", subject: str = "chan") -> str:
    """Go to the provider, be let in there, and return where it sends the browser back to."""
    response = client.get(f"/desk/sign-on{query}")
    assert response.status_code == 303, response.text
    return here(provider.let_in(response.location, subject))


def sign_on(client: FlaskClient, provider: SignOnProvider, query: str = "", subject: str = "chan") -> Any:
    """Sign in by the provider, and return our answer to whom it sent back."""
    return client.get(sent_back(client, provider, query, subject))
