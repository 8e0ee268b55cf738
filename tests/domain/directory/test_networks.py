"""The directory: imported without undoing what staff edited, searched and filtered."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting
from webapp.domain.directory import importing, networks
from webapp.domain.directory import search as directory_search
from webapp.domain.directory.search import DirectorySearch
from webapp.domain.directory.source import DirectorySource, load
from webapp.domain.errors import NotFound
from webapp.models import Network
from webapp.paths import DATA
from webapp.vocabulary import Group, TermKind

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture(scope="module")
def source() -> DirectorySource:
    return load(DATA / "networks.yaml")


def bring_in(write: Write, source: DirectorySource) -> importing.ImportReport:
    report: importing.ImportReport = write(lambda s: importing.import_networks(s, source, by=acting()))
    return report


def test_import_brings_in_all_fifteen_in_order(write: Write, source: DirectorySource) -> None:
    report = bring_in(write, source)
    assert len(report.added) == 15
    found = write(networks.networks)
    assert [network.slug for network in found] == [given.slug for given in source.networks]
    assert {network.group for network in found} == set(Group)
    terms = write(networks.terms)
    assert all(terms[kind] for kind in TermKind)


def test_import_again_changes_nothing(write: Write, source: DirectorySource) -> None:
    bring_in(write, source)
    again = bring_in(write, source)
    assert (again.added, again.changed, again.kept) == ([], [], [])


def test_import_keeps_what_staff_edited(write: Write, source: DirectorySource) -> None:
    bring_in(write, source)
    slug = source.networks[0].slug

    def edit(session: Session) -> None:
        network = session.scalars(select(Network).where(Network.slug == slug)).one()
        network.summary = {**network.summary, "en": "As edited."}
        network.active = False

    write(edit)
    report = bring_in(write, source)
    assert report.kept == [f"{slug}.summary"]
    found = write(lambda s: s.scalars(select(Network).where(Network.slug == slug)).one())
    assert (found.summary["en"], found.active) == ("As edited.", False)


def test_import_brings_a_changed_fact(write: Write, source: DirectorySource) -> None:
    bring_in(write, source)

    def as_before(session: Session) -> str:
        network = session.scalars(select(Network).limit(1)).one()
        network.founded, network.imported = 1900, {**network.imported, "founded": 1900}
        return network.slug

    slug = write(as_before)
    assert bring_in(write, source).changed == [slug]


def test_network_that_is_inactive_or_unknown_is_not_found(write: Write, source: DirectorySource) -> None:
    bring_in(write, source)
    slug = source.networks[0].slug
    assert write(lambda s: networks.network(s, slug)).slug == slug

    def close(session: Session) -> None:
        session.scalars(select(Network).where(Network.slug == slug)).one().active = False

    write(close)
    for gone in (slug, "no-such-network"):
        with pytest.raises(NotFound):
            write(lambda s, gone=gone: networks.network(s, gone))
    assert len(write(networks.networks)) == 14


def test_search_holds_every_word_and_meets_every_filter(write: Write, source: DirectorySource) -> None:
    bring_in(write, source)
    found, terms = write(networks.networks), write(networks.terms)

    def slugs(**given: str) -> set[str]:
        search = DirectorySearch(**given)
        return {
            network.slug
            for network in directory_search.matching(directory_search.holding(found, search.text, terms), search)
        }

    assert slugs() == {network.slug for network in found}
    for network in found:
        assert network.slug in slugs(text=network.name["en"].upper())
        assert network.slug in slugs(text=f"  {(network.acronym or network.slug).lower()} ")
        for scope in network.scope:
            assert network.slug in slugs(scope=scope, group=network.group, region=network.regions[0])
    assert slugs(text="no network says this") == slugs(scope="none") == slugs(region="none") == set()
    assert slugs(group="cofounded") | slugs(group="member") == slugs()
    assert not slugs(group="cofounded") & slugs(group="member")


def test_search_of_nothing_is_no_search() -> None:
    assert not DirectorySearch(text="  ")
    assert DirectorySearch(scope="x")
