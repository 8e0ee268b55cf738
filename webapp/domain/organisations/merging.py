"""Two records of one organisation become one, after a look at what moves, and can be parted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import changes
from webapp.domain.history import versions as record_versions
from webapp.domain.organisations import records
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Contact, Enquiry, Merge, Organisation
from webapp.vocabulary import AuditAction, Permission


@dataclass(frozen=True)
class Preview:
    """What would move from one record into another; the texts are added below those of the kept record."""

    enquiries: int
    contacts: int
    names: tuple[str, ...]
    domains: tuple[str, ...]
    networks: tuple[str, ...]
    partner: bool
    agreements: str
    notes: str


def preview(session: Session, kept: Organisation, gone: Organisation) -> Preview:
    """Return what merging `gone` into `kept` would move; nothing is changed. Raises Invalid for a record and itself."""
    _check(kept, gone)
    own = {name.casefold() for name in (kept.name, *kept.aliases)}
    counts = [
        session.scalar(select(func.count()).select_from(model).where(model.organisation_id == gone.id)) or 0
        for model in (Enquiry, Contact)
    ]
    return Preview(
        enquiries=counts[0],
        contacts=counts[1],
        names=tuple(name for name in (gone.name, *gone.aliases) if name.casefold() not in own),
        domains=tuple(domain for domain in gone.domains if domain not in kept.domains),
        networks=tuple(network.slug for network in gone.networks if network not in kept.networks),
        partner=gone.partner and not kept.partner,
        agreements=gone.agreements if gone.agreements not in kept.agreements else "",
        notes=gone.notes if gone.notes not in kept.notes else "",
    )


def _check(kept: Organisation, gone: Organisation) -> None:
    if kept.id == gone.id or kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise Invalid({"other": "same"})


def merge(session: Session, kept: Organisation, gone: Organisation, *, versions: tuple[int, int], by: Acting) -> Merge:
    """Merge one locked record into another, as `preview` said for these `versions` (kept, gone).

    Enquiries and contacts point to the kept record from then on; histories of enquiries stay as they were. Raises
    Conflict where one of the two was changed meanwhile.
    """
    require(by.actor, Permission.ORGANISATION_EDIT)
    for found, version in zip((kept, gone), versions, strict=True):
        record_versions.expect(found, version)
    plan = preview(session, kept, gone)
    before = records.plain(records.facts_of(kept))
    moved = {
        "enquiries": list(session.scalars(select(Enquiry.id).where(Enquiry.organisation_id == gone.id))),
        "contacts": list(session.scalars(select(Contact.id).where(Contact.organisation_id == gone.id))),
        "names": list(plan.names),
        "domains": list(plan.domains),
        "networks": list(plan.networks),
        "partner": plan.partner,
        "agreements": plan.agreements,
        "notes": plan.notes,
    }
    _move(session, moved, gone.id, kept.id)
    kept.aliases = [*kept.aliases, *plan.names]
    kept.domains = [*kept.domains, *plan.domains]
    kept.networks = [*kept.networks, *(network for network in gone.networks if network.slug in plan.networks)]
    kept.partner = kept.partner or gone.partner
    kept.agreements = _below(kept.agreements, plan.agreements)
    kept.notes = _below(kept.notes, plan.notes)
    gone.merged_into_id = kept.id
    records.touch(kept, now=by.now)
    records.touch(gone, now=by.now)
    _note(session, kept, gone, AuditAction.MERGED, before, by=by)
    row = Merge(
        kept_id=kept.id, gone_id=gone.id, at=by.now, actor_id=by.actor.person_id, actor_name=by.actor.name, moved=moved
    )
    session.add(row)
    session.flush()
    return row


def merges(session: Session, kept: Organisation) -> Sequence[Merge]:
    """Return the merges into a record that were not undone, latest first, each with the record that is gone."""
    query = select(Merge).where(Merge.kept_id == kept.id, Merge.undone_at.is_(None))
    return session.scalars(query.options(joinedload(Merge.gone)).order_by(Merge.id.desc())).all()


def undo(session: Session, merge_id: int, *, by: Acting) -> tuple[Organisation, Organisation]:
    """Split two records again and return them (kept, split): what moved goes back, unless it was moved since.

    Names, domains and networks that the merge added are taken from the kept record; texts only where they are there
    as they were added. Raises NotFound, and NotAllowed where the kept record became part of another meanwhile.
    """
    require(by.actor, Permission.ORGANISATION_EDIT)
    row = session.scalars(select(Merge).where(Merge.id == merge_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("merge")
    if row.undone_at is not None:
        raise NotAllowed("it was undone already")
    try:
        kept = records.locked(session, row.kept_id, actor=by.actor)
    except NotFound as error:
        raise NotAllowed("the kept record became part of another") from error
    gone = records.record(session, row.gone_id, actor=by.actor)
    before = records.plain(records.facts_of(kept))
    _move(session, row.moved, kept.id, gone.id)
    _take_back(kept, row.moved)
    gone.merged_into_id = None
    row.undone_at = by.now
    records.touch(kept, now=by.now)
    records.touch(gone, now=by.now)
    _note(session, kept, gone, AuditAction.SPLIT, before, by=by)
    session.flush()
    return kept, gone


def _take_back(kept: Organisation, moved: dict[str, Any]) -> None:
    kept.aliases = [name for name in kept.aliases if name not in moved["names"]]
    kept.domains = [domain for domain in kept.domains if domain not in moved["domains"]]
    kept.networks = [network for network in kept.networks if network.slug not in moved["networks"]]
    kept.partner = kept.partner and not moved["partner"]
    kept.agreements = _without(kept.agreements, moved["agreements"])
    kept.notes = _without(kept.notes, moved["notes"])


def _move(session: Session, moved: dict[str, Any], source: int, target: int) -> None:
    """Point what moves to another record; what points elsewhere by now stays there."""
    for model, ids in ((Enquiry, moved["enquiries"]), (Contact, moved["contacts"])):
        here = update(model).where(model.id.in_(ids), model.organisation_id == source)
        session.execute(here.values(organisation_id=target).execution_options(synchronize_session="fetch"))


def _note(
    session: Session, kept: Organisation, gone: Organisation, action: AuditAction, before: dict[str, Any], *, by: Acting
) -> None:
    changed = changes.difference(before, records.plain(records.facts_of(kept)))
    records.note(session, kept, action, {**changed, "record": (None, gone.name)}, by=by)
    records.note(session, gone, action, {"record": (None, kept.name)}, by=by)


def _below(text: str, more: str) -> str:
    return f"{text}\n{more}" if text and more else text or more


def _without(text: str, part: str) -> str:
    if not part:
        return text
    return text.removesuffix(part).removesuffix("\n")
