"""The service without its pages: settings, log, database and queue. Worker and command line need no more of it."""

import os
from importlib import import_module
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from webapp import connections, logs
from webapp.broker import Broker, CeleryBroker
from webapp.config import Settings, read_settings, unknown_names
from webapp.db import db
from webapp.i18n import use_catalogues
from webapp.paths import PACKAGE, TEMPLATES

log = structlog.get_logger(__name__)
# Two connections for each of eight threads: what memory lacks is read beside the request's own transaction. The one
# that was used last is taken first: PostgreSQL knows our statements by heart there, and others may rest.
_CONNECTIONS = {"pool_size": 8, "max_overflow": 16, "pool_use_lifo": True}


def create_service(settings: Settings | None = None, *, broker: Broker | None = None) -> Flask:
    """Return the service for these settings, by default those of the environment. Raises SettingsError."""
    settings = settings or read_settings(os.environ)
    logs.configure(settings.log_form)
    for name, nearest in unknown_names(os.environ).items():
        log.warning("settings.unknown_name", name=name, nearest=nearest)
    app = Flask("webapp", template_folder=str(TEMPLATES), static_folder=str(PACKAGE / "static"))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, **_CONNECTIONS},
        BABEL_TRANSLATION_DIRECTORIES=use_catalogues(settings.translations_dir),
        TESTING=settings.env == "test",
    )
    app.extensions["settings"] = settings
    app.extensions["broker"] = broker or CeleryBroker(settings.broker_url)
    app.extensions["migrate"] = _LateMigrate(app)
    db.init_app(app)
    app.teardown_appcontext(_let_go)
    with app.app_context():
        connections.init_remembering(db.engine)
        connections.init_trying(db.engine)
    return app


def _let_go(_error: BaseException | None) -> None:
    """End what a page or a job only read: a line that was lost since its last statement takes nothing from it."""
    if db.session.registry.has():
        try:
            db.session.close()
        except DBAPIError as error:
            log.warning("database.lost_afterwards", error=type(error.orig).__name__)


class _LateMigrate:
    """Puts Flask-Migrate in its place once someone asks for it: Alembic's 8 MB are for commands alone."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        migrate(self._app)
        return getattr(self._app.extensions["migrate"], name)


def migrate(app: Flask) -> None:
    """Let an application's tables be brought to another version."""
    import_module("flask_migrate").Migrate(app, db, directory=str(PACKAGE / "migrations"), render_as_batch=True)
