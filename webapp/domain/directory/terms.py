"""The words of the directory: headings of its groups, fields of work and regions that networks are filtered by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.directory import editing
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.search.folding import folded
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.i18n import translations
from webapp.labels import GROUP
from webapp.models import Network, Term
from webapp.vocabulary import AuditAction, Group, Language, Permission, RecordType, TermKind

_LONGEST_TAG = 60


@dataclass(frozen=True)
class ListedTerm:
    """A word, and how many entries use it."""

    term: Term
    used: int


def listed(session: Session, *, actor: Actor) -> Mapping[TermKind, Sequence[ListedTerm]]:
    """Return every word by kind, in the order of pages, with how many entries use it."""
    require(actor, Permission.NETWORK_EDIT)
    used = _used(session)
    terms = session.scalars(select(Term).order_by(Term.position, Term.id)).all()
    return {
        kind: [ListedTerm(term, used.count((kind, term.tag))) for term in terms if term.kind is kind]
        for kind in TermKind
    }


def term(session: Session, term_id: int, *, actor: Actor, lock: bool = False) -> Term:
    """Return a word, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.NETWORK_EDIT)
    query = select(Term).where(Term.id == term_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("term")
    return found


def fields_of(label: Mapping[str, str]) -> dict[str, str]:
    """Return what the form of a word holds, and its history writes down."""
    return {f"name_{language.suffix}": label.get(language, "") for language in Language}


def begin(session: Session) -> None:
    """Give the groups headings where they have none yet, so that they can be worded; call it as often as you like."""
    alone(session, editing.DIRECTORY)
    known = set(session.scalars(select(Term.tag).where(Term.kind == TermKind.GROUP)))
    for position, group in enumerate(Group):
        if group not in known:
            label = {str(language): translations(language).gettext(GROUP[group]) for language in Language}
            session.add(Term(kind=TermKind.GROUP, tag=group.value, label=label, position=position))


def add(session: Session, kind: TermKind, label: Mapping[str, str], *, by: Acting) -> Term:
    """Add a field of work or a region, the last of its kind. Raises Invalid where another one has its English name."""
    require(by.actor, Permission.NETWORK_EDIT)
    if kind is TermKind.GROUP:
        raise NotAllowed("there are two groups")
    alone(session, editing.DIRECTORY)
    _check(session, kind, label, None)
    last = session.scalars(select(func.max(Term.position)).where(Term.kind == kind)).one()
    made = Term(kind=kind, tag=_tag(session, kind, label["en"]), label=_texts(label), position=(last or 0) + 1)
    session.add(made)
    session.flush()
    _note(session, made, AuditAction.MADE, {}, by=by)
    return made


def edit(session: Session, found: Term, label: Mapping[str, str], *, version: int, by: Acting) -> None:
    """Word it otherwise; entries keep it. Raises Conflict where someone changed it since `version`, Invalid."""
    require(by.actor, Permission.NETWORK_EDIT)
    versions.expect(found, version)
    changed = changes.difference(fields_of(found.label), fields_of(label))
    if not changed:
        return
    _check(session, found.kind, label, found)
    found.label = _texts(label)
    versions.raise_version(found)
    _note(session, found, AuditAction.CHANGED, changed, by=by)


def remove(session: Session, found: Term, *, version: int, by: Acting) -> None:
    """Delete a word that no entry uses. Raises Conflict, and NotAllowed for one that is used, or a group."""
    require(by.actor, Permission.NETWORK_EDIT)
    versions.expect(found, version)
    if found.kind is TermKind.GROUP or (found.kind, found.tag) in _used(session):
        raise NotAllowed("a word that entries use")
    _note(session, found, AuditAction.DELETED, {}, by=by)
    session.delete(found)
    session.flush()


def _used(session: Session) -> list[tuple[TermKind, str]]:
    rows = session.execute(select(Network.group, Network.scope, Network.regions)).all()
    return [
        pair
        for group, scopes, regions in rows
        for pair in (
            (TermKind.GROUP, str(group)),
            *((TermKind.SCOPE, tag) for tag in scopes),
            *((TermKind.REGION, tag) for tag in regions),
        )
    ]


def _check(session: Session, kind: TermKind, label: Mapping[str, str], own: Term | None) -> None:
    if not label.get("en"):
        raise Invalid({"name_en": "needed"})
    others = session.scalars(select(Term).where(Term.kind == kind, Term.id.is_distinct_from(own.id if own else None)))
    if folded(label["en"]) in {folded(str(other.label["en"])) for other in others}:
        raise Invalid({"name_en": "known"})


def _tag(session: Session, kind: TermKind, words: str) -> str:
    """Return a tag that is free, from the letters of an English name where it has any."""
    stem = "-".join(re.findall(r"[a-z0-9]+", folded(words)))[:_LONGEST_TAG].strip("-") or kind.value
    known = set(session.scalars(select(Term.tag).where(Term.kind == kind)))
    return next(tag for tag in (stem, *(f"{stem}-{number}" for number in range(2, len(known) + 3))) if tag not in known)


def _texts(label: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in label.items() if text}


def _note(
    session: Session, found: Term, action: AuditAction, changed: Mapping[str, tuple[str, str]], *, by: Acting
) -> None:
    name, version = str(found.label["en"]), found.version
    changes.record(session, RecordType.TERM, found.id, action, name=name, version=version, fields=changed, by=by)
