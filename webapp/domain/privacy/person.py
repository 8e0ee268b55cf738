"""What is kept about one person, who is an email address: found the same way to be given out and to be erased."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.domain.security.acting import Acting
from webapp.models import (
    Approval,
    Contact,
    DataRequest,
    Draft,
    Enquiry,
    Faculty,
    Link,
    Message,
    Network,
    Person,
    Referral,
    SavedForm,
)

Numbers = Sequence[int]


@dataclass(frozen=True)
class Holdings:
    """The rows that are about an address, by their ids; what belongs to an enquiry is not named here."""

    email: str
    enquiries: Numbers
    # Of these, those on legal hold.
    on_hold: Numbers
    contacts: Numbers
    drafts: Numbers
    approvals: Numbers
    referrals: Numbers
    faculties: Numbers
    # Emails to it that are about enquiries of others, or about none.
    messages: Numbers
    links: Numbers
    requests: Numbers

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is kept, but that someone asked."""
        rows = (self.enquiries, self.contacts, self.drafts, self.approvals, self.referrals, self.faculties)
        return not any((*rows, self.messages))


def find(session: Session, email: str) -> Holdings:
    """Return what is kept about an address, in any capitals."""
    address = email.strip().lower()
    enquiries = _of(session, Enquiry.id, Enquiry.contact_email, address)
    held = select(Enquiry.id).where(Enquiry.id.in_(enquiries), Enquiry.hold_since.is_not(None))
    of_others = select(Message.id).where(
        func.lower(Message.recipient_email) == address,
        Message.enquiry_id.is_(None) | Message.enquiry_id.not_in(enquiries),
    )
    return Holdings(
        email=address,
        enquiries=enquiries,
        on_hold=session.scalars(held).all(),
        contacts=_of(session, Contact.id, Contact.email, address),
        drafts=sorted({*_drafts(session, address), *_saved(session, address)}) if address else [],
        approvals=_of(session, Approval.id, Approval.email, address),
        referrals=_of(session, Referral.id, Referral.email, address),
        faculties=_of(session, Faculty.id, Faculty.email, address),
        messages=session.scalars(of_others.order_by(Message.id)).all() if address else [],
        links=_of(session, Link.id, Link.email, address),
        requests=_of(session, DataRequest.id, DataRequest.email, address),
    )


def is_ours(session: Session, email: str, *, by: Acting) -> bool:
    """Return whether an address is a colleague's, a network's or the office's: those are changed at the desk."""
    address = email.strip().lower()
    own = (by.settings.office_email, by.settings.mail_from, by.settings.alert_email)
    return address in [each.lower() for each in own if each] or any(
        _of(session, column.class_.id, column, address) for column in (Person.email, Network.mailbox)
    )


def _of(
    session: Session, number: InstrumentedAttribute[int], column: InstrumentedAttribute[str | None], address: str
) -> Numbers:
    # What was emptied has no address, and so have contacts: that is no one's.
    if not address:
        return []
    return session.scalars(select(number).where(func.lower(column) == address).order_by(number)).all()


def _saved(session: Session, address: str) -> Numbers:
    """Return the drafts whose link went to the address."""
    return session.scalars(select(SavedForm.draft_id).where(func.lower(SavedForm.email) == address)).all()


def _drafts(session: Session, address: str) -> Iterator[int]:
    """Return the drafts in which the address is the sender's."""
    query = select(Draft.id, Draft.fields).where(cast(Draft.fields, String).icontains(address, autoescape=True))
    for number, fields in session.execute(query.order_by(Draft.id)):
        if any(address == str(value).strip().lower() for value in fields.get("contact_email", ())):
            yield number
