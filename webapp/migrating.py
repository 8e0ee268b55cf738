"""What writes migrations: `flask --app webapp.migrating db migrate -m "what changed"`."""

from flask import Flask

from webapp.service import create_service, migrate


def create_app() -> Flask:
    """Return the service with Flask-Migrate's commands."""
    app = create_service()
    migrate(app)
    return app
