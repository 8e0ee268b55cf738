"""What pages weigh: static files stay for a year, and text leaves compressed, unless that would tell a secret."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.web import assets

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
YEAR = "public, max-age=31536000, immutable"


def addresses(text: str) -> set[str]:
    return {found.replace("&amp;", "&") for found in re.findall(r'(?:href|src)="(/(?:static|brand|icon)[^"]+)"', text)}


def test_files_of_pages_are_named_by_content_kept_for_a_year_and_compressed(app: Flask, client: FlaskClient) -> None:
    found = addresses(client.get("/").text)
    assert len(found) == 5
    for address in found:
        whole, packed = client.get(address), client.get(address, headers=GZIP)
        assert whole.status_code == 200
        for response in (whole, packed):
            kept = {part.strip() for part in response.headers["Cache-Control"].split(",")}
            assert kept == set(YEAR.split(", ")), address
            assert "Accept-Encoding" in response.headers["Vary"], address
            tag = response.headers["ETag"]
            again = client.get(address, headers={**(GZIP if response is packed else {}), "If-None-Match": tag})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), address
        if address.startswith("/static"):
            assert gzip.decompress(packed.data) == whole.data
            assert packed.headers["ETag"] != whole.headers["ETag"]
            name = re.sub(r"\.[0-9a-f]{16}\.", ".", address.rpartition("/")[2])
            assert whole.data == (Path(str(app.static_folder)) / name).read_bytes()
            assert client.get(f"/static/{name}").headers["Cache-Control"] == "no-cache"
            # As a page of another version of the program names it.
            other = client.get(re.sub(r"\.[0-9a-f]{16}\.", ".0123456789abcdef.", address))
            assert (other.data, other.headers["Cache-Control"]) == (whole.data, "no-cache")
    for nothing in (
        "/static/none.css",
        "/static/site.css.css",
        "/static/../composition.py",
        "/static/.css",
        "/static/a",
    ):
        assert client.get(nothing).status_code == 404, nothing


def test_a_file_that_changes_has_another_address(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.css").write_text("a { color: red; }")
    files = assets.Assets(tmp_path)
    monkeypatch.setitem(app.extensions, "assets", files)
    before = files.named("site.css")
    assert files.named("site.css") == before
    with app.test_request_context("/"):
        address = app.jinja_env.globals["url_for"]
        assert address("static", filename="site.css") == f"/static/{before}"
        (tmp_path / "site.css").write_text("a { color: blue; }")
        assert files.named("site.css") != before
        assert address("static", filename="site.css") == f"/static/{files.named('site.css')}"
    assert files.named("none.css") == "none.css"


def test_text_that_holds_no_secret_beside_words_of_strangers_is_compressed(
    app: Flask, client: FlaskClient, write: Any, settings: Settings
) -> None:
    app.wsgi_app.pages.kept.clear()  # type: ignore[attr-defined]
    plain = [
        "/",
        "/?q=isl",
        "/directory.json",
        "/privacy",
        "/enquiries/new",
        "/enquiries/new?kind=question",
    ]
    begun = app.test_client().get("/enquiries/new").headers.getlist("Set-Cookie")
    cookie = "; ".join(each.partition(";")[0] for each in begun)
    for own in ({}, {"Cookie": cookie}):
        for path in plain:
            visitor = app.test_client(use_cookies=False)
            packed, whole = visitor.get(path, headers={**own, **GZIP}), visitor.get(path, headers=own)
            assert "Accept-Encoding" in packed.headers["Vary"], path
            if len(whole.data) < 1500:  # a feed of nothing
                continue
            assert packed.headers.get("Content-Encoding") == "gzip", (path, own)
            assert len(packed.data) < len(whole.data) / 2
            assert len(gzip.decompress(packed.data)) == len(whole.data)
            assert "Accept-Encoding" in whole.headers["Vary"], path

    def track(session: Session) -> str:
        return tracking_token(session, settings, make_enquiry(session, settings))

    tracked = f"/track/{write(track)}"
    given = client.get(tracked, headers={**GZIP, "Accept": "application/json"})
    assert (given.status_code, given.headers.get("Vary")) == (200, None)
    # A token, and what anyone may have put into the address or the enquiry.
    for path in (tracked, "/enquiries/new?network=guess", "/desk/sign-in", "/nowhere/guess"):
        assert "Content-Encoding" not in client.get(path, headers=GZIP).headers, path


def test_no_page_of_the_desk_is_compressed(client: FlaskClient, sign_in: Any, write: Any) -> None:
    sign_in(client, write(make_person))
    for path in ("/desk/", "/desk/?q=guess", "/desk/my-day"):
        response = client.get(path, headers=GZIP, follow_redirects=True)
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers, path
