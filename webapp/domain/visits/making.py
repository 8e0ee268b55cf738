"""A paper or letter that was asked for is made of the rows as they are now. For the worker: the typesetter is large."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.config import Settings
from webapp.documents import letters, papers
from webapp.domain.errors import NotFound
from webapp.domain.papers import versions
from webapp.domain.papers.orders import Claimed
from webapp.domain.visits import letters_of, papers_of
from webapp.models import Enquiry, Visit


@dataclass(frozen=True)
class Made:
    """A paper, and the hash of what it was made from."""

    content: bytes
    basis: str


def make(session: Session, claimed: Claimed, *, settings: Settings) -> Made:
    """Return what was asked for. Raises NotFound where it cannot be made any more, NotPrintable with each character
    that no font has."""
    visit = session.scalars(
        select(Visit)
        .join(Visit.enquiry)
        .where(Visit.enquiry_id == claimed.enquiry_id)
        .options(
            contains_eager(Visit.enquiry).joinedload(Enquiry.network), joinedload(Visit.room), joinedload(Visit.host)
        )
    ).one_or_none()
    if visit is None:
        raise NotFound("visit")
    issuer = papers_of.issuer(visit, settings)
    if claimed.paper is None:
        letter = letters_of.ordered(session, visit.enquiry, claimed.name, claimed.facts)
        return Made(letters.write(letter, issuer), "")
    values = papers_of.of(session, visit.enquiry, visit, settings=settings)
    content = versions.as_version(
        session, claimed.enquiry_id, claimed.name, partial(papers.make, claimed.paper, values, issuer)
    )
    return Made(content, papers_of.basis(values, issuer))
