"""New forms are made once for all who ask, and no one's has anything of anyone else's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import acting, make_network, staff_actor
from webapp.domain import settings as office_settings
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import Role
from webapp.web.public import blank, enquiry

Write = Callable[[Callable[[Session], Any]], Any]
ADMIN: Actor = staff_actor(Role.ADMINISTRATOR)
USUAL = (
    *("/enquiries/new", "/enquiries/new?kind=visit", "/zh-hant/enquiries/new?kind=question"),
    "/enquiries/new?kind=collaboration&network=sample",
)
OTHERS = (
    *("/enquiries/new?kind=banquet", "/enquiries/new?network=nowhere", "/enquiries/new?kind=visit&kind=visit"),
    *("/enquiries/new?x=1", "/enquiries/new?network=sample&kind=visit", "/enquiries/new?kind="),
    *("/enquiries/new?kind=%FF", "/enquiries/new?draft=", "/enquiries/new?kind=visit&q="),
)


@pytest.fixture(autouse=True)
def network(write: Write) -> None:
    write(lambda session: make_network(session, slug="sample"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids for which a form was made from the table of questions."""
    ids, make = [], enquiry._blank

    def counted(form_id: str) -> str:
        ids.append(form_id)
        return make(form_id)

    monkeypatch.setattr(enquiry, "_blank", counted)
    return ids


def secrets(page: str) -> tuple[str, str]:
    found = {name: re.findall(rf'name="{name}" value="([^"]+)"', page) for name in ("form_id", "csrf_token")}
    assert [len(each) for each in found.values()] == [1, 1]
    return found["form_id"][0], found["csrf_token"][0]


def without(page: str) -> str:
    for secret in secrets(page):
        assert page.count(secret) == 1
        page = page.replace(secret, "…")
    return page


@pytest.mark.parametrize("path", USUAL)
def test_form_is_made_once_and_differs_by_its_id_and_token(
    app: Flask, path: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [app.test_client().get(path).text for _ in range(3)]
    assert len(made) == 1
    assert len({without(page) for page in pages}) == 1
    assert len({secret for page in pages for secret in secrets(page)}) == 6
    assert blank._ID not in pages[0]
    assert blank._TOKEN not in pages[0]
    monkeypatch.setattr(blank, "_is_usual", lambda: False)
    assert without(app.test_client().get(path).text) == without(pages[0])


@pytest.mark.parametrize("path", OTHERS)
def test_what_a_visitor_made_up_is_made_for_them(app: Flask, client: FlaskClient, path: str, made: list[str]) -> None:
    assert {client.get(path).status_code for _ in range(2)} == {200}
    assert len(made) == 2
    where, _question, query = path.partition("?")
    assert (where, query.encode()) not in app.extensions["blank_forms"].kept


def test_form_can_be_sent_with_its_own_token_and_no_other(app: Flask, csrf_client: FlaskClient) -> None:
    own, other = csrf_client.get("/enquiries/new").text, app.test_client().get("/enquiries/new").text
    form_id, token = secrets(own)
    data = {"form_id": form_id, "kind": "question", "message": "Words"}
    assert csrf_client.post("/enquiries/new", data={**data, "csrf_token": secrets(other)[1]}).status_code == 403
    answer = csrf_client.post("/enquiries/new", data={**data, "csrf_token": token})
    assert (answer.status_code, form_id in answer.text) == (422, True)


def test_form_shows_what_was_changed(client: FlaskClient, write: Write, made: list[str]) -> None:
    assert "another-one" not in client.get("/enquiries/new").text
    write(lambda session: make_network(session, slug="another-one"))
    assert 'value="another-one"' in client.get("/enquiries/new").text
    chosen = {"institution_short": "NEW"}
    by = acting(ADMIN)
    write(lambda session: office_settings.change(session, chosen, version=0, by=by, settings=by.settings))
    assert "NEW" in client.get("/enquiries/new").text
    assert len(made) == 3


def test_what_is_to_be_said_to_one_visitor_is_not_kept(app: Flask, client: FlaskClient, made: list[str]) -> None:
    with client.session_transaction() as session:
        session["_flashes"] = [("good", "For you alone")]
    assert "For you alone" in client.get("/enquiries/new").text
    assert "For you alone" not in app.test_client().get("/enquiries/new").text
    assert len(made) == 2
