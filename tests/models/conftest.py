"""What tests of migrations share: installations of earlier versions, on a database of each kind."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.db import db
from webapp.paths import PACKAGE

STEPS = str(PACKAGE / "migrations")
Installed = Callable[..., AbstractContextManager[Flask]]


@contextmanager
def opened(url: str, **more: Any) -> Iterator[Flask]:
    app = create_app(make_settings(url, **more), broker=RecordingBroker())
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def brought_to() -> dict[str, dict[str, str]]:
    """The addresses of empty databases by kind and version: they are copied, and never used."""
    return {"sqlite": {}, "postgresql": {}}


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, brought_to: dict[str, dict[str, str]]
) -> Installed:
    """Return what opens an installation that the migrations brought to a version and that holds nothing.

    No way is walked twice: a version is reached from the latest one before it that was asked for.
    """
    made = brought_to[request.param]

    def new(template: str = "") -> str:
        if request.param == "postgresql":
            return str(request.getfixturevalue("postgresql").new_database(template))
        path = tmp_path_factory.mktemp("old") / "old.db"
        if template:
            shutil.copy(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def walked(revision: str) -> str:
        before = [step.revision for step in ScriptDirectory(STEPS).iterate_revisions(revision, "base")]
        url = new(next((made[each] for each in before if each in made), ""))
        with opened(url):
            upgrade(revision=revision)
        if request.param == "sqlite":
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return url

    @contextmanager
    def run(revision: str, **more: Any) -> Iterator[Flask]:
        if revision not in made:
            made[revision] = walked(revision)
        with opened(new(made[revision]), **more) as app:
            yield app

    return run
