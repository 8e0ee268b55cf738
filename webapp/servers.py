"""How the addresses of the servers beside the service are written: types of settings, each with its fault in words."""

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator


def port_is_number(parts: SplitResult) -> bool:
    """Return whether an address names no port, or one that there can be."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    return value


def _queue(value: str) -> str:
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must start with redis://, rediss:// or unix:///")
    return value


def _webhook(value: str) -> str:
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        raise ValueError("must be http://host/path or https://host/path")
    return value


def _scanner(value: str) -> str:
    parts = urlsplit(value)
    local = parts.scheme == "unix" and not parts.netloc and parts.path.strip("/")
    remote = parts.scheme == "tcp" and parts.hostname and not parts.path and port_is_number(parts)
    if not (local or remote) or parts.query or parts.fragment:
        raise ValueError("must be unix:///run/clamav/clamd.ctl or tcp://host:3310")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database)]
QueueUrl = Annotated[str, AfterValidator(_queue)]
WebhookUrl = Annotated[str, AfterValidator(_webhook)]
ScannerUrl = Annotated[str, AfterValidator(_scanner)]
