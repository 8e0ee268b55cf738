"""A passkey in software, for tests: it signs what it is asked to, and can be made to lie."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Passkey:
    """One key for one site; `origin`, `site` and `verified` are what it claims."""

    origin: str = "https://desk.example.org"
    site: str = "desk.example.org"
    verified: bool = True
    counter: int = 0
    handle: bytes | None = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def made(self, options: dict[str, Any]) -> str:
        """Return what a browser sends once the key is made for these options."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        data = self._data(ATTESTED) + attested
        given = {"attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})}
        return self._sent("webauthn.create", options, given)

    def signed(self, options: dict[str, Any]) -> str:
        """Return what a browser sends once the key has signed the challenge of these options."""
        data, client = self._data(0), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        given = {"authenticatorData": data, "signature": signature}
        if self.handle is not None:
            given["userHandle"] = self.handle
        return self._sent("webauthn.get", options, given)

    def _data(self, more: int) -> bytes:
        flags = PRESENT | (VERIFIED if self.verified else 0) | more
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _sent(self, kind: str, options: dict[str, Any], given: dict[str, bytes]) -> str:
        response = {name: bytes_to_base64url(value) for name, value in given.items()}
        response["clientDataJSON"] = bytes_to_base64url(self._client(kind, options))
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
