"""The networks that the person who is signed in answers for, read once for each request."""

from typing import cast

from flask import g

from webapp.db import db
from webapp.domain.security.permissions import answered_by
from webapp.models import Person


def networks(person: Person) -> frozenset[int] | None:
    """Return the networks of a liaison, None in another role; they are as new as the role that was read."""
    if g.get("networks_of") != person.id:
        g.networks, g.networks_of = answered_by(db.session(), person), person.id
    return cast(frozenset[int] | None, g.networks)
