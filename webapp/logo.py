"""The institution's logo: a PNG or SVG picture in which nothing can act, known by the digest of its content."""

import re
import struct
import zlib
from functools import cache
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

LARGEST = 500 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
# What draws. What links, embeds, animates or runs is not among it.
_DRAWS = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "title", "desc", "metadata", "style", "linearGradient", "radialGradient", "stop"),
        *("clipPath", "mask", "pattern"),
    }
)
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\(|\\", re.IGNORECASE)


def name(content: bytes) -> str:
    """Return the name of a logo. Raises ValueError with "empty", "large", "kind", "broken" or "active"."""
    if not content:
        raise ValueError("empty")
    if len(content) > LARGEST:
        raise ValueError("large")
    ending = "png" if content.startswith(_PNG) else "svg"
    if ending == "png":
        _check_png(content)
    else:
        _check_svg(content)
    return f"{sha256(content).hexdigest()[:32]}.{ending}"


@cache
def of_file(path: Path) -> tuple[str, bytes]:
    """Return name and content of a logo's file, as they were when it was first asked for. Raises ValueError."""
    try:
        content = path.read_bytes()
        return name(content), content
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ValueError(f"must be a PNG or SVG file of at most 500 KB, without scripts or links ({error})") from error


def _check_png(content: bytes) -> None:
    """Refuse a picture whose parts are damaged, or whose end is missing or followed by something."""
    place, kinds = len(_PNG), []
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, end = content[place + 4 : place + 8], place + 8 + length
        if content[end : end + 4] != struct.pack(">I", zlib.crc32(content[place + 4 : end])):
            raise ValueError("broken")
        kinds.append(kind)
        place = end + 4
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or place != len(content):
        raise ValueError("broken")


def _check_svg(content: bytes) -> None:
    """Refuse what is no drawing, and one that could run, embed or fetch anything."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("kind") from error
    # Before it is parsed: entities could grow without end.
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise ValueError("active")
    try:
        drawing = ElementTree.fromstring(text)  # noqa: S314 - it has no entities
    except ElementTree.ParseError as error:
        raise ValueError("kind") from error
    if drawing.tag != f"{_SVG}svg":
        raise ValueError("kind")
    if "<?xml-stylesheet" in text or any(map(_acts, drawing.iter())):
        raise ValueError("active")


def _acts(element: ElementTree.Element) -> bool:
    """Return whether an element could do more than be drawn; what other programs note in their own names is inert."""
    tag = str(element.tag)
    if tag.startswith(_XHTML) or (tag.startswith(_SVG) and tag.removeprefix(_SVG) not in _DRAWS):
        return True
    if tag == f"{_SVG}style" and _ELSEWHERE.search(element.text or ""):
        return True
    for key, value in element.attrib.items():
        own = key.rpartition("}")[2].lower()
        if own.startswith("on") or (own in {"href", "src"} and not value.startswith("#")) or _ELSEWHERE.search(value):
            return True
    return False
