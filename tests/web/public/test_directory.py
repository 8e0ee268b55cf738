"""The directory's pages with the real networks: search and filters by address, every fact, and ways to enquire."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import acting, make_network, make_person
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.models import Network, Person
from webapp.paths import DATA
from webapp.vocabulary import Group

SOURCE = load(DATA / "networks.yaml")
Write = Callable[[Callable[..., Any]], Any]


@pytest.fixture
def networks(write: Write) -> None:
    write(lambda session: importing.import_networks(session, SOURCE, by=acting()))


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return str(response.get_data(as_text=True))


def listed(page: str) -> list[str]:
    """The slugs of the cards, in the page's order."""
    return re.findall(r'<h3><a href="[^"]*/networks/([^"]+)"', page)


def data_block(page: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize("path", ["/", "/zh-hant/", "/zh-hans/"])
def test_first_page_lists_all_networks_in_the_universitys_order(client: FlaskClient, path: str) -> None:
    assert listed(text_of(client, path)) == [network.slug for network in SOURCE.networks]


@pytest.mark.usefixtures("networks")
def test_first_page_invites_counts_and_promises(client: FlaskClient) -> None:
    page = text_of(client, "/")
    assert "Fifteen international networks" in page
    assert "arrange a delegation visit" in page
    assert "within 5 working days" in page


def test_first_page_without_networks_still_stands(client: FlaskClient) -> None:
    assert listed(text_of(client, "/")) == []


@pytest.mark.usefixtures("networks")
def test_filters_in_the_address_narrow_the_list(client: FlaskClient) -> None:
    expected = [n.slug for n in SOURCE.networks if "engineering" in n.scope and "worldwide" in n.regions]
    page = text_of(client, "/?scope=engineering&region=worldwide&group=member&q=")
    assert listed(page) == expected
    assert f"{len(expected)} of 15 networks" in page


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("scope=astrology", "astrology"),
        ("region=moon", "moon"),
        ("group=none", "none"),
        ("group=member&region=moon", "moon"),
        ("q=university&scope=astrology", "astrology"),
        ("scope=Engineering", "Engineering"),
        ("region=%3Cb%3E", "&lt;b&gt;"),
    ],
)
def test_unknown_filter_shows_no_network_and_says_which(client: FlaskClient, query: str, word: str) -> None:
    page = text_of(client, f"/?{query}")
    assert listed(page) == []
    assert "No network is shown" in page
    assert f"“{word}” is not known." in page
    assert 'href="/#networks">Show all networks' in page
    found = re.search(r'is not known\. <a href="([^"#]+)', page)
    assert found
    assert listed(text_of(client, found[1].replace("&amp;", "&")))


@pytest.mark.usefixtures("networks")
def test_unknown_parameters_are_ignored(client: FlaskClient) -> None:
    assert len(listed(text_of(client, "/?page=7&utm_source=x&scope="))) == 15


@pytest.mark.usefixtures("networks")
def test_search_finds_words_of_any_language(client: FlaskClient) -> None:
    assert listed(text_of(client, "/?q=silk+road+ALLIANCE")) == ["uasr"]
    assert listed(text_of(client, "/?q=中俄工科大學聯盟")) == ["asrtu"]


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("ＵＳＲＮ", "usrn"),
        ("student exchange", "asrtu epu ge4 global-e3 nafsa"),
        ("exchange, STUDENT", "asrtu epu ge4 global-e3 nafsa"),
        ("學生交流", "asrtu epu ge4 global-e3 nafsa"),
        ("学生交流", "asrtu epu ge4 global-e3 nafsa"),
        ("Europe", "ista asrtu epu eaie asaihl"),
        ("engineering", "acnet-engtech asrtu ge4 global-e3"),
        ("civic-engagement", "talloires-network"),
        ("rotating chair", "uasr"),
        ("Xian Jiaotong", "uasr"),
        ("usrnetwork.org", "usrn"),
        ("co-founded 1995", "ista"),
        ("E3", "global-e3"),
        ("Ｇｌｏｂａｌ　Ｅ３", "global-e3"),
        ("—", ""),
    ],
)
def test_search_reads_all_that_a_visitor_can_read(client: FlaskClient, text: str, slugs: str) -> None:
    page = client.get("/", query_string={"q": text}).text
    assert listed(page) == slugs.split()
    counts = re.findall(r'<option value="(?:cofounded|member)"[^>]*>[^<(]*\((\d+)\)', page)
    assert sum(map(int, counts)) == len(slugs.split())


@pytest.mark.usefixtures("networks")
def test_search_reads_nothing_that_is_for_the_office(client: FlaskClient) -> None:
    # The first words of cautions and notes on sources.
    for text in ("newer or older counts elsewhere", "image caption is mistyped", "do not translate"):
        assert listed(client.get("/", query_string={"q": text}).text) == []


@pytest.mark.usefixtures("networks")
def test_each_filter_in_use_can_be_taken_away_alone(client: FlaskClient) -> None:
    page = text_of(client, "/?scope=engineering&group=member&q=exchange")
    addresses = re.findall(r'<a class="tag" href="/\?([^"#]+)#networks"', page)
    assert sorted(addresses) == [
        "q=exchange&amp;group=member",
        "q=exchange&amp;scope=engineering",
        "scope=engineering&amp;group=member",
    ]


@pytest.mark.usefixtures("networks")
def test_nothing_found_says_what_to_do_and_echoes_safely(client: FlaskClient) -> None:
    page = text_of(client, "/?q=<script>alert(1)</script>")
    assert "No network fits" in page
    assert "<script>alert" not in page


@pytest.mark.usefixtures("networks")
def test_language_switch_keeps_page_and_filters(client: FlaskClient) -> None:
    assert 'href="/zh-hans/?scope=engineering"' in text_of(client, "/?scope=engineering")
    page = text_of(client, "/zh-hant/networks/usrn")
    assert 'href="/networks/usrn"' in page
    assert 'hreflang="zh-Hans" href="https://desk.example.org/zh-hans/networks/usrn"' in page


@pytest.mark.usefixtures("networks")
def test_panel_begins_an_enquiry_with_the_contracts_names(client: FlaskClient) -> None:
    panel = text_of(client, "/").split('id="enquire"')[1]
    names = set(re.findall(r'name="([^"]+)"', panel))
    assert names >= {"step", "kind", "network", "contact_name", "organisation", "contact_email", "message"}
    assert 'method="post" action="/enquiries/new"' in panel


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_network_pages_state_every_fact(client: FlaskClient, prefix: str) -> None:
    attribute = prefix[1:].replace("-", "_") or "en"
    for given in SOURCE.networks:
        page = html.unescape(text_of(client, f"{prefix}/networks/{given.slug}"))
        texts = [given.description, *given.activities, given.role, given.role_note, given.size, given.countries.label]
        assert [text for text in texts if text and str(text[attribute]) not in page] == []
        assert all(former.name in page for former in given.former_names)
        assert all(name in page for name in given.supported_by)
        assert given.website.url is None or f'href="{given.website.url}" rel="noopener external"' in page
        assert all(caution not in page for caution in given.cautions)


@pytest.mark.usefixtures("networks")
def test_facts_from_elsewhere_say_where_they_are_from(client: FlaskClient) -> None:
    assert '(according to <a href="http://uasr.xjtu.edu.cn/About_UASR/Introduction.htm"' in text_of(
        client, "/networks/uasr"
    )
    assert '(according to <a href="https://www.usrnetwork.org/' in text_of(client, "/networks/usrn")
    assert "according to" not in text_of(client, "/networks/ista")


def test_fact_that_staff_edited_is_not_ascribed_to_others(client: FlaskClient, networks: None, write: Write) -> None:
    def edit(session: Any) -> None:
        session.scalars(select(Network).where(Network.slug == "uasr")).one().founded_by = {"en": "Example University"}

    write(edit)
    page = text_of(client, "/networks/uasr")
    assert "Example University" in page
    assert "according to" not in page


@pytest.mark.usefixtures("networks")
def test_english_inside_a_chinese_page_is_marked(client: FlaskClient) -> None:
    page = text_of(client, "/zh-hant/networks/epu")
    assert '<span lang="en">Eurasia-Pacific Uninet</span>' in page
    assert '<span lang="en">Austrian Federal Ministry for Science and Research</span>' in page


@pytest.mark.usefixtures("networks")
def test_network_page_leads_to_the_form_and_to_its_own_kind(client: FlaskClient) -> None:
    page = text_of(client, "/networks/usrn")
    for kind in ("visit", "collaboration", "question"):
        assert f'href="/enquiries/new?kind={kind}&amp;network=usrn"' in page
    assert 'href="/?scope=sustainability#networks"' in page
    assert 'href="/networks/talloires-network"' in page


def test_who_answers_is_the_liaison_or_the_office(client: FlaskClient, write: Write) -> None:
    def make(session: Any) -> None:
        liaison = make_person(session, role=None, name="Prof. Maria Beispiel")
        make_network(session, slug="with-liaison", liaison=liaison)
        make_network(session, slug="without")

    write(make)
    assert "Prof. Maria Beispiel" in text_of(client, "/networks/with-liaison")
    assert "International office" in text_of(client, "/networks/without").split("Who answers")[1]


def test_texts_are_escaped_in_page_and_data_block(client: FlaskClient, write: Write) -> None:
    evil = "</script><script>alert(1)</script>"
    write(
        lambda session: make_network(session, slug="evil", group=Group.MEMBER, summary={"en": evil}, name={"en": evil})
    )
    page = text_of(client, "/networks/evil")
    assert evil not in page
    assert data_block(page)["@graph"][0]["description"] == evil


@pytest.mark.usefixtures("networks")
def test_data_block_describes_network_with_the_public_address(client: FlaskClient) -> None:
    organisation = data_block(text_of(client, "/zh-hant/networks/usrn"))["@graph"][0]
    assert organisation["mainEntityOfPage"] == "https://desk.example.org/zh-hant/networks/usrn"
    assert organisation["foundingDate"] == "2015"
    assert data_block(text_of(client, "/"))["mainEntity"]["numberOfItems"] == 15


@pytest.mark.usefixtures("networks")
def test_nearly_right_address_leads_on(client: FlaskClient) -> None:
    assert client.get("/networks/USRN").headers["Location"] == "/networks/usrn"
    assert 'href="/networks/usrn"' in text_of(client, "/networks/usr", 404)
    assert 'href="/"' in text_of(client, "/networks/qqqqqqqqqqqq", 404)


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(("path", "most"), [("/", 3), ("/?scope=engineering&q=a", 3), ("/networks/anso", 5)])
def test_pages_need_few_queries(client: FlaskClient, count_queries: Any, path: str, most: int) -> None:
    with count_queries() as statements:
        client.get(path)
    assert [each for each in statements if "public_version" in each] == statements[:1]
    assert len(statements) <= most, statements


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 0), ("/?scope=engineering&q=a", 0), ("/networks/anso", 2), ("/directory.json", 0), ("/enquiries/new", 0)],
)
def test_who_has_a_session_costs_one_question_for_the_version(
    client: FlaskClient, app: Flask, count_queries: Any, path: str, most: int
) -> None:
    client.get(path)
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "x", domain="desk.example.org")
    with count_queries() as statements:
        assert client.get(path, base_url="https://desk.example.org").status_code == 200
    assert [each for each in statements if "public_version" in each] == statements[:1]
    assert len(statements) == 1 + most, statements
    assert not any("imported" in each for each in statements)


def test_page_names_who_answers_today_and_in_which_languages(client: FlaskClient, write: Write, networks: None) -> None:
    def prepare(session: Any) -> None:
        network = session.scalars(select(Network).where(Network.slug == "anso")).one()
        network.liaison = make_person(session, role=None, name="Prof. Chan")
        network.deputy = make_person(session, role=None, name="Dr Wong")
        network.languages = ["zh-hant", "en"]

    def close(session: Any) -> None:
        session.scalars(select(Person).where(Person.name == "Prof. Chan")).one().active = False

    write(prepare)
    text = text_of(client, "/networks/anso")
    assert "Prof. Chan" in text
    assert "繁體中文, English" in text
    write(close)
    text = text_of(client, "/networks/anso")
    assert "Prof. Chan" not in text
    assert re.search(r"Answers today.*Dr Wong", text, re.S)
