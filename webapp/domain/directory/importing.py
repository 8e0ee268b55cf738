"""The directory is imported without undoing what staff edited."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.directory import editing
from webapp.domain.directory.facts import flat, plain, typed
from webapp.domain.directory.source import DirectorySource, SourceNetwork
from webapp.domain.history import changes
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Network, Term
from webapp.vocabulary import Language, TermKind

_LANGUAGES = {language.suffix: language for language in Language}
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


def import_networks(session: Session, source: DirectorySource, *, by: Acting) -> ImportReport:
    """Bring the directory to the state of the file; doing it again changes nothing.

    A field that no longer has the value of the last import was edited by staff: it stays, and is reported as kept.
    Networks that the file does not name stay as they are. Anyone editing an entry meanwhile sees what it changed.
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
            _update(session, network, values, report, by=by)
    session.flush()
    return report


def _update(session: Session, network: Network, values: dict[str, Any], report: ImportReport, *, by: Acting) -> None:
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
            editing.raise_version(session, network, changed, by=by.as_(SYSTEM))
        report.changed.append(network.slug)


def _import_terms(session: Session, source: DirectorySource) -> None:
    known = {(term.kind, term.tag): term for term in session.scalars(select(Term))}
    kinds = ((TermKind.GROUP, source.groups), (TermKind.SCOPE, source.scopes), (TermKind.REGION, source.regions))
    for kind, terms in kinds:
        for position, given in enumerate(terms):
            label = _by_language(given.label)
            term = known.get((kind, given.tag))
            if term is None:
                session.add(Term(kind=kind, tag=given.tag, label=label, position=position))
            else:
                term.label, term.position = label, position


def _values(given: SourceNetwork, source: DirectorySource) -> dict[str, Any]:
    """Return the columns of a network as plain JSON, so that they compare with what was imported before."""
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
