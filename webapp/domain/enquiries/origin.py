"""Which organisation and contact an enquiry comes from, as a person confirms it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid
from webapp.domain.history import versions
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.organisations.recognition import domains_of
from webapp.domain.organisations.records import OrganisationFacts
from webapp.domain.security.acting import Acting
from webapp.models import Contact, Enquiry, Event, Organisation
from webapp.models.event_data import OrganisationLinked
from webapp.vocabulary import Action


def facts_from(enquiry: Enquiry) -> OrganisationFacts:
    """Return what an enquiry says of its organisation; the network that it names is not taken as a membership."""
    return OrganisationFacts(
        name=enquiry.organisation,
        country=enquiry.country,
        type=enquiry.organisation_type,
        domains=domains_of(enquiry.contact_email)[:1],
    )


def link_organisation(
    session: Session, enquiry: Enquiry, organisation: Organisation | None, *, by: Acting, version: int | None = None
) -> Event:
    """Set the record that a locked enquiry comes from, or None; its contact becomes a record beside it.

    Raises what `actions.act` raises, and Invalid for a record that became part of another.
    """
    if organisation is not None and organisation.merged_into_id is not None:
        raise Invalid({"organisation": "merged"})
    facts = OrganisationLinked(organisation=organisation.name if organisation else "")
    event = actions.act(session, enquiry, Action.LINK, version=version, facts=facts, by=by)
    before, enquiry.organisation_id = enquiry.organisation_id, organisation.id if organisation else None
    if organisation is not None:
        _link_contact(session, enquiry, organisation, before, now=by.now)
    return event


def _link_contact(
    session: Session, enquiry: Enquiry, organisation: Organisation, before: int | None, *, now: datetime
) -> None:
    """Find or make the contact; one that only this enquiry brought under another record comes along."""
    email = enquiry.contact_email.lower()
    contact = (
        insert_once(
            session,
            Contact,
            unique=[Contact.email],
            organisation_id=organisation.id,
            name=enquiry.contact_name,
            position=enquiry.contact_position,
            email=email,
            phone=enquiry.phone,
            created_at=now,
            changed_at=now,
        )
        or session.scalars(select(Contact).where(Contact.email == email)).one()
    )
    if contact.organisation_id == before != organisation.id:
        others = select(Enquiry.id).where(Enquiry.contact_id == contact.id, Enquiry.id != enquiry.id).limit(1)
        if session.scalar(others) is None:
            contact.organisation_id, contact.changed_at = organisation.id, now
            versions.raise_version(contact)
    enquiry.contact_id = contact.id
