"""Legal holds: nothing of an enquiry is erased while a dispute or an inquiry needs it."""

from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.history import events, versions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Enquiry
from webapp.models.event_data import LegalHold
from webapp.vocabulary import EventKind, Permission

LONGEST_REASON = 500


def put(session: Session, enquiry: Enquiry, reason: str, *, version: int, by: Acting) -> None:
    """Put a locked enquiry on legal hold, for a reason that the office reads in its history, or change that reason.

    Raises Conflict where the version has passed, Invalid without a reason, and NotAllowed where it was emptied before.
    """
    require(by.actor, Permission.PRIVACY_MANAGE)
    versions.expect(enquiry, version)
    if not reason.strip():
        raise Invalid({"reason": "needed"})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "long"})
    if enquiry.emptied_at is not None:
        raise NotAllowed("it is empty")
    enquiry.hold_reason, enquiry.hold_by, enquiry.hold_since = reason.strip(), by.actor.name, by.now
    _note(session, enquiry, LegalHold(), enquiry.hold_reason, by)


def end(session: Session, enquiry: Enquiry, *, version: int, by: Acting) -> None:
    """End the hold of a locked enquiry: what has passed its time is erased the next night. Without a hold: nothing.

    Raises Conflict where the version has passed.
    """
    require(by.actor, Permission.PRIVACY_MANAGE)
    if enquiry.hold_since is None:
        return
    versions.expect(enquiry, version)
    enquiry.hold_reason, enquiry.hold_by, enquiry.hold_since = "", "", None
    _note(session, enquiry, LegalHold(ended=True), "", by)


def _note(session: Session, enquiry: Enquiry, facts: LegalHold, reason: str, by: Acting) -> None:
    """Write the line without a new time of change: a hold does not make an enquiry younger."""
    versions.raise_version(enquiry)
    events.add(session, enquiry.id, EventKind.LEGAL_HOLD, by.actor, facts, now=by.now, text=reason)
