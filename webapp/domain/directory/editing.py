"""Entries of the directory as staff change them: made, edited so that no one's words are lost, looked at unsaved."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.directory.facts import NEEDED, columns, field_of, flat, shaped, typed
from webapp.domain.directory.source_faults import MAX_SIMILAR
from webapp.domain.errors import Invalid
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone, only_one
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Network, Term
from webapp.vocabulary import AuditAction, Language, Permission, RecordType, TermKind

# Words that addresses use in the place of a network's.
RESERVED = frozenset({"new"})
LONGEST_SLUG = 60
# The lock that imports and makers of an entry take, so that they follow one another.
DIRECTORY = "directory"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def add(session: Session, slug: str, given: Mapping[str, Any], *, by: Acting) -> Network:
    """Add an entry from its fields; its maker owns it, and has checked it today. Raises Invalid, by field."""
    require(by.actor, Permission.NETWORK_EDIT)
    alone(session, DIRECTORY)
    faults = _faults(session, given, slug)
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        faults["slug"] = "shape"
    elif slug in RESERVED:
        faults["slug"] = "reserved"
    if faults:
        raise Invalid(faults)
    made = unsaved(slug, given)
    made.changed_at, made.owner_id, made.verified_on, made.verified_by = (
        by.now,
        by.actor.person_id,
        by.today,
        by.actor.name,
    )
    with only_one(session, Invalid({"slug": "known"})):
        session.add(made)
    _note(session, made, AuditAction.MADE, {}, by=by)
    return made


def edit(session: Session, found: Network, given: Mapping[str, Any], *, version: int, by: Acting) -> None:
    """Change a locked entry to what its fields say; only columns that differ are written.

    Raises Conflict where someone changed what it says since `version`, Invalid by field.
    """
    require(by.actor, Permission.NETWORK_EDIT)
    before = columns(found)
    versions.expect(found, version, fields=flat(before))
    if faults := _faults(session, given, found.slug):
        raise Invalid(faults)
    changed = changes.difference(flat(before), given)
    if not changed:
        return
    after = shaped(given, before)
    for name, value in typed({name: value for name, value in after.items() if value != before[name]}).items():
        setattr(found, name, value)
    raise_version(session, found, changed, by=by)


def raise_version(session: Session, found: Network, changed: Mapping[str, tuple[Any, Any]], *, by: Acting) -> None:
    """Raise the entry's version and record what changed, by field."""
    versions.raise_version(found)
    found.changed_at = by.now
    _note(session, found, AuditAction.CHANGED, changed, by=by)


def unsaved(slug: str, given: Mapping[str, Any], like: Network | None = None) -> Network:
    """Return the entry that fields would make, in no session: to look at it, or to add it.

    `like` is the present entry, for what no field shows.
    """
    values = typed(shaped(given, columns(like) if like else {}))
    kept = {name: getattr(like, name) if like else default() for name, default in _KEPT.items()}
    return Network(slug=slug, version=like.version if like else 1, **values, **kept)


_KEPT: dict[str, type] = {"members": list, "sources": dict, "imported": dict, "languages": list}


def _faults(session: Session, given: Mapping[str, Any], slug: str) -> dict[str, str]:
    """Refuse what the form refuses too, so that no other way in can write it."""
    faults = {field_of(fact, Language.EN): "needed" for fact in NEEDED if not given[field_of(fact, Language.EN)]}
    faults |= {name: "address" for name in ("website", "source_url") if given[name] and not is_address(given[name])}
    if not given["source_url"]:
        faults["source_url"] = "needed"
    slugs = set(session.scalars(select(Network.slug).where(Network.slug != slug)))
    terms = session.execute(select(Term.kind, Term.tag)).all()
    allowed = {
        "similar": slugs,
        "scope": {tag for kind, tag in terms if kind is TermKind.SCOPE},
        "regions": {tag for kind, tag in terms if kind is TermKind.REGION},
    }
    faults |= {name: "unknown" for name, known in allowed.items() if not known.issuperset(given[name])}
    if len(given["similar"]) > MAX_SIMILAR:
        faults["similar"] = "many"
    return faults


def is_address(text: str) -> bool:
    """Return whether a text is the address of a page: http or https, with a host, without what ends an attribute."""
    if not re.fullmatch(r"https?://[^\s\"'<>\\`]+", text):
        return False
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return False
    return "." in host.strip(".")


def _note(
    session: Session, found: Network, action: AuditAction, changed: Mapping[str, tuple[Any, Any]], *, by: Acting
) -> None:
    changes.record(
        session,
        RecordType.NETWORK,
        found.slug,
        action,
        name=found.short_name,
        version=found.version,
        fields=changed,
        by=by,
    )
