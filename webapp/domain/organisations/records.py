"""Organisations as the office keeps them: searched, made, edited so that no one's words are lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session, selectinload

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.organisations.recognition import name_key
from webapp.domain.search import text as search_text
from webapp.domain.search.folding import searchable, terms
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Network, Organisation, OrganisationKey
from webapp.vocabulary import AuditAction, KeyKind, OrganisationType, Permission, RecordType, Status

PAGE = 25
# The outcome of earlier enquiries is taken from this many at most.
REMEMBERED = 100


@dataclass(frozen=True)
class OrganisationFacts:
    """What staff say of an organisation; `networks` are slugs, `agreements` one a line."""

    name: str
    country: str
    type: OrganisationType
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    website: str = ""
    partner: bool = False
    agreements: str = ""
    networks: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class OrganisationPage:
    """One page of the records, and the id after which the next one starts (None: there is none)."""

    rows: Sequence[Organisation]
    next: int | None


def listed(
    session: Session, *, actor: Actor, text: str = "", country: str = "", after: int | None = None, limit: int = PAGE
) -> OrganisationPage:
    """Return records by name, in pages by keyset; `text` is looked for in all names and domains."""
    require(actor, Permission.ORGANISATION_READ)
    query = select(Organisation).where(Organisation.merged_into_id.is_(None))
    if country:
        query = query.where(Organisation.country == country)
    if text.strip():
        # The article is no part of a name, as in `name_key`; alone it is what someone looks for.
        wanted = tuple(term for term in terms(text) if term != (("the",),)) or terms(text)
        query = query.where(search_text.holds(Organisation.search_text, wanted))
    if after is not None:
        # A subquery for the name alone: with one for both the index would be read from its beginning.
        name = select(Organisation.sort_name).where(Organisation.id == after).scalar_subquery()
        query = query.where(tuple_(Organisation.sort_name, Organisation.id) > tuple_(name, literal(after)))
    query = query.options(selectinload(Organisation.networks)).order_by(Organisation.sort_name, Organisation.id)
    rows = session.scalars(query.limit(limit + 1)).all()
    return OrganisationPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def countries(session: Session, *, actor: Actor) -> Sequence[str]:
    """Return the countries of the records: from one to the next by the index, as few beside the records as they are."""
    require(actor, Permission.ORGANISATION_READ)
    shown = select(func.min(Organisation.country)).where(Organisation.merged_into_id.is_(None))
    found = select(shown.scalar_subquery().label("country")).cte("found", recursive=True)
    following = shown.where(Organisation.country > found.c.country).correlate(found).scalar_subquery()
    found = found.union_all(select(following).where(found.c.country.is_not(None)))
    return session.scalars(select(found.c.country).where(found.c.country.is_not(None))).all()


def record(session: Session, organisation_id: int, *, actor: Actor) -> Organisation:
    """Return a record with its networks and contacts, also one that became part of another. Raises NotFound."""
    require(actor, Permission.ORGANISATION_READ)
    return _fetch(session, organisation_id)


def locked(session: Session, organisation_id: int, *, actor: Actor) -> Organisation:
    """Return a record, held for this transaction, to change it. Raises NotFound, also once it is part of another."""
    require(actor, Permission.ORGANISATION_EDIT)
    held = select(Organisation.id).where(Organisation.id == organisation_id, Organisation.merged_into_id.is_(None))
    if session.scalar(held.with_for_update()) is None:
        raise NotFound("organisation")
    return _fetch(session, organisation_id)


def _fetch(session: Session, organisation_id: int) -> Organisation:
    loads = (
        selectinload(Organisation.networks),
        selectinload(Organisation.contacts),
        selectinload(Organisation.keys),
    )
    found = session.scalars(
        select(Organisation).where(Organisation.id == organisation_id).options(*loads)
    ).one_or_none()
    if found is None:
        raise NotFound("organisation")
    return found


def facts_of(found: Organisation) -> OrganisationFacts:
    """Return what is said of an organisation (with its networks)."""
    return OrganisationFacts(
        name=found.name,
        country=found.country,
        type=found.type,
        aliases=tuple(found.aliases),
        domains=tuple(found.domains),
        website=found.website,
        partner=found.partner,
        agreements=found.agreements,
        networks=tuple(network.slug for network in found.networks),
        notes=found.notes,
    )


def plain(facts: OrganisationFacts) -> dict[str, Any]:
    """Return facts as plain JSON, by field."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(facts).items()}


def namesake(session: Session, name: str, *, actor: Actor) -> Organisation | None:
    """Return the latest record that has this name, or has it among its others; who makes one holds still until the end.

    Two who make the same at once meet here: the second finds what the first made. Take it before anything is read.
    """
    require(actor, Permission.ORGANISATION_READ)
    alone(session, "organisations")
    same = select(OrganisationKey.organisation_id).where(
        OrganisationKey.kind == KeyKind.NAME, OrganisationKey.value == name_key(name)
    )
    query = select(Organisation).where(Organisation.id.in_(same), Organisation.merged_into_id.is_(None))
    return session.scalars(query.order_by(Organisation.id.desc()).limit(1)).one_or_none()


def add(session: Session, facts: OrganisationFacts, *, by: Acting) -> Organisation:
    """Add a record. Raises Invalid, by field."""
    require(by.actor, Permission.ORGANISATION_EDIT)
    found = Organisation(created_at=by.now, version=0, networks=[], contacts=[], keys=[])
    _write(session, found, facts, now=by.now)
    session.add(found)
    session.flush()
    changes.record(
        session, RecordType.ORGANISATION, found.id, AuditAction.MADE, name=found.name, version=found.version, by=by
    )
    return found


def edit(session: Session, found: Organisation, facts: OrganisationFacts, *, version: int, by: Acting) -> None:
    """Change a locked record. Raises Conflict where someone changed it since `version`, Invalid by field."""
    require(by.actor, Permission.ORGANISATION_EDIT)
    versions.expect(found, version)
    changed = changes.difference(plain(facts_of(found)), plain(facts))
    if changed:
        _write(session, found, facts, now=by.now)
        note(session, found, AuditAction.CHANGED, changed, by=by)


def note(session: Session, found: Organisation, action: AuditAction, changed: dict[str, Any], *, by: Acting) -> None:
    """Keep what was done to a record."""
    changes.record(
        session,
        RecordType.ORGANISATION,
        found.id,
        action,
        name=found.name,
        version=found.version,
        fields=changed,
        by=by,
    )


def _write(session: Session, found: Organisation, facts: OrganisationFacts, *, now: datetime) -> None:
    networks = session.scalars(select(Network).where(Network.slug.in_(facts.networks)).order_by(Network.position)).all()
    faults = {} if name_key(facts.name) else {"name": "empty"}
    if len(networks) != len(set(facts.networks)):
        faults["networks"] = "unknown"
    if faults:
        raise Invalid(faults)
    for name in ("name", "country", "type", "website", "partner", "agreements", "notes"):
        setattr(found, name, getattr(facts, name))
    found.aliases, found.domains, found.networks = list(facts.aliases), list(facts.domains), list(networks)
    touch(found, now=now)


def touch(found: Organisation, *, now: datetime) -> None:
    """Raise the version of a record (with its keys) and renew what it is sorted, searched and recognised by."""
    names = list(dict.fromkeys(filter(None, map(name_key, (found.name, *found.aliases)))))
    found.sort_name = names[0]
    found.search_text = "\n".join(map(searchable, (found.name, *found.aliases, *found.domains)))
    wanted = {*((KeyKind.NAME, name) for name in names), *((KeyKind.DOMAIN, domain) for domain in found.domains)}
    if found.merged_into_id is not None:
        wanted = set()
    kept = [key for key in found.keys if (key.kind, key.value) in wanted]
    fresh = wanted - {(key.kind, key.value) for key in kept}
    found.keys = [*kept, *(OrganisationKey(kind=kind, value=value) for kind, value in sorted(fresh))]
    versions.raise_version(found)
    found.changed_at = now


def what_became(
    session: Session, organisation_id: int, *, actor: Actor, besides: int | None = None
) -> dict[Status, int]:
    """Return how many of an organisation's latest enquiries are in each status, of those that the actor sees.

    `besides` leaves one enquiry out. At most REMEMBERED are looked at.
    """
    latest = select(Enquiry.status).where(Enquiry.organisation_id == organisation_id, visible(actor))
    if besides is not None:
        latest = latest.where(Enquiry.id != besides)
    found = latest.order_by(Enquiry.submitted_at.desc(), Enquiry.id.desc()).limit(REMEMBERED).subquery()
    rows = session.execute(select(found.c.status, func.count()).group_by(found.c.status)).all()
    return {Status(status): count for status, count in rows}
