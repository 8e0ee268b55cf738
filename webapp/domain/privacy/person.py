"""What is kept about one person, who is an email address: found the same way to be given out and to be erased."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.domain.privacy import delegates, former
from webapp.domain.privacy.delegates import Found
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
    SlotHost,
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
    # On lists of delegates, by table.
    delegate: Found
    # A colleague who has no account: they were asked by a link alone.
    people: Numbers
    slot_hosts: Numbers

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is kept, but that someone asked."""
        rows = (self.enquiries, self.contacts, self.drafts, self.approvals, self.referrals, self.faculties)
        return not any((*rows, self.messages, self.delegate, self.people))

    @property
    def own(self) -> dict[str, Numbers]:
        """The rows that are the person's, by table, also in enquiries of others; lists that were not saved are not."""
        asked = ("contacts", "drafts", "approvals", "referrals", "faculties", "messages", "people", "slot_hosts")
        lists = {name: numbers for name, numbers in vars(self.delegate).items() if name != "roster_drafts"}
        return {name: getattr(self, name) for name in asked} | lists


def find(session: Session, email: str) -> Holdings:
    """Return what is kept about an address, in any capitals."""
    address = email.strip().lower()
    enquiries = _of(session, Enquiry.id, Enquiry.contact_email, address)
    held = select(Enquiry.id).where(Enquiry.id.in_(enquiries), Enquiry.hold_since.is_not(None))
    of_others = select(Message.id).where(
        func.lower(Message.recipient_email) == address,
        Message.enquiry_id.is_(None) | Message.enquiry_id.not_in(enquiries),
    )
    people = session.scalars(select(Person.id).where(func.lower(Person.email) == address, *former.BY_LINK)).all()
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
        delegate=delegates.find(session, address),
        people=people,
        slot_hosts=session.scalars(select(SlotHost.id).where(SlotHost.person_id.in_(people))).all(),
    )


def is_ours(session: Session, email: str, *, by: Acting) -> bool:
    """Return whether an address is a colleague's, a network's or the office's: those are changed at the desk.

    Who was asked by a link alone, and is needed for nothing any more, is no colleague here.
    """
    address = email.strip().lower()
    own = (by.settings.office_email, by.settings.mail_from, by.settings.alert_email)
    free = former.free(by).where(func.lower(Person.email) == address)
    people = set(_of(session, Person.id, Person.email, address)) - set(session.scalars(free))
    is_network = _of(session, Network.id, Network.mailbox, address)
    return bool(people or is_network) or address in [each.lower() for each in own if each]


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
