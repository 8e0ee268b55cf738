"""Enquiries that may be about one matter: found, linked, and merged so that nothing of either is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from webapp.domain.enquiries import actions, loading, merged
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.organisations.recognition import domains_of
from webapp.domain.search.folding import searchable
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, visible
from webapp.models import Enquiry, Event, Relation
from webapp.models.event_data import LinkedWith, Merged
from webapp.vocabulary import OPEN_STATUSES, Action, EventKind, Status

WITHIN = timedelta(days=21)
SHOWN = 5


@dataclass(frozen=True)
class Related:
    """An enquiry that belongs to another one.

    `merged` "in" was merged into it, "out" is what it was merged into, "through" what lies between.
    """

    enquiry: Enquiry
    merged: str = ""
    written: Sequence[Event] = ()


def similar(session: Session, found: Enquiry, *, actor: Actor) -> Sequence[Enquiry]:
    """Return enquiries of the same address, organisation or email domain within 21 days, newest first, a few.

    Those that are linked already, and spam, are left out. Its cost is bounded by what one sender
    sends in six weeks.
    """
    linked_to = select(Relation.other_id).where(Relation.enquiry_id == found.id)
    linked_from = select(Relation.enquiry_id).where(Relation.other_id == found.id)
    query = select(Enquiry).where(
        Enquiry.id != found.id,
        Enquiry.id.not_in(linked_to),
        Enquiry.id.not_in(linked_from),
        Enquiry.status.not_in((Status.SPAM, Status.SUSPECT)),
        Enquiry.submitted_at.between(found.submitted_at - WITHIN, found.submitted_at + WITHIN),
        or_(*_same_sender(found)),
        visible(actor),
    )
    return session.scalars(query.order_by(Enquiry.submitted_at.desc(), Enquiry.id.desc()).limit(SHOWN)).all()


def _same_sender(found: Enquiry) -> list[ColumnElement[bool]]:
    """Return conditions on the address, never folded (a-b@ is not ab@), and on the first line of the search text."""
    email, organisation = found.contact_email.lower(), searchable(found.organisation)
    domain = next(iter(domains_of(email)), "")
    address = func.lower(Enquiry.contact_email)
    conditions = [address == email]
    if organisation:
        conditions.append(_FirstLineOf(Enquiry.search_text) == organisation)
    if domain:
        conditions.append(_DomainOf(address) == domain)
    return conditions


class _DomainOf(FunctionElement[str]):
    """What comes after the @ of an address; PostgreSQL has an index of it."""

    type = String()
    inherit_cache = True


class _FirstLineOf(FunctionElement[str]):
    """The first line of a text; PostgreSQL has an index of it."""

    type = String()
    inherit_cache = True


@compiles(_DomainOf, "postgresql")
def _domain_on_postgresql(element: _DomainOf, compiler: SQLCompiler, **more: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **more)}, '@', 2)"


@compiles(_DomainOf, "sqlite")
def _domain_on_sqlite(element: _DomainOf, compiler: SQLCompiler, **more: Any) -> str:
    address = compiler.process(element.clauses, **more)
    return f"substr({address}, instr({address}, '@') + 1)"


@compiles(_FirstLineOf, "postgresql")
def _line_on_postgresql(element: _FirstLineOf, compiler: SQLCompiler, **more: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **more)}, E'\\n', 1)"


@compiles(_FirstLineOf, "sqlite")
def _line_on_sqlite(element: _FirstLineOf, compiler: SQLCompiler, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return f"substr({text}, 1, instr({text}, char(10)) - 1)"


def related(session: Session, found: Enquiry, *, actor: Actor) -> list[Related]:
    """Return what an enquiry is linked with, with the files and the partner's messages of what was merged into it.

    What was merged into that, and so on, is merged into this one too.
    """
    belonging = merged.belonging(found.id)
    query = select(Enquiry, belonging.c.how).join(belonging, belonging.c.id == Enquiry.id).where(visible(actor))
    query = query.options(selectinload(Enquiry.attachments)).order_by(belonging.c.step)
    rows: dict[str, list[Enquiry]] = {"out": [], "in": [], "": []}
    for enquiry, how in session.execute(query):
        rows[how].append(enquiry)
    written = _written(session, [row.id for row in rows["in"]]) if rows["in"] else []
    return [
        *(Related(row, "out") for row in rows["out"][-1:]),
        *(Related(row, "through") for row in reversed(rows["out"][:-1])),
        *(Related(row, "in", [event for event in written if event.enquiry_id == row.id]) for row in rows["in"]),
        *(Related(row) for row in rows[""]),
    ]


def _written(session: Session, ids: Sequence[int]) -> Sequence[Event]:
    query = select(Event).where(Event.enquiry_id.in_(ids), Event.kind == EventKind.PARTNER_MESSAGE)
    return session.scalars(query.order_by(Event.id)).all()


def relate(session: Session, reference: str, other: str, *, off: bool, by: Acting) -> None:
    """Link two enquiries, or remove their link, with a line in both histories; nothing happens where it is so.

    Raises NotFound where the actor does not see both, Invalid for an enquiry with itself or one that is merged.
    """
    found, second = _pair(session, reference, other, by.actor)
    relation = _relation(session, found, second)
    if relation is not None and relation.merged:
        raise Invalid({"other": "merged"})
    if (relation is None) == off:
        return
    for one, its_other in ((found, second), (second, found)):
        facts = LinkedWith(reference=its_other.reference, removed=off)
        actions.act(session, one, Action.RELATE, facts=facts, by=by)
    if relation is None:
        session.add(Relation(enquiry_id=found.id, other_id=second.id, merged=False, at=by.now))
    else:
        session.delete(relation)


def merge(session: Session, reference: str, into: str, *, version: int, by: Acting) -> None:
    """Close an enquiry with a pointer to the one that continues it, and write to its partner.

    Its messages and files stay its own, and are shown with the other. Reopening undoes it. Raises NotFound, Conflict,
    NotAllowed, and Invalid where the other one is the same, is closed, or was merged itself.
    """
    found, target = _pair(session, reference, into, by.actor)
    if target.status not in OPEN_STATUSES:
        raise Invalid({"other": "closed"})
    facts, waits = Merged(into=target.reference), found.partner_wrote_at
    actions.act(session, found, Action.MERGE, version=version, facts=facts, by=by)
    actions.note_merger(session, target, found.reference, by=by)
    # What still waits for an answer waits there now.
    target.partner_wrote_at = min(filter(None, (waits, target.partner_wrote_at)), default=None)
    relation = _relation(session, found, target)
    if relation is None:
        relation = Relation(at=by.now)
        session.add(relation)
    relation.enquiry_id, relation.other_id, relation.merged = found.id, target.id, True


def locked_to_reopen(session: Session, reference: str, *, actor: Actor) -> Enquiry:
    """Return one enquiry, locked with all into which it was merged, which reopening changes too. Raises NotFound."""
    merged.lock(session, select(Enquiry.id).where(Enquiry.reference == reference, visible(actor)))
    return loading.locked(session, reference, actor=actor)


def _pair(session: Session, reference: str, other: str, actor: Actor) -> tuple[Enquiry, Enquiry]:
    if reference == other:
        raise Invalid({"other": "same"})
    both = {found.reference: found for found in loading.locked_several(session, (reference, other), actor=actor)}
    if len(both) < 2:
        raise NotFound("enquiry")
    return both[reference], both[other]


def _relation(session: Session, one: Enquiry, other: Enquiry) -> Relation | None:
    pairs = ((one.id, other.id), (other.id, one.id))
    either = [and_(Relation.enquiry_id == first, Relation.other_id == second) for first, second in pairs]
    return session.scalars(select(Relation).where(or_(*either))).one_or_none()
