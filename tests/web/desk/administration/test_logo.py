"""The logo: only pictures in which nothing can act are taken, and they are handed out so that nothing could."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_person
from tests.test_config import GOOD, faults
from webapp import logo
from webapp.config import read_settings
from webapp.models import Logo
from webapp.vocabulary import Role

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:tool="urn:x" viewBox="0 0 9 9"><defs><linearGradient id="g"/></defs>'
    '<tool:note a="1"/><rect width="9" height="9" fill="url(#g)"/>{}</svg>'
)


def png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<a href="https://example.org"><rect/></a>',
        '<use href="https://example.org/x.svg#a"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="data:image/svg+xml,x"/>',
        "<foreignObject/>",
        '<image href="https://example.org/x.png"/>',
        '<b xmlns="http://www.w3.org/1999/xhtml"/>',
        '<rect fill="url(https://example.org/x)"/>',
        "<style>@import 'https://example.org/x.css';</style>",
        '<rect style="fill: u\\72l(https://example.org)"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
    ],
)
def test_drawing_that_could_act_is_refused(inside: str) -> None:
    with pytest.raises(ValueError, match="active"):
        logo.name(SVG.format(inside).encode())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"x" * (logo.LARGEST + 1), "large"),
        (b"GIF89a", "kind"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "kind"),
        (b"\xff\xfe<svg/>", "kind"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>", "active"),
        (png()[:-4], "broken"),
        (png() + b"<script>", "broken"),
        (png().replace(b"IDAT", b"IDAX"), "broken"),
    ],
)
def test_what_is_no_logo_is_refused_by_its_fault(content: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        logo.name(content)


def test_logo_is_put_up_shown_and_taken_down(client: FlaskClient, write: Any, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR).email))

    def send(content: bytes, version: int, **more: str) -> Any:
        data = {"version": version, "logo": (io.BytesIO(content), "logo"), **more}
        return client.post("/desk/logo", data=data, content_type="multipart/form-data")

    assert "There is none yet." in client.get("/desk/logo").text
    refused = send(SVG.format("<script/>").encode(), 0)
    assert (refused.status_code, "Export it as a plain SVG" in refused.text) == (400, True)
    assert client.post("/desk/logo", data={"version": 0}).status_code == 400
    for version, content, kind in ((0, SVG.format("").encode(), "image/svg+xml"), (1, png(), "image/png")):
        assert send(content, version).status_code == 303
        name = logo.name(content)
        assert f'<img src="/logo/{name}" alt="">' in client.get("/").text
        shown = client.get(f"/logo/{name}")
        assert (shown.data, shown.mimetype) == (content, kind)
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert write(lambda s: s.query(Logo).count()) == 1
    assert send(png(), 0).status_code == 409
    assert client.get(f"/logo/{'0' * 32}.svg").status_code == 404
    assert client.post("/desk/logo", data={"version": 2, "do": "remove"}).status_code == 303
    assert "/logo/" not in client.get("/").text


def test_logo_of_the_installation_is_checked_at_the_start(tmp_path: Path) -> None:
    good, bad = tmp_path / "logo.svg", tmp_path / "bad.svg"
    good.write_text(SVG.format(""), encoding="utf-8")
    bad.write_text(SVG.format("<script/>"), encoding="utf-8")
    assert read_settings(GOOD | {"LIAISON_LOGO": str(good)}).logo == good
    assert read_settings(GOOD | {"LIAISON_LOGO": ""}).logo is None
    assert "without scripts" in faults(LIAISON_LOGO=str(bad))["LIAISON_LOGO"]
    assert "cannot be read" in faults(LIAISON_LOGO=str(tmp_path / "none.svg"))["LIAISON_LOGO"]
