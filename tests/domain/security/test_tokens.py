"""Secrets that open something: tokens, their hashes, and references for people."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.search.references import new_reference, read_reference
from webapp.domain.security.tokens import derive_token, hash_token, link_token, new_link, new_token
from webapp.keys import Purpose, derived
from webapp.models import Link


def keyed(nonce: str, key: str) -> Link:
    return Link(nonce=nonce, token_hash=hash_token(derive_token(nonce, key)))


def test_tokens_hold_256_bits() -> None:
    tokens = {new_token() for _ in range(100)} | {derive_token(new_token(), "key") for _ in range(100)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_derived_token_depends_on_nonce_and_key() -> None:
    assert derive_token("a", "key") == derive_token("a", "key")
    assert len({derive_token("a", "key"), derive_token("b", "key"), derive_token("a", "other")}) == 3


@given(st.text(alphabet=st.characters(), max_size=50))
def test_hash_takes_whatever_an_address_may_hold(token: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", hash_token(token))


def test_token_survives_a_new_key_while_the_old_one_is_kept() -> None:
    link = keyed("nonce", "old")
    before = link.token_hash
    token = link_token(link, secret_keys=("new", "old"))
    assert (token, link.token_hash) == (derive_token("nonce", "old"), before)


def test_link_of_a_new_row_has_a_key_of_its_own_purpose() -> None:
    link = Link(**new_link("the key"))
    token = link_token(link, secret_keys=("the key",))
    assert token == derive_token(link.nonce, derived("the key", Purpose.LINKS)) != derive_token(link.nonce, "the key")


def test_token_is_made_anew_where_its_key_was_lost() -> None:
    link = keyed("nonce", "lost")
    token = link_token(link, secret_keys=("new",))
    assert token == derive_token("nonce", derived("new", Purpose.LINKS))
    assert link.token_hash == hash_token(token)


@given(st.data())
def test_references_are_read_as_people_type_them(data: Any) -> None:
    reference = new_reference()
    assert re.fullmatch(r"LD-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", reference)
    letters = [*data.draw(st.sampled_from(["LD", "ld", "Ld", ""])), *reference[3:].replace("-", "")]
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.lower()])) + data.draw(st.sampled_from(["", "-", " ", "–", "\u00a0"]))
        for letter in letters
    )
    assert read_reference(typed) == reference


@pytest.mark.parametrize(
    "typed", ["", "LD", "LD-7K3Q", "LD-7K3Q-9XW0", "LD-7K3Q-9XWTT", "LD-7K3Q-9XW李", "%%%", "\x00"]
)
def test_reference_that_is_none_is_nothing(typed: str) -> None:
    assert read_reference(typed) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "Re: [LD-7K3Q-9XWT] Your enquiry", "AW: [LD-7K3Q-9XWT] Exchange", "ＬＤ-7K3Q-9XWT",
        "ＬＤ－７Ｋ３Ｑ－９ＸＷＴ", "LD-7K3Q-9XWT.", "\u200bLD-7K3Q\u00ad-9XWT",
        "LD–7K3Q–9XWT", "ld 7k3q 9xwt",
        "7k3q9xwt", "(LD-7K3Q-9XWT)", "回复：LD-7K3Q-9XWT 贵校", "LD\u20117K3Q\u20119XWT",
    ],
)  # fmt: skip
def test_reference_is_read_however_it_is_typed_or_pasted(typed: str) -> None:
    assert read_reference(typed) == "LD-7K3Q-9XWT"
