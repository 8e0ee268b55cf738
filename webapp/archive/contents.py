"""What an archive holds: its tables with their columns, how each value is written as JSON, and the manifest."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
    cast,
    column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from webapp.config import Settings
from webapp.db import Base, Ranked, UTCDateTime
from webapp.keys import Purpose, derived
from webapp.models import EnquiryTerms, PublicVersion

FORMAT = 1
MANIFEST = "manifest.json"
# Made anew by a restore: an index of what is in other tables, and a word that no two databases share.
_MADE_ANEW = {EnquiryTerms.__table__, PublicVersion.__table__}
# A SQL null stays one; what JSON calls null is another thing.
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Damaged(Exception):
    """The file is no archive of ours, or not all of it is as it was written; the text says what is wrong."""


@dataclass(frozen=True)
class Part:
    """One table in an archive: its file, how many rows it has and their digest, and its columns with their kinds."""

    table: str
    file: str
    rows: int
    sha256: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself; `audit` is what came of checking the audit log's chain, `key` names the key."""

    format: int
    made_at: str
    revision: str
    database: str
    key: str
    audit: tuple[int, str, int | None]
    parts: tuple[Part, ...]

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> "Manifest":
        """Return the manifest that was written so. Raises Damaged."""
        try:
            found = json.loads(data)
            if found["format"] != FORMAT:
                raise Damaged(f"it has format {found['format']}, and this version of the service reads {FORMAT}")
            parts = tuple(Part(**{**part, "columns": tuple(map(tuple, part["columns"]))}) for part in found["parts"])
            return cls(**{**found, "audit": tuple(found["audit"]), "parts": parts})
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged("its list of contents cannot be read") from error


@dataclass(frozen=True)
class Kind:
    """One kind of column: its type where rows are read and written, and its values in JSON and back."""

    type: TypeEngine[Any]
    write: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value


def _json_of(text: str) -> Any:
    value = json.loads(text)
    return JSON.NULL if value is None else value


KINDS: dict[str, Kind] = {
    "boolean": Kind(Boolean()),
    "bytes": Kind(LargeBinary(), lambda value: base64.b64encode(value).decode(), base64.b64decode),
    # As text: a number of JSON would lose what comes after the point.
    "decimal": Kind(Numeric(), str, Decimal),
    "date": Kind(Date(), date.isoformat, date.fromisoformat),
    "integer": Kind(Integer()),
    # As text, so that a null within it is not taken for an empty column.
    "json": Kind(_JSON, read=_json_of),
    "number": Kind(Float()),
    "text": Kind(String()),
    "time": Kind(UTCDateTime(), lambda value: value.astimezone(UTC).isoformat(), datetime.fromisoformat),
}
# In this order: our own types are made of others.
_KIND_OF: tuple[tuple[type, str], ...] = (
    (UTCDateTime, "time"),
    (Ranked, "integer"),
    (JSON, "json"),
    (Boolean, "boolean"),
    (Date, "date"),
    (LargeBinary, "bytes"),
    (Integer, "integer"),
    (Float, "number"),
    (Numeric, "decimal"),
    (String, "text"),
)


def tables() -> list[Table]:
    """Return the tables that an archive holds, those that others point to first."""
    return [table for table in Base.metadata.sorted_tables if table not in _MADE_ANEW]


def kind_of(given: Column[Any]) -> str:
    """Return the kind of a column of the models."""
    return next(name for kind, name in _KIND_OF if isinstance(given.type, kind))


def as_read(name: str, kind: str) -> Any:
    """Return a column as it is read from a database: stored words, whatever the models make of them; JSON as text."""
    if kind == "json":
        return cast(column(name), Text).label(name)
    return column(name, KINDS[kind].type)


def line(values: Sequence[Any], kinds: Sequence[str]) -> bytes:
    """Return a row as a line of an archive."""
    written = [None if value is None else KINDS[kind].write(value) for value, kind in zip(values, kinds, strict=True)]
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def row(text: bytes, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the values of a line, by column."""
    values = json.loads(text)
    return {
        name: None if value is None else KINDS[kind].read(value)
        for value, (name, kind) in zip(values, columns, strict=True)
    }


def key_mark(secret_key: str) -> str:
    """Return what tells whether two installations have the same secret key, and nothing else of it."""
    return hashlib.sha256(derived(secret_key, Purpose.BACKUPS).encode()).hexdigest()[:16]


def opens_links(manifest: Manifest, settings: Settings) -> bool:
    """Return whether links and second steps from the time of the backup are good with the keys that there are."""
    return manifest.key in {key_mark(key) for key in settings.secret_keys}
