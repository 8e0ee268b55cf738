"""A directory of one's own: its file, faults by line, what staff delete, and no other's networks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    acting,
    make_enquiry,
    make_network,
    make_organisation,
    make_person,
    make_settings,
    staff_actor,
)
from webapp.config import Settings
from webapp.domain.directory import importing, networks, removal, terms
from webapp.domain.directory.source import load
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.history import changes
from webapp.models import Network, RemovedNetwork, Term
from webapp.paths import DATA
from webapp.vocabulary import AuditAction, RecordType, Role, TermKind

Write = Callable[[Callable[[Session], Any]], Any]
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "networks.yaml"
BY = acting(staff_actor(Role.ADMINISTRATOR))


def faults_of(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"own\.yaml") as caught:
        load(file)
    return str(caught.value).splitlines()[1:]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_example_of_the_documents_is_imported_and_brings_its_words_alone(write: Write) -> None:
    report = write(lambda s: importing.import_networks(s, load(EXAMPLE), by=BY))
    assert report.added == ["northern-fjords"]
    network = write(lambda s: networks.network(s, "northern-fjords"))
    assert (network.position, network.name) == (1, {"en": "Network of Northern Fjord Universities"})
    assert network.website == "https://nnfu.example.org/"
    tags = write(lambda s: {(row.kind, row.tag) for row in s.scalars(select(Term))})
    assert tags == {
        (TermKind.SCOPE, "marine-science"),
        (TermKind.SCOPE, "student-exchange"),
        (TermKind.REGION, "nordic"),
    }


def test_faults_come_with_their_lines(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for right, wrong in (
        ("regions: [nordic]", "regions: [arctic]"),
        ("    founded: 1998", "    founded: 1998\n    colour: blue\n    founded: 1999"),
        ("group: cofounded", "group: friend"),
        ("    acronym: NNFU", "    acronym: ''"),
        ("  as_of: 2026-11-27", "  as_of: yesterday"),
        ("  - {tag: student-exchange, ", "  - {tag: marine-science, "),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    found = faults_of(tmp_path, text)
    for words, fault in (
        ("regions: [arctic]", "networks.northern-fjords.regions: arctic is not known"),
        ("colour: blue", "networks.northern-fjords.colour: is not a key that is known here"),
        ("founded: 1999", "networks.northern-fjords.founded: the key appears more than once"),
        ("group: friend", "networks.northern-fjords.group: "),
        ("acronym: ''", "networks.northern-fjords.acronym: "),
        ("as_of: yesterday", "meta.as_of: "),
        ("{tag: marine-science, label: {en: Student", "scopes: tag marine-science appears more than once"),
    ):
        told = f"line {line_of(text, words)}: {fault}"
        assert any(each.startswith(told) for each in found), (told, found)
    numbers = [int(re.findall(r"^line (\d+): ", each)[0]) for each in found]
    assert numbers == sorted(numbers)
    assert [each.partition(": Input")[0] for each in faults_of(tmp_path, "")] == ["line 1: the file"]


def test_only_the_first_installation_has_the_networks_that_come_along() -> None:
    def given(**more: Any) -> Path | None:
        return importing.usual_file(make_settings("sqlite:///unused.db", **more))

    assert given() == DATA / "networks.yaml"
    assert given(institution="Example University") is None
    assert given(networks_file="none") is None
    assert given(networks_file="") == DATA / "networks.yaml"
    assert given(networks_file="/etc/liaison/networks.yaml") == Path("/etc/liaison/networks.yaml")


def test_deleted_entry_stays_away_unless_it_is_to_come_again(write: Write, settings: Settings) -> None:
    source = load(EXAMPLE)
    write(lambda s: importing.import_networks(s, source, by=BY))

    def others(session: Session) -> None:
        make_network(session, slug="other").similar = ["northern-fjords"]
        found = networks.network(session, "northern-fjords")
        organisation = make_organisation(session)
        organisation.networks.append(found)
        session.flush()

    write(others)
    with pytest.raises(Conflict):
        write(lambda s: removal.remove(s, "northern-fjords", version=9, by=BY))
    assert write(lambda s: removal.remove(s, "northern-fjords", version=1, by=BY)) == "NNFU"
    assert write(lambda s: networks.network(s, "other", hidden=True).similar) == []
    history = write(lambda s: changes.history(s, RecordType.NETWORK, "northern-fjords")[0])
    assert (history.deed, history.subject_name) == (AuditAction.DELETED, "NNFU")
    report = write(lambda s: importing.import_networks(s, source, by=BY))
    assert (report.added, report.left_out) == ([], ["northern-fjords"])
    report = write(lambda s: importing.import_networks(s, source, by=BY, again=True))
    assert (report.added, report.left_out) == (["northern-fjords"], [])
    assert write(lambda s: s.scalars(select(RemovedNetwork)).all()) == []


def test_entry_with_an_enquiry_is_not_deleted(write: Write, settings: Settings) -> None:
    def begin(session: Session) -> None:
        network = make_network(session, slug="asked", liaison=make_person(session))
        make_enquiry(session, settings, network=network)

    write(begin)
    with pytest.raises(NotAllowed):
        write(lambda s: removal.remove(s, "asked", version=1, by=BY))
    assert write(lambda s: removal.enquiries(s, networks.network(s, "asked"))) == 1
    with pytest.raises(NotAllowed):
        write(lambda s: removal.remove(s, "asked", version=1, by=acting(staff_actor(Role.COORDINATOR))))


def test_words_are_added_worded_and_deleted_while_no_entry_uses_them(write: Write) -> None:
    write(lambda s: importing.import_networks(s, load(EXAMPLE), by=BY))
    made = write(lambda s: terms.add(s, TermKind.SCOPE, {"en": "Tidal power", "nb": ""}, by=BY))
    assert (made.tag, made.label, made.position) == ("tidal-power", {"en": "Tidal power"}, 2)
    for wrong in ({"en": " tidal POWER "}, {"en": ""}):
        with pytest.raises(Invalid):
            write(lambda s, wrong=wrong: terms.add(s, TermKind.SCOPE, wrong, by=BY))
    other = write(lambda s: terms.add(s, TermKind.REGION, {"en": "Tidal power!"}, by=BY))
    assert other.tag == "tidal-power"
    used = write(lambda s: s.scalars(select(Term).where(Term.tag == "nordic")).one())
    with pytest.raises(NotAllowed):
        write(lambda s: terms.remove(s, terms.term(s, used.id, actor=BY.actor, lock=True), version=1, by=BY))
    write(lambda s: terms.remove(s, terms.term(s, made.id, actor=BY.actor, lock=True), version=1, by=BY))
    assert write(lambda s: s.get(Term, made.id)) is None


def test_words_that_staff_changed_stay_after_an_import(write: Write) -> None:
    source = load(EXAMPLE)
    write(lambda s: importing.import_networks(s, source, by=BY))
    used = write(lambda s: s.scalars(select(Term).where(Term.tag == "nordic")).one())

    def word(session: Session) -> None:
        held = terms.term(session, used.id, actor=BY.actor, lock=True)
        terms.edit(session, held, {"en": "The North"}, version=1, by=BY)

    write(word)
    report = write(lambda s: importing.import_networks(s, source, by=BY))
    assert report.kept == ["region.nordic"]
    assert write(lambda s: s.get_one(Term, used.id).label) == {"en": "The North"}
    with pytest.raises(Conflict):
        write(word)


def test_groups_have_a_heading_before_anyone_words_them(write: Write) -> None:
    for _again in range(2):
        write(terms.begin)
    found = write(lambda s: terms.listed(s, actor=BY.actor))
    assert [(each.term.tag, each.used) for each in found[TermKind.GROUP]] == [("cofounded", 0), ("member", 0)]
    assert all(each.term.label["zh-hant"] for each in found[TermKind.GROUP])
    with pytest.raises(NotAllowed):
        write(lambda s: terms.add(s, TermKind.GROUP, {"en": "Friends"}, by=BY))
    assert write(lambda s: s.scalars(select(Network)).all()) == []
