"""The enquiry of an address and its visit, as far as the reader may see them."""

from webapp.db import db
from webapp.domain.enquiries import loading, visiting
from webapp.domain.enquiries.loading import Seen
from webapp.domain.errors import NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import visible
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Kind, Status
from webapp.web import edge

# What was accepted before visits had rows has none before it is planned.
_ACCEPTED = (Status.ACCEPTED, Status.SCHEDULED, Status.COMPLETED)


def load(reference: str, *, seen: Seen = visible) -> tuple[Enquiry, Visit]:
    """Return an enquiry and its visit; one of which nothing is agreed has a new one. Raises NotFound.

    With `visit_visible` those who receive load it too: pages must then show them what hosts see, and no more.
    """
    known = read_reference(reference)
    enquiry = loading.enquiry(db.session(), known, actor=edge.actor(), seen=seen) if known else None
    if enquiry is None or enquiry.kind is not Kind.VISIT:
        raise NotFound("visit")
    found = visiting.of(db.session(), enquiry)
    if found is None and enquiry.status not in _ACCEPTED:
        raise NotFound("visit")
    return enquiry, found or visiting.new(enquiry, now=edge.now(), settings=edge.settings())
