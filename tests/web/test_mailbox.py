"""The mail catcher's pages: newest first, nothing in an email is trusted, and none of it in production."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.db import db
from webapp.standalone.catcher import Mailbox
from webapp.web.mailbox import PAGE_SIZE, for_frame

HTML = '<html><head><title>x</title></head><body><a href="http://127.0.0.1/track/x">Track</a></body></html>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


@pytest.fixture
def visitor(folder: Path, tmp_path: Path, sqlite_template: Path) -> Iterator[FlaskClient]:
    app = create_app(
        make_settings(f"sqlite:///{sqlite_template}", mailbox_dir=folder, data_dir=tmp_path), broker=RecordingBroker()
    )
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def keep(folder: Path, subject: str, *, html: str = HTML, text: str = "Dear partner") -> str:
    message = EmailMessage()
    message["From"], message["To"] = "Desk <desk@example.org>", "erika@example.org"
    message["Subject"], message["X-Liaison-Reference"] = subject, "LD-7K3Q-9XWT"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return Mailbox(folder).store(message.as_bytes()).stem


def test_empty_mailbox_says_what_will_stand_here(visitor: FlaskClient) -> None:
    page = visitor.get("/mailbox").get_data(as_text=True)
    assert "No emails yet" in page
    assert "/enquiries/new" in page


def test_mails_stand_newest_first_with_their_facts(visitor: FlaskClient, folder: Path) -> None:
    keep(folder, "First")
    name = keep(folder, "Second <b>")
    page = visitor.get("/mailbox").get_data(as_text=True)
    assert page.index("Second &lt;b&gt;") < page.index("First")
    for fact in ("erika@example.org", "Desk &lt;desk@example.org&gt;", "LD-7K3Q-9XWT", f"/mailbox/{name}"):
        assert fact in page


def test_long_mailbox_has_pages(visitor: FlaskClient, folder: Path) -> None:
    mailbox = Mailbox(folder)
    names = [mailbox.store(b"Subject: One of many\r\n\r\n").stem for _ in range(PAGE_SIZE + 1)]
    first = visitor.get("/mailbox").get_data(as_text=True)
    assert f"before={names[1]}" in first
    assert names[0] not in first
    second = visitor.get(f"/mailbox?before={names[1]}").get_data(as_text=True)
    assert names[0] in second
    assert "before=" not in second.partition('class="pager"')[2]


def test_mail_shows_headers_and_text_and_frames_its_html(visitor: FlaskClient, folder: Path) -> None:
    name = keep(folder, "Your enquiry", text="See http://127.0.0.1/track/x <script>")
    response = visitor.get(f"/mailbox/{name}")
    page = response.get_data(as_text=True)
    assert 'href="http://127.0.0.1/track/x"' in page
    assert "&lt;script&gt;" in page
    assert f'src="/mailbox/{name}/html"' in page
    assert 'sandbox="' in page
    assert "allow-scripts" not in page
    assert "allow-same-origin" not in page
    assert response.headers["Cache-Control"] == "no-store"


def test_html_of_a_mail_is_shut_in(visitor: FlaskClient, folder: Path) -> None:
    response = visitor.get(f"/mailbox/{keep(folder, 'Your enquiry')}/html")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy
    assert '<head><base target="_top">' in response.get_data(as_text=True)


def test_links_leave_the_frame_where_a_mail_has_no_head() -> None:
    assert for_frame("<p>x</p>") == '<base target="_top"><p>x</p>'


def test_raw_mail_is_the_file(visitor: FlaskClient, folder: Path) -> None:
    name = keep(folder, "Your enquiry")
    response = visitor.get(f"/mailbox/{name}/raw")
    assert response.data == (folder / f"{name}.eml").read_bytes()
    assert response.mimetype == "message/rfc822"
    assert "attachment" in response.headers["Content-Disposition"]


def test_mail_that_no_parser_likes_is_shown(visitor: FlaskClient, folder: Path) -> None:
    broken = b"Subject: =?utf-8?q?=ff?=\r\nTo: <<>\r\nContent-Type: text/plain; charset=none-such\r\n\r\n\xff\xfe"
    name = Mailbox(folder).store(broken).stem
    for address in ("/mailbox", f"/mailbox/{name}", f"/mailbox/{name}/raw"):
        assert visitor.get(address).status_code == 200
    assert visitor.get(f"/mailbox/{name}/html").status_code == 404


@pytest.mark.parametrize("name", ["20261124T000134.123456Z", "..", "..%2f..%2fsecret_key", "x.eml"])
def test_only_mails_of_the_folder_are_found(visitor: FlaskClient, folder: Path, name: str) -> None:
    (folder.parent / "secret_key").write_text("secret")
    assert visitor.get(f"/mailbox/{name}/raw").status_code == 404


def test_there_are_no_pages_without_a_catcher(client: FlaskClient) -> None:
    assert client.get("/mailbox").status_code == 404
