"""How gunicorn serves, wherever it starts from this folder; docs/deploy.md says why. A command's own options win."""

import gc
from typing import Any

worker_class = "webapp.server.Worker"
logger_class = "webapp.server.ServerLogger"
workers = 2
threads = 8
# A search for Chinese words takes nine bytes of an address for each.
limit_request_line = 8190
# Together with the other files of a process these stay below the 1024 that many systems allow.
worker_connections = 400
# The application is loaded once, before the processes part.
preload_app = True


def when_ready(_server: Any) -> None:
    """Let the processes share what was loaded: no collection of garbage writes to it from now on."""
    gc.collect()
    gc.freeze()
