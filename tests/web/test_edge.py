"""The settings in force on every page, and what needs no database for them."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import acting, staff_actor
from webapp import create_app
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.security.tokens import new_token
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def choose(write: Write, settings: Settings) -> Callable[..., None]:
    def run(*, version: int = 0, **chosen: Any) -> None:
        by = acting(staff_actor(Role.ADMINISTRATOR))
        write(lambda s: office_settings.change(s, chosen, version=version, by=by, settings=settings))

    return run


@pytest.fixture
def cut_off(settings: Settings, tmp_path: Path) -> FlaskClient:
    """A visitor while no database can be reached."""
    gone = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/no/such/folder.db"})
    app = create_app(gone, broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def test_what_is_chosen_is_on_the_next_page_and_gone_after_it_is_put_back(
    client: FlaskClient, choose: Callable[..., None], settings: Settings
) -> None:
    before = client.get("/privacy").text
    choose(institution="Example University", institution_zh_hant="範例大學", brand="#1B3A6B")
    for path, name in (("/privacy", "Example University"), ("/zh-hant/privacy", "範例大學")):
        page = client.get(path).text
        assert f"<b>{name}</b>" in page
        assert "/brand.css?colour=1b3a6b" in page
        assert "/icon.svg?colour=1b3a6b" in page
    back = ("institution", "institution_zh_hant", "brand")
    choose(version=1, **{name: getattr(settings, name) for name in back})
    assert client.get("/privacy").text == before


@pytest.mark.parametrize(
    ("path", "most"),
    [("/healthz", 0), ("/static/site.css", 0), ("/icon.svg?colour=1b3a6b", 0), ("/robots.txt", 0), ("/privacy", 2)],
)
def test_only_what_shows_the_settings_asks_for_them_and_once(
    client: FlaskClient, count_queries: Any, path: str, most: int
) -> None:
    with count_queries() as statements:
        assert client.get(path).status_code == 200
    assert len(statements) == most


def test_pages_show_the_environments_names_while_the_database_is_away(cut_off: FlaskClient) -> None:
    for path, code in (("/privacy", 200), ("/brand.css", 200), ("/nowhere", 404), ("/", 503), ("/track/x", 503)):
        response = cut_off.get(path)
        assert response.status_code == code, path
        assert path == "/brand.css" or "The Hong Kong Polytechnic University" in response.text
    assert "will be back in a few minutes" in response.text
    as_json = cut_off.get("/track/x", headers={"Accept": "application/json"})
    assert [each.headers["Retry-After"] for each in (response, as_json)] == ["60", "60"]


def test_nothing_is_written_on_the_strength_of_settings_that_could_not_be_read(
    settings: Settings, sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "unreadable.db"
    shutil.copy(sqlite_template, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE office_settings")
    app = create_app(settings.model_copy(update={"database_url": f"sqlite:///{path}"}), broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = app.test_client()
    assert "The Hong Kong Polytechnic University" in visitor.get("/").text
    begun = {"form_id": new_token(), "step": "begin", "kind": "visit", "message": "Words"}
    assert visitor.post("/enquiries/new", data=begun).status_code == 503
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM drafts").fetchone() == (0,)


def test_nothing_is_taken_while_the_database_is_away(cut_off: FlaskClient) -> None:
    response = cut_off.post("/enquiries/new", data={"form_id": "x", "step": "begin", "kind": "visit"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "The Hong Kong Polytechnic University" in response.text
