"""The directory: networks listed and found, with their terms and with where each fact was read."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer, joinedload, load_only

from webapp.domain.errors import NotFound
from webapp.domain.security.permissions import Actor, require
from webapp.models import Network, Term
from webapp.vocabulary import Permission, TermKind

# Long texts and evidence, most of what a network is.
_OF_ITS_PAGE = (
    *(Network.imported, Network.sources, Network.cautions, Network.description, Network.activities, Network.members),
    *(Network.countries, Network.similar, Network.supported_by, Network.founded_by, Network.administered_by),
    *(Network.role, Network.role_note, Network.size),
)


def networks(session: Session, *, hidden: bool = False) -> Sequence[Network]:
    """Return the active networks in the university's order; with the hidden ones for the desk."""
    return session.scalars(_in_order(hidden=hidden)).all()


def networks_with_people(session: Session) -> Sequence[Network]:
    """Return all networks for the desk's lists, hidden ones too, each with its liaison, its deputy and who keeps it.

    What only a network's own page shows is not read: asking for it raises.
    """
    people = (joinedload(Network.liaison), joinedload(Network.deputy), joinedload(Network.owner))
    own = (defer(column, raiseload=True) for column in _OF_ITS_PAGE)
    return session.scalars(_in_order(hidden=True).options(*people, *own)).all()


def _in_order(*, hidden: bool) -> Select[Network]:
    query = select(Network).order_by(Network.position, Network.id)
    return query if hidden else query.where(Network.active)


def network(session: Session, slug: str, *, hidden: bool = False) -> Network:
    """Return an active network with its people; for the desk, which finds hidden ones too, say so. Raises NotFound."""
    people = (Network.liaison, Network.deputy, Network.escalation, Network.owner)
    query = _in_order(hidden=hidden).where(Network.slug == slug)
    found = session.scalars(query.options(*map(joinedload, people))).one_or_none()
    if found is None:
        raise NotFound("network")
    return found


def with_who_answers(session: Session, network_id: int) -> Network:
    """Return what says who answers for an active network, and nothing else of it. Raises NotFound."""
    columns = load_only(Network.acronym, Network.name, Network.mailbox, Network.languages, raiseload=True)
    query = select(Network).where(Network.id == network_id, Network.active).options(columns)
    found = session.scalars(query.options(joinedload(Network.liaison), joinedload(Network.deputy))).one_or_none()
    if found is None:
        raise NotFound("network")
    return found


def locked(session: Session, slug: str, *, actor: Actor) -> Network:
    """Return a network with its people, also a hidden one, held for this transaction. Raises NotFound."""
    require(actor, Permission.NETWORK_READ)
    session.scalar(select(Network.id).where(Network.slug == slug).with_for_update())
    return network(session, slug, hidden=True)


def similar(session: Session, network: Network) -> list[Network]:
    """Return the active networks that the given one names as similar, in the order in which it names them."""
    found = session.scalars(select(Network).where(Network.slug.in_(network.similar), Network.active))
    return sorted(found, key=lambda other: network.similar.index(other.slug))


def evidence(network: Network, fact: str) -> str:
    """Return the address of the page, other than the university's, where a fact was read, or nothing.

    A fact that staff edited since the import is theirs, and has no such page.
    """
    if getattr(network, fact) is None or getattr(network, fact) != network.imported.get(fact):
        return ""
    for source in network.sources.get("facts", []):
        address = str(source.get("evidence") or "").split(" ")[0]
        if fact in source["facts"] and source["source"] == "verified" and address.startswith(("http://", "https://")):
            return address
    return ""


def evidences(network: Network) -> dict[str, str]:
    """Return where the facts that pages ascribe to others were read, by fact; "" where nothing is to be ascribed."""
    return {fact: evidence(network, fact) for fact in ("founded_by", "administered_by", "role_note")}


def terms(session: Session) -> dict[TermKind, list[Term]]:
    """Return the terms of the directory by kind, in their order."""
    found: dict[TermKind, list[Term]] = {kind: [] for kind in TermKind}
    for term in session.scalars(select(Term).order_by(Term.position, Term.id)):
        found[term.kind].append(term)
    return found
