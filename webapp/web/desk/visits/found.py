"""The visit of a page's address, and its enquiry held to be changed."""

from sqlalchemy.orm import Session

from webapp.db import db
from webapp.domain.enquiries import loading, visiting
from webapp.domain.enquiries.loading import Seen
from webapp.domain.errors import NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import visible
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Kind
from webapp.web import edge


def visit_of(reference: str, *, seen: Seen = visible) -> tuple[Enquiry, Visit]:
    """Return an enquiry with its visit, as far as the reader sees them. Raises NotFound, also where there is none."""
    known = read_reference(reference)
    enquiry = loading.enquiry(db.session(), known, actor=edge.actor(), seen=seen) if known else None
    found = visiting.of(db.session(), enquiry) if enquiry is not None and enquiry.kind is Kind.VISIT else None
    if enquiry is None or found is None:
        raise NotFound("visit")
    return enquiry, found


def held(session: Session, reference: str, *, seen: Seen = visible) -> Enquiry:
    """Return an enquiry held for this transaction. Raises NotFound where the reader does not see it."""
    known = read_reference(reference)
    if known is None:
        raise NotFound("visit")
    return loading.locked(session, known, actor=edge.actor(), seen=seen)
