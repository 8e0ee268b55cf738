"""The whole directory as plain values that no one can change, read once for each version and shared by requests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.directory.networks import evidences
from webapp.models import Network, PublicVersion, Term
from webapp.models.public_version import ROW
from webapp.vocabulary import Group, TermKind

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Word:
    """A term that networks are filtered by."""

    kind: TermKind
    tag: str
    label: Texts


@dataclass(frozen=True)
class Entry:
    """What pages say of a network, hidden ones too; who answers for it is not among it."""

    id: int
    slug: str
    active: bool
    group: Group
    position: int
    acronym: str | None
    name: Texts
    former_names: Sequence[Mapping[str, Any]]
    founded: int | None
    founded_by: Texts | None
    administered_by: Texts | None
    supported_by: Sequence[str]
    countries: Mapping[str, Any]
    size: Texts | None
    regions: Sequence[str]
    scope: Sequence[str]
    summary: Texts
    description: Texts
    activities: Sequence[Texts]
    role: Texts | None
    role_note: Texts | None
    website: str | None
    similar: Sequence[str]
    as_of: date
    source_url: str
    verified_on: date | None
    languages: Sequence[str]
    evidence: Texts

    @property
    def short_name(self) -> str:
        """What staff and emails call it."""
        return self.acronym or self.name["en"]


_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "evidence")


@dataclass(frozen=True)
class Directory:
    """Every network in the university's order, hidden ones too, and the terms by kind."""

    entries: tuple[Entry, ...]
    terms: Mapping[TermKind, Sequence[Word]]

    @cached_property
    def active(self) -> tuple[Entry, ...]:
        """The networks that visitors see."""
        return tuple(entry for entry in self.entries if entry.active)

    @cached_property
    def by_slug(self) -> Mapping[str, Entry]:
        """Every network by its slug, hidden ones too."""
        return {entry.slug: entry for entry in self.entries}

    def similar(self, to: Entry) -> list[Entry]:
        """Return the active networks that the given one names as similar, in the order in which it names them."""
        named = (self.by_slug.get(slug) for slug in to.similar)
        return [entry for entry in named if entry is not None and entry.active]


def version(session: Session) -> str | None:
    """Return the word that changes with whatever public pages show; ask before what is kept for it is read."""
    return session.scalar(select(PublicVersion.word).where(PublicVersion.id == ROW))


def read(session: Session) -> Directory:
    """Return the directory as it is, in two statements."""
    networks = session.scalars(select(Network).order_by(Network.position, Network.id))
    terms = session.execute(select(Term.kind, Term.tag, Term.label).order_by(Term.position, Term.id)).all()
    by_kind = {
        kind: tuple(Word(kind, tag, _frozen(label)) for of, tag, label in terms if of is kind) for kind in TermKind
    }
    return Directory(tuple(map(_entry, networks)), MappingProxyType(by_kind))


def _entry(network: Network) -> Entry:
    values = {name: _frozen(getattr(network, name)) for name in _COLUMNS}
    return Entry(**values, evidence=MappingProxyType(evidences(network)))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({name: _frozen(part) for name, part in value.items()})
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(map(_frozen, value))
    return value
