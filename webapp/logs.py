"""Logging, configured once a process: one line an event, in one form, with nothing personal in it."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import date
from typing import Any, Literal

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import Processor

Form = Literal["json", "text"]

# What a line must not hold although an exception or a library says it: values with which PostgreSQL explains a refused
# row, passwords in addresses of servers, addresses of people, secrets of links, queries, whatever looks like a secret.
_PERSONAL = (
    (re.compile(r"^(\s*DETAIL: ).*", re.MULTILINE), r"\1…"),
    (re.compile(r"(://)[^/\s@]*@"), r"\1…@"),
    (re.compile(r"[^\s@<>\"'(=:/]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"(/(?:track|decisions)/)[^\s/\"'?<>]+"), r"\1…"),
    (re.compile(r"(/[^\s?\"']*)\?[^\s\"']+"), r"\1?…"),
    (re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{40,}"), "…"),
)
_SERVERS = ("gunicorn.error", "gunicorn.access")
_QUIET = ("alembic", "werkzeug", "httpx", "urllib3")


def form_of(environ: Mapping[str, str]) -> Form:
    """Return the form that the environment asks for: JSON in production, text for people elsewhere."""
    asked = environ.get("LIAISON_LOG")
    return "json" if (asked or environ.get("LIAISON_ENV", "production")) in {"json", "production"} else "text"


def configure(form: Form) -> None:
    """Write all lines of this process, also those of libraries, to standard error in one form.

    Doing it again changes only the form: handlers of others, such as those of tests, stay.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(_StandardError(_formatter(form, shared)))
    root.setLevel(logging.INFO)
    for name in _SERVERS:
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _StandardError(logging.StreamHandler[Any]):
    """Writes to what standard error is at that moment, as processes and tests put others in its place."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _formatter(form: Form, shared: list[Processor]) -> ProcessorFormatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="time")
    )
    return ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_personal_data,
            renderer,
        ],
    )


def _without_personal_data(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _clean(value) for name, value in line.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    for pattern, instead in _PERSONAL:
        text = pattern.sub(instead, text)
    return text
