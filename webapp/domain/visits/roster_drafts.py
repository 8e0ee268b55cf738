"""A list that was sent is kept until its sender has looked at what was read of it, and for no more than a day."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, undefer

from webapp.db import enqueue_after_commit
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster, roster_entries
from webapp.models import Enquiry, RosterDraft
from webapp.tidying.roster import reading
from webapp.tidying.roster.reading import Choices, Reading
from webapp.tidying.roster.sheet import Progress, Unreadable
from webapp.vocabulary import Job, RosterDraftState

KEPT = timedelta(days=1)
_WAITS = RosterDraft.state == RosterDraftState.WAITING
_READING: TypeAdapter[Reading] = TypeAdapter(Reading)
_CHOICES: TypeAdapter[Choices] = TypeAdapter(Choices)


def send(
    session: Session,
    enquiry: Enquiry,
    content: bytes,
    *,
    name: str,
    mark: str,
    by: Acting,
    place: int | None = None,
) -> RosterDraft:
    """Keep a list for a locked enquiry, in place of what its sender sent before; without a name it was pasted.

    With a `place` it is one delegate: who is there now, or, with 0, someone new. What is light is read at once, all
    else by the worker.
    """
    session.execute(delete(RosterDraft).where(*_sent_by(enquiry, by)))
    draft = RosterDraft(
        enquiry_id=enquiry.id,
        person_id=by.actor.person_id,
        sent_at=by.now,
        name=name,
        content=content,
        choices={"place": place},
        state=RosterDraftState.WAITING,
        mark=mark,
    )
    session.add(draft)
    session.flush()
    _begin(session, draft, content, by)
    return draft


def choose(session: Session, draft: RosterDraft, choices: Choices, *, by: Acting) -> None:
    """Read a list again, with what its sender chose or mended."""
    draft.choices = {**draft.choices, **_CHOICES.dump_python(choices, mode="json")}
    draft.state, draft.reading, draft.lines = RosterDraftState.WAITING, None, 0
    content = session.scalars(select(RosterDraft.content).where(RosterDraft.id == draft.id)).one()
    _begin(session, draft, content, by)


def last(session: Session, enquiry: Enquiry, *, by: Acting, lock: bool = False) -> RosterDraft:
    """Return what someone sent last and did not save. Raises NotFound where there is nothing, or its day is over."""
    query = select(RosterDraft).where(*_sent_by(enquiry, by), RosterDraft.sent_at > by.now - KEPT)
    query = query.order_by(RosterDraft.id.desc()).limit(1)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("list of delegates")
    return found


def pasted(session: Session, draft: RosterDraft) -> str:
    """Return the text of a table that was pasted."""
    return session.scalars(select(RosterDraft.content).where(RosterDraft.id == draft.id)).one().decode("utf-8-sig")


def choices(draft: RosterDraft) -> Choices:
    """Return what its sender chose so far."""
    return _CHOICES.validate_python(draft.choices)


def found_in(draft: RosterDraft) -> Reading | None:
    """Return what was read; None where that is not done, or could not be."""
    return _READING.validate_python(draft.reading) if draft.state is RosterDraftState.READ else None


def save(session: Session, enquiry: Enquiry, draft: RosterDraft, *, by: Acting) -> int:
    """Make a list that was looked at the list of a locked enquiry; return how many changes wait for the office.

    Raises Invalid where something in it is wrong or it is not read yet, and as `roster.put` does.
    """
    found = found_in(draft)
    if found is None or not found.is_good:
        raise Invalid({"roster": "wrong"})
    typed = {name for cells in choices(draft).mended.values() for name in cells}
    now = roster.read(session, enquiry, by=by, passports=True)
    number = place(draft)
    if number is None:
        asked = roster.put(session, enquiry, _entries(found, typed, now.entries), mark=draft.mark, by=by)
    elif number:
        given = {name: value for name, value in found.rows[0].values.items() if name in {*found.headers, *typed}}
        asked = roster.edit(session, enquiry, number, given, mark=draft.mark, by=by)
    else:
        asked = roster.add(session, enquiry, found.rows[0].values, mark=draft.mark, by=by)
    forget(session, [draft.id])
    return asked


def bind(session: Session, enquiry: Enquiry, *, by: Acting) -> None:
    """Let what someone sent last replace the list as it is now, which is not the one that they saw.

    One delegate becomes someone new: who is at their place now may be another person.
    """
    draft = last(session, enquiry, by=by, lock=True)
    draft.mark = roster.read(session, enquiry, by=by).mark
    if place(draft) is not None:
        draft.choices = {**draft.choices, "place": 0}


def place(draft: RosterDraft) -> int | None:
    """Return the place of the one delegate that was sent, 0 for someone new; None where it is a whole list."""
    found: int | None = draft.choices.get("place")
    return found


def _entries(found: Reading, typed: Iterable[str], now: Sequence[roster_entries.Entry]) -> list[roster_entries.Entry]:
    given = {*found.headers, *typed, *(("family_name", "given_name") if "full_name" in found.headers else ())}
    if any(row.values["invitation_letter"] == "yes" for row in found.rows):
        given.add("invitation_letter")
    return roster_entries.matched([row.values for row in found.rows], given, now)


def forget(session: Session, ids: Sequence[int]) -> None:
    """Let go of lists that were not saved, or have been."""
    session.execute(delete(RosterDraft).where(RosterDraft.id.in_(ids)))


def due(session: Session, *, limit: int = 50) -> Sequence[int]:
    """Return the ids of lists that wait to be read, oldest first."""
    return session.scalars(select(RosterDraft.id).where(_WAITS).order_by(RosterDraft.id).limit(limit)).all()


def work(transaction: Callable[[], AbstractContextManager[Session]], draft_id: int, *, by: Acting) -> None:
    """Read one list in the worker, and say line by line how far that is. One that is gone or read is left alone."""
    with transaction() as session:
        query = select(RosterDraft).where(RosterDraft.id == draft_id, _WAITS).options(undefer(RosterDraft.content))
        draft = session.scalars(query).one_or_none()
        if draft is None:
            return
        content, is_file, chosen, given = draft.content, bool(draft.name), choices(draft), draft.choices

    def progress(lines: int) -> None:
        with transaction() as session:
            session.execute(update(RosterDraft).where(RosterDraft.id == draft_id).values(lines=lines))

    state, found = _read(content, is_file, chosen, by, progress)
    with transaction() as session:
        query = select(RosterDraft).where(RosterDraft.id == draft_id, _WAITS).with_for_update()
        draft = session.scalars(query).one_or_none()
        if draft is not None and draft.choices == given:
            draft.state, draft.reading = state, found


def _begin(session: Session, draft: RosterDraft, content: bytes, by: Acting) -> None:
    try:
        if draft.name and not reading.is_light(content):
            enqueue_after_commit(session, Job.ROSTER_READ, draft.id)
            return
    except Unreadable as error:
        draft.state, draft.reading = RosterDraftState.REFUSED, _refusal(error)
        return
    draft.state, draft.reading = _read(content, bool(draft.name), choices(draft), by)


def _read(
    content: bytes, is_file: bool, chosen: Choices, by: Acting, progress: Progress | None = None
) -> tuple[RosterDraftState, dict[str, Any]]:
    try:
        if is_file:
            found = reading.read(content, today=by.today, choices=chosen, progress=progress)
        else:
            found = reading.read_pasted(content.decode("utf-8-sig"), today=by.today, choices=chosen)
    except Unreadable as error:
        return RosterDraftState.REFUSED, _refusal(error)
    return RosterDraftState.READ, _READING.dump_python(found, mode="json")


def _refusal(error: Unreadable) -> dict[str, Any]:
    return {"why": error.why, "data": error.data}


def _sent_by(enquiry: Enquiry, by: Acting) -> tuple[Any, ...]:
    person = (
        RosterDraft.person_id.is_(None) if by.actor.person_id is None else RosterDraft.person_id == by.actor.person_id
    )
    return (RosterDraft.enquiry_id == enquiry.id, person)


def over(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a list has waited for its day."""
    return RosterDraft.sent_at <= now - KEPT
