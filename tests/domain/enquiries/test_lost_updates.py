"""Two people at one enquiry, in any order: each change that was said to be done is there, none was overwritten."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tests.factories import acting, make_enquiry, make_person
from webapp.config import Settings
from webapp.domain.errors import Conflict
from webapp.domain.security.permissions import Actor, staff
from webapp.domain.triage import bulk
from webapp.domain.triage.bulk import BulkChange
from webapp.models import Enquiry, Event
from webapp.vocabulary import Action, Priority

Write = Callable[[Callable[[Session], Any]], Any]
SAVES = 500
_TAGS = selectinload(Enquiry.tags)


@pytest.mark.parametrize("seed", [2026])
def test_two_people_who_save_one_enquiry_lose_no_update(write: Write, settings: Settings, seed: int) -> None:
    """They read and save in random order; a save of what was not read last is refused, the others are kept."""
    chance = random.Random(seed)
    reference, people = write(lambda s: (make_enquiry(s, settings).reference, [make_person(s), make_person(s)]))
    actors: list[Actor] = [staff(person) for person in people]
    read = {0: 1, 1: 1}
    done: list[tuple[int, Action, str]] = []
    refused = 0
    state = {"version": 1, "priority": Priority.NORMAL, "assignee": None, "tags": set()}

    def save(session: Session, who: int, change: BulkChange) -> bulk.Done:
        by = acting(actors[who], settings=settings)
        return bulk.apply(session, change, reference, version=read[who], by=by)

    for number in range(SAVES):
        who = chance.randrange(2)
        change = chance.choice([
            BulkChange(Action.TAG, f"tag {number % 7}"),
            BulkChange(Action.UNTAG, f"tag {number % 7}"),
            BulkChange(Action.PRIORITISE, chance.choice(list(Priority)).value),
            BulkChange(Action.ASSIGN, str(chance.choice([people[0].id, people[1].id, ""]))),
        ])  # fmt: skip
        try:
            made = write(lambda session, who=who, change=change: save(session, who, change))
        except Conflict:
            refused += 1
            assert read[who] != state["version"], "only what somebody else changed is refused"
            read[who] = state["version"]
            continue
        if made.changed:
            assert read[who] == state["version"], "nobody saves over what they have not read"
            done.append((people[who].id, change.action, change.value))
            _note(state, change)
            state["version"] = made.version
        if made.changed or chance.random() < 0.5:
            read[who] = made.version
    assert refused > SAVES // 10, "they were in each other's way"
    assert len(done) > SAVES // 10
    _check(write, reference, state, done)


def _note(state: dict[str, Any], change: BulkChange) -> None:
    match change.action:
        case Action.TAG:
            state["tags"].add(change.value)
        case Action.UNTAG:
            state["tags"].discard(change.value)
        case Action.PRIORITISE:
            state["priority"] = Priority(change.value)
        case Action.ASSIGN:
            state["assignee"] = int(change.value) if change.value else None


def _check(write: Write, reference: str, state: dict[str, Any], done: list[tuple[int, Action, str]]) -> None:
    def read(session: Session) -> tuple[Enquiry, set[str], list[Any]]:
        found = session.scalars(select(Enquiry).where(Enquiry.reference == reference)).one()
        tags = {tag.name for tag in session.scalars(select(Enquiry).options(_TAGS)).one().tags}
        events = select(Event.actor_id, Event.action).where(Event.action.is_not(None)).order_by(Event.id)
        return found, tags, [tuple(row) for row in session.execute(events)]

    found, tags, events = write(read)
    assert (found.version, found.priority, found.assignee_id) == (
        state["version"], state["priority"], state["assignee"],
    )  # fmt: skip
    assert tags == state["tags"]
    assert events == [(who, action) for who, action, _value in done]
