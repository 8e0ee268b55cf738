"""Gunicorn's own lines, those of its first process too, in the form of all others: `--logger-class`."""

import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from webapp import logs


class ServerLogger(Logger):
    """Writes as the service does; there is no access log, as the addresses of tracking pages are secrets."""

    def setup(self, cfg: Config) -> None:
        """Configure the process's logging in place of gunicorn's own."""
        super().setup(cfg)
        logs.configure(logs.form_of(os.environ))
