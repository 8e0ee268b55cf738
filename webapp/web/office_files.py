"""What office files hold inside: packages (DOCX, XLSX, PPTX) and the containers of before (DOC, XLS, PPT)."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Literal

import olefile

# What a package's main part says that it is, and the ending that goes with it.
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": ".docx",
    b"wordprocessingml.template.main+xml": ".docx",
    b"spreadsheetml.sheet.main+xml": ".xlsx",
    b"spreadsheetml.template.main+xml": ".xlsx",
    b"presentationml.presentation.main+xml": ".pptx",
    b"presentationml.slideshow.main+xml": ".pptx",
    b"presentationml.template.main+xml": ".pptx",
}
_STREAMS = {"WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls", "PowerPoint Document": ".ppt"}
_CONTENT_TYPES = "[Content_Types].xml"
_MACROS = re.compile(r"vba(project|data)|macrosheets/", re.IGNORECASE)
# A template or an object that is fetched from elsewhere as soon as the file is opened; an ordinary link is not.
_FETCHED = re.compile(
    rb"""<Relationship\b(?=[^>]*["']External["'])(?=[^>]*/(attachedTemplate|oleObject|frame|subDocument)["'])"""
)
# An office file of ten megabytes has some hundred parts; one that was made to fill a disk has more of something.
_MOST_PARTS = 5_000
_MOST_UNPACKED = 300 * 1024 * 1024
_MOST_OF_ONE = 1024 * 1024
_PROLOG = 4096

Fault = Literal["locked", "macros", "fetches", "swollen", "damaged"]


@dataclass(frozen=True)
class Inside:
    """What an office file is, by its ending, and why it is not taken; an ending of None is another kind of file."""

    ending: str | None
    fault: Fault | None = None


def package(content: bytes) -> Inside:
    """Return what a ZIP file holds. Little of it is unpacked, however large it claims or turns out to be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return _package(opened)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return Inside(None)


def _package(opened: zipfile.ZipFile) -> Inside:
    parts = opened.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        return Inside(None, "swollen")
    by_name = {part.filename.lstrip("/"): part for part in parts}
    if _CONTENT_TYPES not in by_name:
        return Inside(None)
    types = _start(opened, by_name[_CONTENT_TYPES], _MOST_OF_ONE)
    if b"macroenabled" in types.lower() or any(_MACROS.search(name) for name in by_name):
        return Inside(None, "macros")
    ending = next((ending for part, ending in _MAIN_PARTS.items() if part in types), None)
    return Inside(ending, _fault(opened, by_name) if ending else None)


def _fault(opened: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> Fault | None:
    for name, part in parts.items():
        if part.flag_bits & 1:
            return "locked"
        # The format has no document types; they are there to name entities that grow without end.
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _start(opened, part, _PROLOG).upper():
            return "swollen"
        if name.endswith(".rels") and _FETCHED.search(_start(opened, part, _MOST_OF_ONE)):
            return "fetches"
    return None


def _start(opened: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    with opened.open(part) as stream:
        return stream.read(most)


def container(content: bytes) -> Inside:
    """Return what an OLE container holds, by its streams: it may be an installer or an email as well as a document."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as opened:
            paths = opened.listdir(streams=True, storages=True)
    except Exception:  # what the library raises for broken ones is not said
        return Inside(None, "damaged")
    roots = {path[0] for path in paths}
    if "EncryptedPackage" in roots:
        return Inside(None, "locked")
    ending = next((ending for stream, ending in _STREAMS.items() if stream in roots), None)
    macros = any(part in ("VBA", "_VBA_PROJECT_CUR", "_VBA_PROJECT") for path in paths for part in path)
    return Inside(ending, "macros" if ending and macros else None)
