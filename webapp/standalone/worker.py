"""Says when the worker is ready: loaded into it beside its tasks (`celery worker --include`)."""

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready

from webapp.standalone.folder import WORKER_READY_FILE


@worker_ready.connect  # type: ignore[untyped-decorator]
def say_ready(**_: Any) -> None:
    """Touch the file that the supervisor waits for."""
    if path := os.environ.get(WORKER_READY_FILE):
        Path(path).touch()
