"""An entry in its three shapes: through the fields and back nothing changes, whatever the file says."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.factories import acting, make_network
from webapp.domain.directory import importing, networks
from webapp.domain.directory.facts import COLUMNS, columns, edited, fields_of, flat, lines, plain, shaped, typed
from webapp.domain.directory.source import load
from webapp.models import Network
from webapp.paths import DATA
from webapp.vocabulary import Language

SOURCE = load(DATA / "networks.yaml")


def test_every_network_comes_back_as_it_was(session: Session) -> None:
    importing.import_networks(session, SOURCE, by=acting())
    for network in networks.networks(session):
        before = columns(network)
        assert shaped(flat(before), before) == before
        assert edited(network) == []
        assert plain(typed(before)) == before


def test_every_column_is_in_a_field_and_no_field_in_two(session: Session) -> None:
    names = [name for column in COLUMNS for name in fields_of(column)]
    assert len(set(names)) == len(names)
    assert set(flat(columns(make_network(session, countries={})))) == set(names)


def test_what_no_field_shows_stays(session: Session) -> None:
    former = {"name": "Old", "source": "page", "evidence": "https://example.org", "note": None}
    network = make_network(session, countries={"count": 3, "label": {"en": "Three"}}, former_names=[former])
    before = columns(network)
    given = flat(before) | {"countries_en": "Two of them", "former_names": "New\nOld"}
    after = shaped(given, before)
    assert after["countries"] == {"count": 3, "label": {"en": "Two of them"}}
    assert after["former_names"][1] == former
    assert shaped(given | {"countries_en": ""}, before)["countries"] == {"count": 3}


@pytest.mark.parametrize("missing", list(Language)[1:])
def test_activity_without_a_translation_keeps_its_line(session: Session, missing: Language) -> None:
    whole = {language.value: f"{language} one" for language in Language}
    activities = [{key: text for key, text in whole.items() if key != missing}, whole]
    before = columns(make_network(session, activities=activities))
    field = fields_of("activities")[list(Language).index(missing)]
    assert flat(before)[field] == f"-\n{missing} one"
    assert shaped(flat(before), before)["activities"] == activities


def test_empty_languages_leave_no_trace(session: Session) -> None:
    before = columns(make_network(session, role={"en": "Member", "zh-hant": "成員", "zh-hans": "成员"}))
    assert shaped(flat(before) | {"role_zh_hant": ""}, before)["role"] == {"en": "Member", "zh-hans": "成员"}
    assert shaped(flat(before) | dict.fromkeys(fields_of("role"), ""), before)["role"] is None


def test_lines_say_something() -> None:
    assert lines(" a \n\n b\n") == ["a", "b"]


def test_edited_columns_are_those_that_the_next_import_leaves_alone(session: Session) -> None:
    importing.import_networks(session, SOURCE, by=acting())
    network: Network = networks.networks(session)[0]
    network.summary, network.position = {**network.summary, "en": "As edited."}, 99
    session.flush()
    assert edited(network) == ["summary", "position"]
    other = replace(SOURCE, networks=tuple(replace(n, founded=1901) for n in SOURCE.networks))
    report = importing.import_networks(session, other, by=acting())
    assert set(report.kept) == {f"{network.slug}.{name}" for name in edited(network)}
