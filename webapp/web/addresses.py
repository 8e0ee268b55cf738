"""Addresses of pages of many enquiries, or emails, of which all but the reference, or the number, is built once."""

from collections.abc import Callable
from typing import Any

from flask import url_for

# As references are: nothing in it is written otherwise in an address.
_ANY = "LD-0000-0000"
# The largest number that a column holds.
_ANY_NUMBER = 2**31 - 1


def of_enquiries(endpoint: str, **values: Any) -> Callable[[str], str]:
    """Return what gives the address of a page by an enquiry's reference: a list shows hundreds of them."""
    before, _, after = url_for(endpoint, reference=_ANY, **values).partition(_ANY)
    return lambda reference: f"{before}{reference}{after}"


def of_emails(endpoint: str) -> Callable[[int], str]:
    """Return what gives the address of a page by an email's number."""
    before, _, after = url_for(endpoint, message_id=_ANY_NUMBER).partition(str(_ANY_NUMBER))
    return lambda number: f"{before}{number}{after}"
