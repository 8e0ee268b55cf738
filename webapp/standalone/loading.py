"""Loads the application once, for all parts that are forked from this process."""

import gc
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from webapp.standalone.supervisor import StartError

# Loaded in this order, so that a signal is heard between them. `tasks` is not here: it reads the environment.
SETTINGS = ("pydantic", "babel.dates", "webapp.config")
SETUP = (
    *("flask_sqlalchemy", "webapp.models", "celery", "webapp.service"),
    *("openpyxl", "webapp.domain.settings", "webapp.seeds.enquiries"),
)
PARTS = (
    *("aiosmtpd.smtp", "celery.apps.worker", "celery.worker.consumer", "celery.concurrency.prefork"),
    *("celery.apps.beat", "kombu.transport.redis", "gunicorn.app.wsgiapp", "webapp.server"),
    *("valkey", "flask_limiter", "webapp.composition"),  # of two clients of one queue, the limiter loads both
)


def load(modules: Sequence[str], *, log: Path, between: Callable[[], None]) -> None:
    """Load modules for good; `between` is called before each. Raises StartError, with the traceback in the log."""
    gc.disable()  # all of it stays: looking through it again and again is a quarter of the time that loading takes
    try:
        for module in modules:
            between()
            _load(module, log)
    finally:
        gc.freeze()  # a collection would write to what forks share
        gc.enable()


def read_settings(environ: Mapping[str, str]) -> None:
    """Raise StartError with every fault of the settings. What reading them loads and makes stays for all forks."""
    config = import_module("webapp.config")
    try:
        config.read_settings(environ)
    except config.SettingsError as error:
        raise StartError(f"The settings cannot be used:\n{error}") from error
    gc.freeze()


def _load(module: str, log: Path) -> None:
    try:
        import_module(module)
    except Exception as error:
        log.write_text(traceback.format_exc(), encoding="utf-8")
        why = f"{type(error).__name__}: {error}"
        raise StartError(f"{module} cannot be loaded ({why}); the traceback is in {log}") from error
