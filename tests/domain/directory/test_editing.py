"""Entries of the directory edited by staff: nothing is lost between two, and an import keeps what was edited."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_network, make_person, staff_actor
from webapp.domain.directory import editing, importing, networks
from webapp.domain.directory.facts import columns, edited, flat
from webapp.domain.directory.source import load
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.history import changes
from webapp.domain.security.permissions import staff
from webapp.models import Change, Network
from webapp.paths import DATA
from webapp.vocabulary import AuditAction, RecordType, Role

SOURCE = load(DATA / "networks.yaml")
ADMIN = staff_actor(Role.ADMINISTRATOR)
TODAY = date(2026, 11, 23)
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def imported(write: Write) -> None:
    write(lambda s: importing.import_networks(s, SOURCE, by=acting()))


def change(session: Session, slug: str, *, version: int | None = None, **given: Any) -> Network:
    found = networks.locked(session, slug, actor=ADMIN)
    version = found.version if version is None else version
    fields = flat(columns(found)) | given
    editing.edit(session, found, fields, version=version, by=acting(ADMIN))
    return found


@pytest.mark.usefixtures("imported")
def test_import_after_an_edit_keeps_it_and_says_so(write: Write) -> None:
    write(lambda s: change(s, "uasr", founded_by_en="Example University", place=3))
    newer = replace(SOURCE, networks=tuple(replace(n, founded=1900) for n in SOURCE.networks))
    report = write(lambda s: importing.import_networks(s, newer, by=acting()))
    assert report.kept == ["uasr.founded_by", "uasr.position"]
    found = write(lambda s: networks.network(s, "uasr"))
    assert (found.founded_by["en"], found.founded, found.version) == ("Example University", 1900, 3)


@pytest.mark.usefixtures("imported")
def test_edit_of_one_fact_leaves_the_other_evidence(write: Write) -> None:
    before = write(lambda s: networks.evidences(networks.network(s, "usrn")))
    assert before["administered_by"]
    assert before["role_note"]
    write(lambda s: change(s, "usrn", administered_by_en="Example University"))
    after = write(lambda s: networks.evidences(networks.network(s, "usrn")))
    assert after == before | {"administered_by": ""}
    put_back = write(lambda s: flat(networks.network(s, "usrn").imported)["administered_by_en"])
    write(lambda s: change(s, "usrn", administered_by_en=put_back))
    assert write(lambda s: networks.evidences(networks.network(s, "usrn"))) == before
    assert write(lambda s: edited(networks.network(s, "usrn"))) == []


@pytest.mark.usefixtures("imported")
def test_second_editor_is_refused_and_so_is_whoever_read_before_an_import(write: Write) -> None:
    write(lambda s: change(s, "ista", summary_en="First.", version=1))
    with pytest.raises(Conflict):
        write(lambda s: change(s, "ista", role_en="Second.", version=1))
    newer = replace(SOURCE, networks=tuple(replace(n, founded=1900) for n in SOURCE.networks))
    write(lambda s: importing.import_networks(s, newer, by=acting()))
    with pytest.raises(Conflict):
        write(lambda s: change(s, "ista", role_en="Second.", version=2))
    missed = write(lambda s: changes.missed(changes.history(s, RecordType.NETWORK, "ista"), 1))
    assert missed["founded"] == (1995, 1900)
    assert missed["summary_en"][1] == "First."


@pytest.mark.usefixtures("imported")
def test_only_what_changed_is_written_down_and_nothing_changed_is_no_news(write: Write) -> None:
    write(lambda s: change(s, "ista"))
    assert write(lambda s: s.scalars(select(Change)).all()) == []
    write(lambda s: change(s, "ista", website="", founded=1996, scope=["research"], shown=False))
    found = write(lambda s: s.scalars(select(Change)).one())
    assert set(found.fields) == {"website", "founded", "scope", "shown"}
    assert found.fields["founded"] == [1995, 1996]
    assert (found.deed, found.version, found.subject_key) == (AuditAction.CHANGED, 2, "ista")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_en", ""), ("summary_en", ""), ("description_en", ""), ("source_url", ""), ("similar", ["no-network"]),
        ("similar", ["ista"]), ("similar", ["uasr", "usrn", "anso", "asrtu"]), ("scope", ["astrology"]),
        ("regions", ["moon"]), ("website", "javascript:alert(1)"), ("website", "https://x.example.org/\"onload=\""),
        ("source_url", "data:text/html,x"), ("website", "http://["), ("website", "https://nohost"),
        ("website", "https://a.example.org/ b"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("imported")
def test_what_cannot_be_shown_is_refused_by_field(write: Write, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        write(lambda s: change(s, "ista", **{field: value}))
    assert list(refused.value.faults) == [field]
    assert write(lambda s: networks.network(s, "ista").version) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_edit(write: Write, role: Role) -> None:
    def attempt(session: Session) -> None:
        found = make_network(session)
        fields = flat(columns(found)) | {"summary_en": "Changed."}
        editing.edit(session, found, fields, version=1, by=acting(staff_actor(role)))

    with pytest.raises(NotAllowed):
        write(attempt)


def add(session: Session, slug: str) -> Network:
    given = flat(columns(make_network(session))) | {"place": 7, "shown": True}
    actor = staff(make_person(session, role=Role.ADMINISTRATOR, name="Ho Man"))
    return editing.add(session, slug, given, by=acting(actor))


def test_new_network_is_kept_and_checked_by_whoever_made_it(write: Write) -> None:
    write(lambda s: add(s, "example-network"))
    found = write(lambda s: networks.network(s, "example-network"))
    assert (found.owner.name, found.verified_on, found.verified_by) == ("Ho Man", TODAY, "Ho Man")
    assert (found.position, found.version, edited(found)) == (7, 1, [])
    assert write(lambda s: s.scalars(select(Change)).one()).deed is AuditAction.MADE


@pytest.mark.parametrize("slug", ["new", "", "Upper", "a--b", "-a", "a b", "ünï", "a/b", "a" * 61, "../x"])
def test_slug_that_cannot_stand_in_an_address_is_refused(write: Write, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(lambda s: add(s, slug))
    assert list(refused.value.faults) == ["slug"]


def test_slug_is_nobody_elses_not_even_a_hidden_ones(write: Write) -> None:
    write(lambda s: make_network(s, slug="taken", active=False))
    with pytest.raises(Invalid) as refused:
        write(lambda s: add(s, "taken"))
    assert refused.value.faults == {"slug": "known"}


def test_unsaved_entry_touches_nothing(write: Write) -> None:
    write(lambda s: make_network(s, slug="example", countries={"count": 3}))

    def look(session: Session) -> None:
        found = networks.network(session, "example")
        fields = flat(columns(found)) | {"summary_en": "As it would read."}
        seen = editing.unsaved("example", fields, found)
        assert seen.summary == {"en": "As it would read."}
        assert (seen.short_name, seen.countries) == (found.short_name, {"count": 3})
        assert networks.similar(session, seen) == []
        assert not session.new
        assert not session.dirty

    write(look)
    assert write(lambda s: networks.network(s, "example").summary) == {"en": "A network for examples."}
