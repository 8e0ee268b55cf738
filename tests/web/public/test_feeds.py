"""The directory for programs, and what crawlers read."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.factories import acting
from webapp.domain.directory import importing
from webapp.domain.directory.source import load
from webapp.paths import DATA

SOURCE = load(DATA / "networks.yaml")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FEEDS = ["/directory.json", "/directory.rss", "/zh-hant/directory.rss", "/sitemap.xml", "/robots.txt"]


@pytest.fixture(autouse=True)
def networks(write: Callable[[Callable[..., Any]], Any]) -> None:
    write(lambda session: importing.import_networks(session, SOURCE, by=acting()))


def test_json_holds_every_network_in_every_language_and_no_cautions(client: FlaskClient) -> None:
    answer = client.get("/directory.json").get_json()
    assert [network["slug"] for network in answer["networks"]] == [network.slug for network in SOURCE.networks]
    uasr = answer["networks"][1]
    assert set(uasr["name"]) == {"en", "zh-hant", "zh-hans"}
    assert uasr["url"]["zh-hans"] == "https://desk.example.org/zh-hans/networks/uasr"
    assert uasr["according_to"] == {"founded_by": "http://uasr.xjtu.edu.cn/About_UASR/Introduction.htm"}
    assert uasr["as_of"] == "2026-11-23"
    assert "cautions" not in uasr


@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_feed_has_an_item_for_each_network(client: FlaskClient, prefix: str) -> None:
    root = ElementTree.fromstring(client.get(f"{prefix}/directory.rss").data)
    links = [item.findtext("link") for item in root.iter("item")]
    assert links == [f"https://desk.example.org{prefix}/networks/{network.slug}" for network in SOURCE.networks]


def test_sitemap_has_every_page_in_three_languages(client: FlaskClient) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    addresses = [entry.findtext(f"{SITEMAP}loc") for entry in root.iter(f"{SITEMAP}url")]
    assert len(addresses) == len(set(addresses)) == 3 * (len(SOURCE.networks) + 4)
    assert "https://desk.example.org/zh-hant/networks/usrn" in addresses


def test_pages_of_the_sitemap_exist(client: FlaskClient) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    for entry in root.iter(f"{SITEMAP}url"):
        path = str(entry.findtext(f"{SITEMAP}loc")).removeprefix("https://desk.example.org")
        assert client.get(path).status_code == 200


def test_robots_names_the_sitemap(client: FlaskClient) -> None:
    assert "Sitemap: https://desk.example.org/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


@pytest.mark.parametrize("path", FEEDS)
def test_answer_that_is_still_the_same_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert "public" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize("path", FEEDS)
def test_addresses_come_from_the_settings_alone(client: FlaskClient, path: str) -> None:
    assert b"localhost" not in client.get(path, headers={"Host": "localhost:8443"}).data
