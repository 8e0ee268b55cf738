"""The first page's line of years, its orders, and its list with all texts."""

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.web.public.test_directory import SOURCE, listed, networks, text_of
from webapp.web.public.timeline import PLACES

__all__ = ["networks"]
_DOT = re.compile(r'<li class="at-(\d+) name-\w+(?: turned)?"><a href="[^"]*/networks/([^"]+)">(.*?)</a>', re.DOTALL)


@pytest.mark.usefixtures("networks")
def test_every_network_whose_year_is_known_is_a_link_in_its_place_on_the_line(client: FlaskClient) -> None:
    dots = _DOT.findall(text_of(client, "/"))
    founded = {network.slug: network.founded for network in SOURCE.networks if network.founded}
    assert [slug for _, slug, _ in dots] == sorted(founded, key=lambda slug: founded[slug])
    places = [int(place) for place, _, _ in dots]
    assert places == sorted(places)
    assert places[0] == 1
    assert places[-1] <= PLACES
    assert all(str(founded[slug]) in words for _, slug, words in dots)
    css = text_of(client, "/static/site.css")
    assert all(f".at-{place} {{" in css for place in range(1, PLACES + 1))


@pytest.mark.usefixtures("networks")
def test_a_list_that_is_filtered_or_in_another_order_has_no_line(client: FlaskClient) -> None:
    assert not _DOT.findall(text_of(client, "/?group=member"))
    assert not _DOT.findall(text_of(client, "/?order=year"))


@pytest.mark.usefixtures("networks")
def test_lists_are_ordered_by_name_year_and_size_and_keep_their_filter(client: FlaskClient) -> None:
    by_slug = {network.slug: network for network in SOURCE.networks}
    short = {slug: network.acronym or network.name["en"] for slug, network in by_slug.items()}
    names = [short[slug].casefold() for slug in listed(text_of(client, "/?order=name"))]
    assert names == sorted(names)
    years = [by_slug[slug].founded or date.max.year for slug in listed(text_of(client, "/?order=year"))]
    assert years == sorted(years)
    sizes = listed(text_of(client, "/?order=size"))
    assert sizes[:3] == ["nafsa", "eaie", "ge4"]
    assert sizes[-1] == "epu", "no figure is published"
    assert len(names) == len(years) == len(sizes) == len(SOURCE.networks)
    assert listed(text_of(client, "/?order=moon")) == [network.slug for network in SOURCE.networks]
    page = text_of(client, "/?group=member&order=year&texts=full")
    assert len(listed(page)) == 12
    assert '<input type="hidden" name="order" value="year">' in page
    assert "/?group=member&amp;order=name&amp;texts=full#networks" in page


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize("path", ["/", "/zh-hans/"])
def test_all_texts_are_on_one_page_to_read_or_print(client: FlaskClient, path: str) -> None:
    language = "zh_hans" if "zh" in path else "en"
    full = text_of(client, f"{path}?texts=full")
    ends = [html.escape(network.description[language][-6:], quote=False) for network in SOURCE.networks]
    assert all(end in full for end in ends)
