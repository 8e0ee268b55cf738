"""Which organisation and contact an enquiry comes from: linked where it is certain, else suggested with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.domain.search.folding import words
from webapp.models import Contact, Enquiry, Organisation, OrganisationKey
from webapp.paths import DATA
from webapp.vocabulary import KeyKind

MOST = 5
_LIKE = 0.75
_STEM = 6
_CANDIDATES = 50
# Addresses there say nothing about an organisation.
_PUBLIC = frozenset((DATA / "public_mail_domains.txt").read_text(encoding="ascii").split())


class Reason(StrEnum):
    """Why a record may be the organisation of an enquiry."""

    DOMAIN = "domain"
    NAME = "name"
    CONTACT = "contact"
    SIMILAR = "similar"


@dataclass(frozen=True)
class Suggestion:
    """A record that may be meant, with every reason for it."""

    organisation: Organisation
    reasons: tuple[Reason, ...]


def name_key(name: str) -> str:
    """Return a name as it is compared: folded words without punctuation or article; may be empty.

    Stricter than the search: the whole name must agree, word by word, so Muster-Stadt is Muster Stadt, not Musterstadt.
    """
    found = words(name)
    return " ".join(found[1:] if len(found) > 1 and found[0] == "the" else found)


def domains_of(email: str) -> tuple[str, ...]:
    """Return an address' domain and those above it, down to two labels; none for a public email provider."""
    labels = email.rpartition("@")[2].strip().lower().split(".")
    found = tuple(".".join(labels[start:]) for start in range(len(labels) - 1))
    return () if _PUBLIC.intersection(found) else found


def is_public(domain: str) -> bool:
    """Return whether anyone can have an address at an email domain; addresses there belong to no organisation."""
    return domain.lower() in _PUBLIC


def recognise(session: Session, enquiry: Enquiry) -> Organisation | None:
    """Link a new enquiry to the contact with its address and the one organisation with its email domain and its name.

    Returns that organisation; None where there is none, or more than one: then a person decides.
    """
    enquiry.contact_id = session.scalar(select(Contact.id).where(Contact.email == enquiry.contact_email.lower()))
    domains, name = domains_of(enquiry.contact_email), name_key(enquiry.organisation)
    if not domains or not name:
        return None
    keys = [_has_key(KeyKind.DOMAIN, domains), _has_key(KeyKind.NAME, [name])]
    query = select(Organisation).where(Organisation.merged_into_id.is_(None), *keys).limit(2)
    found = session.scalars(query).all()
    if len(found) != 1:
        return None
    enquiry.organisation_id = found[0].id
    return found[0]


def _has_key(kind: KeyKind, values: Iterable[str]) -> ColumnElement[bool]:
    owners = select(OrganisationKey.organisation_id)
    return Organisation.id.in_(owners.where(OrganisationKey.kind == kind, OrganisationKey.value.in_(values)))


def suggestions(session: Session, enquiry: Enquiry) -> list[Suggestion]:
    """Return the records that an enquiry (with its known contact) may come from, the likeliest first, at most MOST."""
    domains, name = domains_of(enquiry.contact_email), name_key(enquiry.organisation)
    found = {organisation.id: organisation for organisation in _candidates(session, enquiry, domains, name)}
    reasons = {key: _reasons(organisation, enquiry, domains, name) for key, organisation in found.items()}
    ranked = sorted((key for key in found if reasons[key]), key=lambda key: (-len(reasons[key]), found[key].sort_name))
    return [Suggestion(found[key], reasons[key]) for key in ranked[:MOST]]


def _candidates(session: Session, enquiry: Enquiry, domains: tuple[str, ...], name: str) -> Iterable[Organisation]:
    """Return records with the domain or the name, that of the contact, and those with the stem of its longest word."""
    by_key = select(OrganisationKey.organisation_id).where(
        or_(
            and_(OrganisationKey.kind == KeyKind.DOMAIN, OrganisationKey.value.in_(domains)),
            and_(OrganisationKey.kind == KeyKind.NAME, OrganisationKey.value == name),
        )
    )
    exact = Organisation.id.in_(by_key)
    conditions: list[ColumnElement[bool]] = [exact]
    if enquiry.known_contact is not None:
        conditions.append(Organisation.id == enquiry.known_contact.organisation_id)
    longest = max(name.split(), key=len, default="")
    if len(longest) > 1:
        conditions.append(Organisation.search_text.contains(longest[:_STEM], autoescape=True))
    query = select(Organisation).where(Organisation.merged_into_id.is_(None), or_(*conditions))
    query = query.options(selectinload(Organisation.keys)).order_by(exact.desc(), Organisation.id)
    return session.scalars(query.limit(_CANDIDATES)).all()


def _reasons(organisation: Organisation, enquiry: Enquiry, domains: tuple[str, ...], name: str) -> tuple[Reason, ...]:
    names = [key.value for key in organisation.keys if key.kind is KeyKind.NAME]
    same = name in names
    found = {
        Reason.CONTACT: bool(enquiry.known_contact and enquiry.known_contact.organisation_id == organisation.id),
        Reason.DOMAIN: any(key.kind is KeyKind.DOMAIN and key.value in domains for key in organisation.keys),
        Reason.NAME: same,
        Reason.SIMILAR: not same and any(SequenceMatcher(None, name, other).ratio() >= _LIKE for other in names),
    }
    return tuple(reason for reason, holds in found.items() if holds)
