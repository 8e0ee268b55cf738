"""Addresses of pages of many enquiries, of which all but the reference is built once."""

from collections.abc import Callable
from typing import Any

from flask import url_for

# As references are: nothing in it is written otherwise in an address.
_ANY = "LD-0000-0000"


def of_enquiries(endpoint: str, **values: Any) -> Callable[[str], str]:
    """Return what gives the address of a page by an enquiry's reference: a list shows hundreds of them."""
    before, _, after = url_for(endpoint, reference=_ANY, **values).partition(_ANY)
    return lambda reference: f"{before}{reference}{after}"
