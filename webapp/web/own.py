"""The networks that the person who is signed in answers for, read once for each request."""

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import db
from webapp.domain.security.permissions import answered_by
from webapp.models import Person


def networks(person: Person) -> frozenset[int] | None:
    """Return the networks of a liaison; None where they are not known: the page that says what failed needs none."""
    if g.get("networks_of") != person.id:
        try:
            g.networks, g.networks_of = answered_by(db.session(), person), person.id
        except SQLAlchemyError:
            return None
    found: frozenset[int] | None = g.networks
    return found
