"""Secrets that open something: tokens for links, of which only hashes are stored."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Any, Protocol

from webapp import keys, tidying
from webapp.keys import Purpose

_TOKEN_LENGTH = 43
_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?: [A-Za-z0-9_-]+)*")
# Where an email program broke a line, as itself or as it is written in an email's source.
_FOLD = re.compile(r"=20|=0[ADad]|=?\s")


def new_token() -> str:
    """Return 256 random bits in 43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def read_token(text: str) -> str:
    """Return the token in what is left of a link, without folds in it and whatever is around it; else the text."""
    found = _TOKEN.search(_FOLD.sub(" ", tidying.line(text)))
    token = ""
    for piece in found.group().split() if found else ():
        token += piece
        if len(token) >= _TOKEN_LENGTH and not token[_TOKEN_LENGTH:].strip("-_"):
            return token[:_TOKEN_LENGTH]
    return text


def hash_token(token: str) -> str:
    """Return what is stored of a token: it has 256 bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Linked(Protocol):
    """A row that a secret link opens: the token is derived from the nonce and the key, its hash is looked up."""

    nonce: Any
    token_hash: Any


def derive_token(nonce: str, secret_key: str) -> str:
    """Return the 256-bit token that a nonce stands for under a key, so that emails can carry a link never stored."""
    digest = hmac.new(secret_key.encode(), b"tracking\0" + nonce.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_link(secret_key: str) -> dict[str, str]:
    """Return the nonce and the hash by which a new row keeps its secret link, as its fields."""
    nonce = new_token()
    return {"nonce": nonce, "token_hash": hash_token(derive_token(nonce, keys.derived(secret_key, Purpose.LINKS)))}


def link_token(row: Linked, *, secret_keys: Sequence[str]) -> str:
    """Return the token of a row's secret link; `secret_keys` is the key in use, then the older ones.

    Where none of them made the present link (a key was lost), the row gets a new link and the old one ends: call it
    inside a transaction.
    """
    possible = keys.good(secret_keys, Purpose.LINKS)
    for key in possible:
        token = derive_token(row.nonce, key)
        if hmac.compare_digest(hash_token(token), row.token_hash):
            return token
    token = derive_token(row.nonce, possible[0])
    row.token_hash = hash_token(token)
    return token
