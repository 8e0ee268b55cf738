"""Whatever public pages show has one version: it moves with every change, in the change's own transaction."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_faculty, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain import settings as office_settings
from webapp.domain.accounts import administration
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.directory import editing, faculties, importing, listing, networks, people, reviews
from webapp.domain.directory.facts import columns, flat
from webapp.domain.directory.source import load
from webapp.domain.privacy import erasure
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.models import CalendarDay, Closure, Faculty, Leave, Network, OfficeSettings, Person, PublicVersion, Term
from webapp.paths import DATA
from webapp.vocabulary import DayKind, Language, Role

Write = Callable[[Callable[[Session], Any]], Any]
SOURCE = load(DATA / "networks.yaml")
ADMIN = staff_actor(Role.ADMINISTRATOR)
BY = acting(ADMIN)
DAY = date(2026, 12, 14)


@pytest.fixture
def world(write: Write, settings: Settings) -> dict[str, int]:
    """A network with its people, a faculty, leave, a marked day, a closure and settings that were chosen."""

    def make(session: Session) -> dict[str, int]:
        importing.import_networks(session, SOURCE, by=BY)
        person, other = (make_person(session, role=Role.ADMINISTRATOR) for _ in range(2))
        make_network(session, slug="sample", liaison=person)
        faculty = make_faculty(session)
        away = leave.take(session, Absence(person.id, DAY, DAY), by=BY)
        marked_days.mark(session, MarkedDay(DAY, DayKind.HALF, {"en": "Sports day"}), version=0, by=BY)
        closed = closures.declare(session, date(2026, 12, 15), date(2026, 12, 15), {"en": "Typhoon"}, by=BY)
        office_settings.change(session, {"institution": "Example University"}, version=0, by=BY, settings=settings)
        make_enquiry(session, settings)
        return {"person": person.id, "other": other.id, "faculty": faculty.id, "leave": away.id, "closure": closed.id}

    found: dict[str, int] = write(make)
    return found


def edit(session: Session, ids: Mapping[str, int]) -> None:
    held = networks.locked(session, "sample", actor=ADMIN)
    editing.edit(session, held, flat(columns(held)) | {"summary_en": "Other"}, version=held.version, by=BY)


def add(session: Session, ids: Mapping[str, int]) -> None:
    like = networks.network(session, "sample")
    editing.add(session, "another", flat(columns(like)), by=acting(replace(ADMIN, person_id=None)))


def set_people(session: Session, ids: Mapping[str, int]) -> None:
    held = networks.locked(session, "sample", actor=ADMIN)
    given = {"liaison_id": ids["other"], "deputy_id": None, "escalation_id": None}
    people.set_people(session, held, **given, version=held.version, by=BY)


def set_owner(session: Session, ids: Mapping[str, int]) -> None:
    held = networks.locked(session, "sample", actor=ADMIN)
    reviews.set_owner(session, held, ids["other"], version=held.version, by=BY)


def verify(session: Session, ids: Mapping[str, int]) -> None:
    held = networks.locked(session, "sample", actor=ADMIN)
    reviews.verify(session, held, version=held.version, by=BY)


def import_others(session: Session, ids: Mapping[str, int]) -> None:
    newer = replace(SOURCE, networks=tuple(replace(n, founded=1900) for n in SOURCE.networks))
    importing.import_networks(session, newer, by=BY)


def import_terms(session: Session, ids: Mapping[str, int]) -> None:
    scopes = tuple(replace(term, label={**term.label, "en": "Other"}) for term in SOURCE.scopes)
    importing.import_networks(session, replace(SOURCE, scopes=scopes), by=BY)


def add_faculty(session: Session, ids: Mapping[str, int]) -> None:
    make_faculty(session, "Example Faculty of Music")


def edit_faculty(session: Session, ids: Mapping[str, int]) -> None:
    held = faculties.faculty(session, ids["faculty"], actor=ADMIN, lock=True)
    facts = replace(faculties.facts_of(held), contact_name="Dr Other")
    faculties.edit(session, held, facts, version=held.version, by=BY)


def choose(session: Session, ids: Mapping[str, int]) -> None:
    chosen = {"institution": "Other University"}
    version = office_settings.version(session)
    office_settings.change(session, chosen, version=version, by=BY, settings=BY.settings)


def take_leave(session: Session, ids: Mapping[str, int]) -> None:
    leave.take(session, Absence(ids["other"], DAY, DAY), by=BY)


def end_leave(session: Session, ids: Mapping[str, int]) -> None:
    leave.end(session, ids["leave"], version=1, by=BY)


def mark(session: Session, ids: Mapping[str, int]) -> None:
    other = MarkedDay(date(2026, 12, 17), DayKind.CLOSED, {"en": "Open day"})
    marked_days.mark(session, other, version=0, by=BY)


def unmark(session: Session, ids: Mapping[str, int]) -> None:
    marked_days.unmark(session, DAY, version=1, by=BY)


def declare(session: Session, ids: Mapping[str, int]) -> None:
    closures.declare(session, date(2026, 12, 21), date(2026, 12, 21), {"en": "Flood"}, by=BY)


def revoke(session: Session, ids: Mapping[str, int]) -> None:
    closures.revoke(session, closures.locked(session, ids["closure"]), version=1, by=BY)


def rename(session: Session, ids: Mapping[str, int]) -> None:
    held = session.get_one(Person, ids["person"])
    same: dict[str, Any] = {"language": Language.EN, "role": held.role, "active": True}
    administration.change(session, held, name="Dr Renamed", **same, version=held.version, by=BY)


def erase(session: Session, ids: Mapping[str, int]) -> None:
    held = session.get_one(Person, ids["person"])
    held.name = "Erika Mustermann"
    session.flush()
    erasure.erase(session, "erika@example.org", by=BY)


VERBS = (
    edit, add, set_people, set_owner, verify, import_others, import_terms, add_faculty, edit_faculty, choose,
    take_leave, end_leave, mark, unmark, declare, revoke, rename, erase,
)  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_every_verb_moves_the_version(write: Write, world: dict[str, int], verb: Callable[..., None]) -> None:
    before = write(listing.version)
    write(lambda session: verb(session, world))
    assert write(listing.version) != before


def test_every_row_that_pages_show_is_watched_whichever_way_it_is_written(app: Flask, world: dict[str, int]) -> None:
    models = (Network, Term, Faculty, Person, Leave, OfficeSettings, CalendarDay, Closure)
    assert world
    with app.app_context():
        for model in models:
            with transaction() as session:
                before = listing.version(session)
                session.execute(update(model).values(id=model.id))
            with transaction() as session:
                after = listing.version(session)
                session.execute(delete(model.__table__).where(model.__table__.c.id == 0))
            assert before != after != listing.version(db.session()), model


def test_what_is_rolled_back_or_writes_elsewhere_moves_nothing(
    app: Flask, write: Write, world: dict[str, int], settings: Settings
) -> None:
    before = write(listing.version)

    def broken(session: Session) -> None:
        edit(session, world)
        session.flush()
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError), transaction() as session:
            broken(session)
        assert listing.version(db.session()) == before
    write(lambda session: make_enquiry(session, settings))
    assert write(listing.version) == before


def test_version_comes_back_where_its_row_is_gone(write: Write, world: dict[str, int]) -> None:
    write(lambda session: session.execute(delete(PublicVersion)))
    assert write(listing.version) is None
    write(lambda session: edit(session, world))
    assert len(write(listing.version)) == 16


def test_others_read_the_old_version_until_the_change_is_there(app: Flask, world: dict[str, int]) -> None:
    with app.app_context(), transaction() as session:
        before = listing.version(session)
        edit(session, world)
        session.flush()
        with Session(db.engine) as other:
            assert listing.version(other) == before
            assert other.scalar(select(Network.summary).where(Network.slug == "sample"))["en"] != "Other"
    with app.app_context():
        assert listing.version(db.session()) != before


def test_directory_is_plain_values_that_no_one_can_change(write: Write, world: dict[str, int]) -> None:
    found = write(listing.read)
    entry = found.by_slug["anso"]
    assert world
    assert entry in found.active
    with pytest.raises(AttributeError):
        entry.acronym = "X"
    with pytest.raises(TypeError):
        entry.name["en"] = "X"
    assert isinstance(entry.scope, tuple)
