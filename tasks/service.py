"""What jobs run in: the service without its pages, and the settings in force. Workers load it, no scheduler does."""

from datetime import UTC, datetime
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown
from sqlalchemy.orm import configure_mappers

from tasks.app import app, environment
from webapp import connections
from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.service import create_service

_LONGEST_TO_PUBLISH = 2.0
app.service = flask_app = create_service(environment)
with flask_app.app_context():
    connections.init_lasting(db.engine)
configure_mappers()  # while one process does it for all


def settings() -> Settings:
    """Return the settings in force now, with what the office chose: once for each run, in its context."""
    return office_settings.in_force(db.session(), environment)


def acting() -> Acting:
    """Return the service itself, acting now under the settings in force: once for each run, in its context."""
    return Acting(SYSTEM, datetime.now(UTC), settings())


@worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A forked process must not share its parent's database connections."""
    with flask_app.app_context():
        db.engine.dispose(close=False)


@worker_process_shutdown.connect
def _publish_the_rest(**_: Any) -> None:
    """A process that makes way for a new one asks for the jobs that its last one wanted."""
    flask_app.extensions["broker"].finish(_LONGEST_TO_PUBLISH)
