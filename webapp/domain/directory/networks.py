"""The directory: networks are imported without undoing what staff edited, listed, searched and filtered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.db import add_nudge
from webapp.domain.directory import editing
from webapp.domain.directory.facts import flat, plain, typed
from webapp.domain.directory.source import DirectorySource
from webapp.domain.directory.source import Network as SourceNetwork
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes
from webapp.domain.history.uniqueness import alone
from webapp.domain.search import folding
from webapp.domain.security.permissions import SYSTEM, Actor, require
from webapp.models import Network, Person, Term
from webapp.vocabulary import Deed, Job, Language, Permission, Subject, TermKind

_LANGUAGES = {"en": Language.EN, "zh_hant": Language.ZH_HANT, "zh_hans": Language.ZH_HANS}
_AS_IT_IS = (
    "acronym",
    "former_names",
    "founded",
    "supported_by",
    "members",
    "countries",
    "regions",
    "scope",
    "cautions",
    "similar",
)
_TEXTS = ("name", "founded_by", "administered_by", "size", "summary", "description", "activities", "role", "role_note")


@dataclass
class ImportReport:
    """What an import did: slugs that are new, that changed, and fields that staff edited and that were left alone."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def import_networks(session: Session, source: DirectorySource, *, now: datetime) -> ImportReport:
    """Bring the directory to the state of the file; doing it again changes nothing.

    A field that no longer has the value of the last import was edited by staff: it stays, and is reported as kept.
    Networks that the file does not name stay as they are. Whoever edits an entry meanwhile is told of what it changed.
    """
    alone(session, editing.DIRECTORY)
    report = ImportReport()
    _import_terms(session, source)
    known = {network.slug: network for network in session.scalars(select(Network))}
    for given in source.networks:
        values = _values(given, source)
        network = known.get(given.slug)
        if network is None:
            session.add(Network(slug=given.slug, imported=values, **typed(values)))
            report.added.append(given.slug)
        else:
            _update(session, network, values, report, now=now)
    session.flush()
    return report


def _update(session: Session, network: Network, values: dict[str, Any], report: ImportReport, *, now: datetime) -> None:
    current = plain({name: getattr(network, name) for name in values})
    imported, new = dict(network.imported), dict[str, Any]()
    for name, value in values.items():
        if current[name] != imported.get(name):
            report.kept.append(f"{network.slug}.{name}")
        elif current[name] != value:
            imported[name] = new[name] = value
    if new:
        for name, value in typed(new).items():
            setattr(network, name, value)
        network.imported = imported
        if changed := changes.difference(flat(current), flat(current | new)):
            editing.raise_version(session, network, changed, actor=SYSTEM, now=now)
        report.changed.append(network.slug)


def _import_terms(session: Session, source: DirectorySource) -> None:
    known = {(term.kind, term.tag): term for term in session.scalars(select(Term))}
    kinds = ((TermKind.GROUP, source.groups), (TermKind.SCOPE, source.scopes), (TermKind.REGION, source.regions))
    for kind, terms in kinds:
        for position, given in enumerate(terms):
            label = _by_language(asdict(given.label))
            term = known.get((kind, given.tag))
            if term is None:
                session.add(Term(kind=kind, tag=given.tag, label=label, position=position))
            else:
                term.label, term.position = label, position


def _values(given: SourceNetwork, source: DirectorySource) -> dict[str, Any]:
    """The columns of a network as plain JSON, so that they compare with what was imported before."""
    raw = asdict(given)
    values = {name: raw[name] for name in _AS_IT_IS}
    values |= {name: _by_language(raw[name]) for name in _TEXTS}
    values["countries"] = {**raw["countries"], "label": _by_language(raw["countries"]["label"])}
    values |= {
        "position": given.order,
        "group": given.group,
        "website": given.website.url,
        "sources": {"facts": raw["sources"], "website": raw["website"], "name_source": raw["name_source"]},
        "as_of": source.meta.as_of,
        "source_url": source.meta.source_page,
    }
    return plain(values)


def _by_language(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_LANGUAGES[key]: text for key, text in value.items() if text is not None}
    if isinstance(value, list | tuple):
        return [_by_language(item) for item in value]
    return value


def networks(session: Session, *, hidden: bool = False) -> Sequence[Network]:
    """Return the active networks in the university's order; with the hidden ones for the desk."""
    return session.scalars(_in_order(hidden=hidden)).all()


def networks_with_people(session: Session) -> Sequence[Network]:
    """Return all networks for the desk, hidden ones too, each with its liaison, its deputy and who keeps it."""
    people = (joinedload(Network.liaison), joinedload(Network.deputy), joinedload(Network.owner))
    return session.scalars(_in_order(hidden=True).options(*people)).all()


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


def locked(session: Session, slug: str, *, actor: Actor) -> Network:
    """Return a network with its people, also a hidden one, held for this transaction. Raises NotFound."""
    require(actor, Permission.NETWORK_READ)
    session.scalar(select(Network.id).where(Network.slug == slug).with_for_update())
    return network(session, slug, hidden=True)


def set_people(
    session: Session,
    found: Network,
    *,
    liaison_id: int | None,
    deputy_id: int | None,
    escalation_id: int | None,
    mailbox: str = "",
    languages: Sequence[Language] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Say who answers for a network (with its people), in which languages; open work goes to them.

    Raises Invalid, by field, for somebody unknown or gone, or a deputy of oneself.
    """
    require(actor, Permission.NETWORK_EDIT)
    given = {"liaison": liaison_id, "deputy": deputy_id, "escalation": escalation_id}
    known = {person.id: person.name for person in candidates(session)}
    faults = {
        field: "unknown" for field, person_id in given.items() if person_id is not None and person_id not in known
    }
    if liaison_id is not None and liaison_id == deputy_id:
        faults["deputy"] = "same"
    if faults:
        raise Invalid(faults)
    before = _answering(found)
    found.liaison_id, found.deputy_id, found.escalation_id = liaison_id, deputy_id, escalation_id
    found.mailbox, found.languages = mailbox or None, [language.value for language in languages]
    add_nudge(session, Job.ENQUIRIES_REROUTE, found.id)
    after: dict[str, Any] = {field: known.get(person_id, "") if person_id else "" for field, person_id in given.items()}
    after |= {"mailbox": mailbox, "languages": list(found.languages)}
    if changed := changes.difference(before, after):
        changes.record(
            session, Subject.NETWORK, found.slug, Deed.CHANGED, name=found.short_name, actor=actor, now=now,
            fields=changed,
        )  # fmt: skip


def _answering(found: Network) -> dict[str, Any]:
    people = {"liaison": found.liaison, "deputy": found.deputy, "escalation": found.escalation}
    names = {field: person.name if person else "" for field, person in people.items()}
    return {**names, "mailbox": found.mailbox or "", "languages": list(found.languages or ())}


def candidates(session: Session) -> Sequence[Person]:
    """Return who may answer for a network, with or without an account, by name."""
    return session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id)).all()


def instead_of(session: Session, slug: str) -> list[Network]:
    """Return what a hidden network called similar, for whoever comes by an old link; nothing for an unknown one."""
    hidden = session.scalars(select(Network).where(Network.slug == slug)).one_or_none()
    return similar(session, hidden) if hidden else []


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


@dataclass(frozen=True)
class Search:
    """What a visitor looks for; empty fields do not filter."""

    text: str = ""
    scope: str = ""
    region: str = ""
    group: str = ""

    def __bool__(self) -> bool:
        return any((self.text.strip(), self.scope, self.region, self.group))


def holding(found: Sequence[Network], text: str, terms: Mapping[TermKind, Sequence[Term]]) -> list[Network]:
    """Return the networks that hold every term of a text in what visitors can read of them, in any language.

    Each is read anew, so ask once and filter what it returns. All are returned where there is no text.
    """
    if not text.strip():
        return list(found)
    wanted = folding.terms(text)
    labels = {(kind, term.tag): " ".join(term.label.values()) for kind, listed in terms.items() for term in listed}
    return [network for network in found if wanted and folding.holds(_search_text(network, labels), wanted)]


def matching(found: Sequence[Network], search: Search) -> list[Network]:
    """Return the networks that meet every filter of a search; its text is for `holding`."""
    return [
        network
        for network in found
        if (not search.scope or search.scope in network.scope)
        and (not search.region or search.region in network.regions)
        and (not search.group or search.group == network.group)
    ]


def _search_text(network: Network, labels: Mapping[tuple[TermKind, str], str]) -> str:
    """What a network's pages say, a line for each text: all but figures' sources and the office's cautions."""
    localised = (network.name, network.founded_by, network.administered_by, network.size, network.summary)
    localised += (network.description, *network.activities, network.role, network.role_note)
    tags = {TermKind.GROUP: [network.group.value], TermKind.SCOPE: network.scope, TermKind.REGION: network.regions}
    texts = [
        *(text for texts in (*localised, network.countries.get("label")) for text in (texts or {}).values()),
        *(labels.get((kind, tag), tag) for kind, given in tags.items() for tag in given),
        *(former["name"] for former in network.former_names),
        *network.supported_by,
        *network.countries.get("names", ()),
        *(str(fact or "") for fact in (network.acronym, network.slug, network.founded, network.website)),
    ]
    return "\n".join(map(folding.searchable, texts))
