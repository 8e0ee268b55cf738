"""Files that come with a form: what they are called, and whether they are what they say."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

import puremagic
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from webapp.config import Settings
from webapp.domain.drafts import Upload

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
_FOLDERS = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}
_OLE = frozenset({".doc", ".xls", ".ppt"})
_SIGNATURES = {".pdf": {".pdf"}, ".jpg": {".jpg"}, ".jpeg": {".jpg"}, ".png": {".png"}}
_NOT_IN_NAMES = re.compile('[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd<>:"/\\\\|?*]')
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NAME = 120


def file_name(name: str | None) -> str:
    """Return a name that is safe on every disk, with its letters of any script and its ending."""
    base = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    base = " ".join(_NOT_IN_NAMES.sub(" ", base).split()).strip(". ")
    stem, ending = PurePosixPath(base).stem, PurePosixPath(base).suffix
    return f"{stem[: _NAME - len(ending)].rstrip()}{ending}" if base and len(ending) < _NAME else "file"


def read(files: Iterable[FileStorage], settings: Settings) -> tuple[list[Upload], list[str]]:
    """Return the files that can be kept, and a sentence for each that cannot."""
    kept, refused = [], []
    for file in files:
        if not file.filename:
            continue
        name, content = file_name(file.filename), file.read()
        fault = _fault(name, content, settings)
        if fault:
            refused.append(fault)
        else:
            kept.append(Upload(name, TYPES[_ending(name)], content))
    return kept, refused


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _fault(name: str, content: bytes, settings: Settings) -> str | None:
    if not content:
        return gettext("“%(name)s” is empty.", name=name)
    if len(content) > settings.attachment_megabytes * 1024 * 1024:
        return gettext("“%(name)s” is larger than %(size)s MB.", name=name, size=settings.attachment_megabytes)
    if _ending(name) not in TYPES:
        return gettext("“%(name)s” is not of a kind that we can take.", name=name)
    if not _is_what_it_says(_ending(name), content):
        return gettext("“%(name)s” does not hold what its ending says.", name=name)
    return None


def _is_what_it_says(ending: str, content: bytes) -> bool:
    if ending == ".txt":
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return utf16 or _NOT_IN_TEXT.search(content) is None
    try:
        found = {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    if ending in _FOLDERS:
        return ".docx" in found and _holds_folder(content, _FOLDERS[ending])
    return bool(found & (_SIGNATURES.get(ending) or _OLE))


def _holds_folder(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return any(name.lstrip("/").startswith(folder) for name in package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
