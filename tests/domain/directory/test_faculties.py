"""Faculties as records: kept by coordinators and administrators, without losing anyone's words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_faculty, staff_actor
from webapp.domain.directory import faculties
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.history import changes
from webapp.models import Faculty
from webapp.vocabulary import AuditAction, Language, RecordType, Role

Write = Callable[[Callable[[Session], Any]], Any]
ACTOR = staff_actor()


def test_every_change_is_on_record_with_what_it_changed(write: Write) -> None:
    def change(session: Session) -> list[tuple[AuditAction, dict[str, Any]]]:
        found = make_faculty(session, "Example School of Design")
        facts = replace(faculties.facts_of(found), email="new@example.org", active=False, language=Language.ZH_HANT)
        faculties.edit(session, found, facts, version=1, by=acting(ACTOR))
        faculties.edit(session, found, facts, version=2, by=acting(ACTOR))
        session.flush()
        return [(row.deed, row.fields) for row in changes.history(session, RecordType.FACULTY, found.id)]

    (changed, made) = write(change)
    assert changed[0] is AuditAction.CHANGED
    assert set(changed[1]) == {"email", "active", "language"}
    assert changed[1]["active"] == [True, False]
    assert made == (AuditAction.MADE, {})


def test_two_who_edit_never_overwrite_each_other(write: Write) -> None:
    def edit(session: Session, number: int, name: str) -> None:
        found = faculties.faculty(session, number, actor=ACTOR, lock=True)
        facts = replace(faculties.facts_of(found), contact_name=name)
        faculties.edit(session, found, facts, version=1, by=acting(ACTOR))

    number = write(lambda session: make_faculty(session).id)
    write(lambda session: edit(session, number, "First"))
    with pytest.raises(Conflict):
        write(lambda session: edit(session, number, "Second"))
    assert write(lambda session: session.get_one(Faculty, number).contact_name) == "First"


def test_names_are_needed_in_english_and_known_once(write: Write) -> None:
    write(lambda session: make_faculty(session, "Example Faculty"))
    for name in ("example FACULTY", " "):
        with pytest.raises(Invalid) as error:
            write(lambda session, name=name: make_faculty(session, name))
        assert set(error.value.faults) == {"name_en"}
    assert write(lambda session: session.scalars(select(Faculty.name)).all()) == [
        {"en": "Example Faculty", "zh-hant": "範例學院"}
    ]


@pytest.mark.parametrize("role", Role)
def test_coordinators_and_administrators_keep_them(write: Write, role: Role) -> None:
    number = write(lambda session: make_faculty(session).id)
    actor = staff_actor(role)

    def everything(session: Session) -> None:
        faculties.listed(session, actor=actor)
        found = faculties.faculty(session, number, actor=actor)
        facts = faculties.facts_of(found)
        faculties.add(session, replace(facts, name={"en": "Another"}), by=acting(actor))
        faculties.edit(session, found, replace(facts, active=False), version=1, by=acting(actor))

    if role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        write(everything)
        assert [row.name["en"] for row in write(faculties.active)] == ["Another"]
        listed = write(lambda session: faculties.listed(session, actor=actor))
        assert [row.active for row in listed] == [True, False]
    else:
        with pytest.raises(NotAllowed):
            write(everything)
