"""Office files as small as they can be: packages with the parts that are named, containers with the streams."""

import io
import struct
import zipfile
from collections.abc import Mapping

MAIN = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def package(main: str, parts: Mapping[str, bytes] | None = None, *, media_type: str | None = None) -> bytes:
    """Return a package whose main part is `main`; its content type is the usual one unless another is given."""
    content = io.BytesIO()
    kind = media_type or MAIN.get(main, "text/plain")
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override PartName="/{main}" ContentType="{kind}"/></Types>')
        archive.writestr(main, "<x/>")
        for name, body in (parts or {}).items():
            archive.writestr(name, body)
    return content.getvalue()


def container(*streams: str) -> bytes:
    """Return an OLE container with these streams, side by side in its root; a name that ends in / is a storage."""
    names = ["Root Entry", *streams]
    entries = b"".join(_entry(name, number, len(names)) for number, name in enumerate(names))
    entries += _entry("", 0, 0) * (-len(names) % 4)
    sectors = len(entries) // 512
    chain = [_FAT, *(number + 2 if number + 1 < sectors else _END for number in range(sectors))]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    return head + table + entries


def _entry(name: str, number: int, count: int) -> bytes:
    kind = 5 if number == 0 and name else 1 if name.endswith("/") else 2 if name else 0
    spelled = name.rstrip("/").encode("utf-16-le")
    right = number + 1 if 0 < number < count - 1 else _FREE
    child = 1 if kind == 5 and count > 1 else _FREE
    size = len(spelled) + 2 if name else 0
    entry = spelled.ljust(64, b"\0") + struct.pack("<HBBIII", size, kind, 1, _FREE, right, child)
    return entry + bytes(36) + struct.pack("<IQ", _END, 0)
