"""Words of the directory, and entries that are deleted, as an administrator meets them on pages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.models import Network, Term
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture(autouse=True)
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))


def test_word_is_added_worded_and_deleted(client: FlaskClient, write: Write) -> None:
    assert "No network is listed yet" in client.get("/").text
    assert "None yet." in client.get("/desk/terms").text
    assert client.get("/desk/terms/new?kind=group").status_code == 404
    refused = client.post("/desk/terms/new?kind=region", data={"name_en": ""})
    assert (refused.status_code, "Enter the word in English." in refused.text) == (400, True)
    assert client.post("/desk/terms/new?kind=region", data={"name_en": "The North"}).status_code == 303
    again = client.post("/desk/terms/new?kind=region", data={"name_en": "The North", "name_zh_hant": "北方"})
    assert "Another one is called so already." in again.text
    assert 'value="北方"' in again.text
    made = write(lambda s: s.scalars(select(Term)).one().id)
    assert client.post(f"/desk/terms/{made}", data={"name_en": "Nordic countries", "version": 1}).status_code == 303
    assert "Nordic countries" in client.get("/desk/terms").text
    assert "Word that networks are filtered by" in client.get("/desk/changes").text
    write(lambda s: setattr(make_network(s, slug="nnfu"), "regions", ["the-north"]))
    assert "1 network uses this word." in client.get(f"/desk/terms/{made}").text
    kept = client.post(f"/desk/terms/{made}/delete", data={"version": 2}, follow_redirects=True)
    assert "An entry uses this word now. It was not deleted." in kept.text
    write(lambda s: setattr(s.scalars(select(Network)).one(), "regions", []))
    assert client.post(f"/desk/terms/{made}/delete", data={"version": 2}).status_code == 303
    assert write(lambda s: s.scalars(select(Term)).all()) == []


def test_network_without_enquiries_is_deleted_once_that_is_confirmed(
    client: FlaskClient, write: Write, settings: Settings
) -> None:
    write(lambda s: (make_network(s, slug="idle"), make_enquiry(s, settings, network=make_network(s, slug="asked"))))
    for slug, says in (("idle", "Delete this network"), ("asked", "1 enquiry is about this network")):
        assert f'href="/desk/networks/{slug}/delete"' in client.get(f"/desk/networks/{slug}").text
        assert says in client.get(f"/desk/networks/{slug}/delete").text
    assert client.post("/desk/networks/asked/delete", data={"version": 1}).status_code == 409
    done = client.post("/desk/networks/idle/delete", data={"version": 1}, follow_redirects=True)
    assert "is deleted." in done.text
    assert write(lambda s: list(s.scalars(select(Network.slug)))) == ["asked"]
    assert client.get("/networks/idle").status_code == 404
