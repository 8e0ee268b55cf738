"""Secrets that open something: references for people, tokens for links. Only hashes of tokens are stored."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Any, Protocol

from webapp import tidying
from webapp.domain.search.folding import folded

# No letter or digit that is taken for another when read aloud or from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_FOUR = f"([{_ALPHABET.lower()}]{{4}})"
# With its two letters a reference is known anywhere, however it is broken; without them only as two fours, or eight.
_WITHIN = re.compile(rf"(?<![0-9a-z])(?:ld[\W_]{{0,3}}{_FOUR}[\W_]{{0,3}}{_FOUR}|{_FOUR}-?{_FOUR})(?![0-9a-z])")
# As it is in a subject, between other words.
_IN_SUBJECT = re.compile(rf"\bLD-[{_ALPHABET}]{{4}}-[{_ALPHABET}]{{4}}\b")
_TOKEN_LENGTH = 43
_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?: [A-Za-z0-9_-]+)*")
# Where a mail program broke a line, as itself or as it is written in a mail's source.
_FOLD = re.compile(r"=20|=0[ADad]|=?\s")


def new_reference() -> str:
    """Return a reference such as LD-7K3Q-9XWT: 39 bits, enough to tell enquiries apart, never a secret."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"LD-{letters[:4]}-{letters[4:]}"


def read_reference(text: str) -> str:
    """Return the reference that was typed or pasted with its subject, whatever its case, spaces, dashes and width.

    Nothing where it is none.
    """
    plain = folded(text).upper()
    within = _IN_SUBJECT.search(plain)
    letters = "".join(character for character in (within or [plain])[0] if character.isalnum()).removeprefix("LD")
    whole = len(letters) == 8 and all(letter in _ALPHABET for letter in letters)
    return f"LD-{letters[:4]}-{letters[4:]}" if whole else ""


def references_in(text: str) -> list[str]:
    """Return every reference that a text may name, such as a pasted subject; words of eight letters look like one."""
    found = ["".join(filter(None, fours)).upper() for fours in _WITHIN.findall(folded(text))]
    whole = read_reference(text)
    return list(dict.fromkeys([f"LD-{letters[:4]}-{letters[4:]}" for letters in found] + ([whole] if whole else [])))


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

    token_nonce: Any
    token_hash: Any


def derive_token(nonce: str, secret_key: str) -> str:
    """Return the 256-bit token that a nonce stands for under a key, so that mails can carry a link never stored."""
    digest = hmac.new(secret_key.encode(), b"tracking\0" + nonce.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_link(secret_key: str) -> dict[str, str]:
    """Return the nonce and the hash by which a new row keeps its secret link, as its fields."""
    nonce = new_token()
    return {"token_nonce": nonce, "token_hash": hash_token(derive_token(nonce, secret_key))}


def link_token(row: Linked, *, secret_keys: Sequence[str]) -> str:
    """Return the token of a row's secret link; `secret_keys` is the key in use, then the older ones.

    Where none of them made the present link (a key was lost), the row gets a new link and the old one ends: call it
    inside a transaction.
    """
    for key in secret_keys:
        token = derive_token(row.token_nonce, key)
        if hmac.compare_digest(hash_token(token), row.token_hash):
            return token
    token = derive_token(row.token_nonce, secret_keys[0])
    row.token_hash = hash_token(token)
    return token
