"""Files that come with a form: what they are called, and whether they are what they say."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import puremagic
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from webapp import tidying
from webapp.config import Settings
from webapp.domain.enquiries.drafts import Upload
from webapp.i18n import N_
from webapp.web import office_files
from webapp.web.office_files import Fault, Inside

_OLE, _ZIP = "ole", "zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# By ending: the type it is kept as, and what its content must be taken for.
TYPES: dict[str, str] = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": _OFFICE + "wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": _OFFICE + "spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": _OFFICE + "presentationml.presentation",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".txt": "text/plain",
}
ACCEPT = ",".join(TYPES)
# By what the content begins with.
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _OLE,
    b"PK\x03\x04": _ZIP,
}
_FAULTS: dict[Fault, str] = {
    "locked": N_("“%(name)s” is locked with a password. Add it again without one."),
    "macros": N_("“%(name)s” contains macros. Save it without them, or as PDF, and add it again."),
    "fetches": N_(
        "“%(name)s” loads a part of itself from elsewhere when it is opened. Save it as PDF and add it again."
    ),
    "swollen": N_("“%(name)s” unpacks to more than an office file holds. Save it as PDF and add it again."),
    "damaged": N_("“%(name)s” seems to be damaged. Open it, save it again, and add the new file."),
}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
# Readers look for a PDF's first line so far; a mark of Unicode, a blank line or a header may come before it.
_PDF_WITHIN = 1024
_JPEG = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
_NOT_IN_NAMES = re.compile('[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd<>:"/\\\\|?*]')
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WIDE_ENDING = re.compile(r"[．.](\w{3,4})$")
_NAME = 120
_SURE = 0.5


def file_name(name: str | None) -> str:
    """Return a name that is safe on every disk, with its letters of any script and its ending."""
    base = tidying.storable(name or "").replace("\\", "/").rpartition("/")[2]
    base = tidying.line(_NOT_IN_NAMES.sub(" ", base)).strip(". ")
    base = _WIDE_ENDING.sub(lambda found: "." + tidying.folded(found[1]), base)
    stem, ending = PurePosixPath(base).stem, PurePosixPath(base).suffix
    return f"{stem[: _NAME - len(ending)].rstrip()}{ending}" if base and len(ending) < _NAME else "file"


def read(files: Iterable[FileStorage], settings: Settings) -> tuple[list[Upload], list[str]]:
    """Return the files that can be kept, as what they truly are, and a sentence for each that cannot."""
    kept, refused = [], []
    for file in files:
        if not file.filename:
            continue
        name, content = file_name(file.filename), file.read()
        inside = _inside(_ending(name), content)
        fault = _size_fault(name, content, settings) or (inside.fault and gettext(_FAULTS[inside.fault], name=name))
        fault = fault or (_not_taken(name, content) if inside.ending is None else None)
        if inside.ending is None or fault:
            refused.append(str(fault))
        else:
            kept.append(Upload(_renamed(name, inside.ending), TYPES[inside.ending], content))
    return kept, refused


def _ending(name: str) -> str:
    return tidying.folded(PurePosixPath(name).suffix).lower()


def _size_fault(name: str, content: bytes, settings: Settings) -> str | None:
    if not content:
        return gettext("“%(name)s” is empty.", name=name)
    if len(content) > settings.attachment_megabytes * 1024 * 1024:
        return gettext("“%(name)s” is larger than %(size)s MB.", name=name, size=settings.attachment_megabytes)
    return None


def _not_taken(name: str, content: bytes) -> str:
    if _ending(name) not in TYPES:
        return gettext("“%(name)s” is not of a kind that we can take.", name=name)
    if kind := _known_kind(content):
        return gettext(
            "“%(name)s” does not hold what its ending says, but a file of the kind %(kind)s, which we cannot take. "
            "Save it as PDF, JPG or DOCX and add it again.",
            name=name,
            kind=kind,
        )
    return gettext("“%(name)s” does not hold what its ending says.", name=name)


def _known_kind(content: bytes) -> str:
    """Return the usual ending of what a content is, without its dot; empty where that is not sure."""
    try:
        found = puremagic.magic_string(content)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    sure = found.confidence >= _SURE and found.extension not in TYPES
    return found.extension.lstrip(".").upper() if sure else ""


def _inside(ending: str, content: bytes) -> Inside:
    """Return what a content truly is, whatever its name; an ending of None for what we do not take."""
    found = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
    if found == _OLE:
        return office_files.container(content)
    if found == _ZIP:
        return office_files.package(content)
    if found is not None:
        return Inside(found)
    if b"%PDF-" in content[:_PDF_WITHIN] and not content.startswith(_PROGRAMS):
        return Inside(".pdf")
    is_text = ending == ".txt" and (content.startswith((b"\xff\xfe", b"\xfe\xff")) or not _NOT_IN_TEXT.search(content))
    return Inside(".txt" if is_text else None)


def _renamed(name: str, true: str) -> str:
    """Return the name with the ending of what the file is; one that says so already stays."""
    if _ending(name) == true or (true == ".jpg" and _ending(name) in _JPEG):
        return name
    path = PurePosixPath(name)
    known = _ending(name) in TYPES or _ending(name) in _JPEG
    stem = path.stem if known else name
    return f"{stem[: _NAME - len(true)]}{true}"
