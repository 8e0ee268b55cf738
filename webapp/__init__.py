"""Liaison Desk. `create_app` is found here and made elsewhere: no part loads pages but the one that serves them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.broker import Broker
    from webapp.config import Settings


def create_app(settings: "Settings | None" = None, *, broker: "Broker | None" = None) -> "Flask":
    """Return the web application for these settings, by default those of the environment. Raises SettingsError."""
    app: Flask = import_module("webapp.composition").create_app(settings, broker=broker)
    return app
