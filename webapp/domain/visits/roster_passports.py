"""What passports of delegates say: shown to few, and each look is a line of the audit log."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.domain.visits import roster_entries
from webapp.models import Delegate, Enquiry
from webapp.vocabulary import AuditKind, Permission


def look(session: Session, enquiry: Enquiry, *, by: Acting) -> Sequence[Delegate]:
    """Return the delegates of a visit who need a letter, with their passports; who looked is noted with this."""
    require(by.actor, Permission.PASSPORT_READ)
    rows = [row for row in roster_entries.rows(session, enquiry.id, passports=True) if row.invitation_letter]
    note(session, enquiry, [row.id for row in rows if row.passport], by=by)
    return rows


def note(session: Session, enquiry: Enquiry, delegate_ids: Sequence[int], *, by: Acting) -> None:
    """Note that someone is shown the passports of these delegates, by the numbers of their rows; of none, nothing."""
    if delegate_ids:
        kind = AuditKind.PASSPORTS_SEEN
        audit.note(session, kind, by.actor, now=by.now, subject=enquiry.reference, delegates=list(delegate_ids))
