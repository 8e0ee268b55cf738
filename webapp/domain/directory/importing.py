"""The directory is imported without undoing what staff edited."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.directory import editing
from webapp.domain.directory.facts import flat, plain, typed
from webapp.domain.directory.source import DirectorySource, SourceNetwork
from webapp.domain.history import changes
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.institution import is_first
from webapp.models import Network, RemovedNetwork, Term
from webapp.paths import DATA
from webapp.vocabulary import Group, Language, TermKind

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
    left_out: list[str] = field(default_factory=list)


def usual_file(settings: Settings) -> Path | None:
    """Return the file that networks come from: the one that was set, or none of another university's.

    The networks that come along are those of the first installation, and no one else's.
    """
    if settings.networks_file is None:
        return DATA / "networks.yaml" if is_first({"institution": settings.institution}) else None
    return None if str(settings.networks_file) == "none" else settings.networks_file


def import_networks(session: Session, source: DirectorySource, *, by: Acting, again: bool = False) -> ImportReport:
    """Bring the directory to the state of the file; doing it again changes nothing.

    A field that no longer has the value of the last import was edited by staff: it stays, and is reported as kept.
    Networks that the file does not name stay as they are. Those that staff deleted are left out, unless they are to
    come `again`. Anyone editing an entry meanwhile sees what it changed.
    """
    alone(session, editing.DIRECTORY)
    report = ImportReport()
    removed = {row.slug: row for row in session.scalars(select(RemovedNetwork))}
    if again:
        for slug in [each.slug for each in source.networks if each.slug in removed]:
            session.delete(removed.pop(slug))
    wanted = [each for each in source.networks if each.slug not in removed]
    report.left_out = [each.slug for each in source.networks if each.slug in removed]
    _import_terms(session, source, wanted, report)
    known = {network.slug: network for network in session.scalars(select(Network))}
    for given in wanted:
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


def _import_terms(
    session: Session, source: DirectorySource, wanted: Sequence[SourceNetwork], report: ImportReport
) -> None:
    """Bring terms to the state of the file: new ones where an entry uses them, and labels that no one edited."""
    known = {(term.kind, term.tag): term for term in session.scalars(select(Term))}
    used: dict[TermKind, set[str]] = {
        TermKind.GROUP: set(Group),
        TermKind.SCOPE: {tag for network in wanted for tag in network.scope},
        TermKind.REGION: {tag for network in wanted for tag in network.regions},
    }
    kinds = ((TermKind.GROUP, source.groups), (TermKind.SCOPE, source.scopes), (TermKind.REGION, source.regions))
    for kind, terms in kinds:
        for position, given in enumerate(terms):
            label = _by_language(given.label)
            term = known.get((kind, given.tag))
            if term is None and given.tag in used[kind]:
                session.add(Term(kind=kind, tag=given.tag, label=label, position=position, imported=label))
            elif term is not None and term.label != (term.imported or label):
                report.kept.append(f"{kind}.{given.tag}")
            elif term is not None:
                term.label, term.position, term.imported = label, position, label


def _values(given: SourceNetwork, source: DirectorySource) -> dict[str, Any]:
    """Return the columns of a network as plain JSON, so that they compare with what was imported before."""
    raw = asdict(given)
    values = {name: raw[name] for name in _AS_IT_IS}
    values |= {name: _by_language(raw[name]) for name in _TEXTS}
    if raw["countries"]:
        values["countries"] = {**raw["countries"], "label": _by_language(raw["countries"]["label"])}
    else:
        values["countries"] = {}
    values |= {
        "position": given.order or source.networks.index(given) + 1,
        "group": given.group,
        "website": given.website.url if given.website else None,
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
