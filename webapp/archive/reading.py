"""An archive is read: checked whole before anything is done with it, and row by row."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webapp.archive import contents
from webapp.archive.contents import MANIFEST, Damaged, Manifest, Part


def check(path: Path) -> Manifest:
    """Return what an archive holds, once every part has its rows and its digest. Raises Damaged, or OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest.read(archive.read(MANIFEST))
            expected = {MANIFEST, *(part.file for part in manifest.parts)}
            if set(archive.namelist()) != expected:
                raise Damaged("it does not hold the files that its list of contents names")
            for part in manifest.parts:
                _check(archive, part)
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Damaged("it is no whole archive of this service") from error
    except zlib.error as error:
        raise Damaged("a part of it cannot be unpacked") from error
    return manifest


def _check(archive: zipfile.ZipFile, part: Part) -> None:
    digest, rows = hashlib.sha256(), 0
    with archive.open(part.file) as file:
        for line in file:
            digest.update(line)
            rows += 1
    if digest.hexdigest() != part.sha256:
        raise Damaged(f"the rows of {part.table} are not those that were written")
    if rows != part.rows:
        raise Damaged(f"{part.table} has {rows} rows instead of {part.rows}")


def batches(path: Path, part: Part, *, rows: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table, so many or so many bytes at a time; a larger row comes alone."""
    batch: list[dict[str, Any]] = []
    held = 0
    with zipfile.ZipFile(path) as archive, archive.open(part.file) as file:
        for line in file:
            if batch and (len(batch) == rows or held + len(line) > size):
                yield batch
                batch, held = [], 0
            batch.append(contents.row(line, part.columns))
            held += len(line)
    if batch:
        yield batch
