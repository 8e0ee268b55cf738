"""What no page needs is refused once for the whole application: other names, sizes, broken characters, powers."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from tests.conftest import RecordingBroker
from tests.factories import make_enquiry, make_person, tracking_token
from webapp import create_app
from webapp.config import Settings
from webapp.domain.security.tokens import new_token
from webapp.models import Enquiry
from webapp.vocabulary import Role
from webapp.web.guards import MAX_PLAIN_FORM, IdConverter

Write = Callable[[Callable[[Session], Any]], Any]
KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> FlaskClient:
    """A visitor of an installation with the mail catcher's pages."""
    changed = settings.model_copy(update={"mailbox_dir": tmp_path, "trusted_hosts": ("Web", "alias.example.org")})
    app = create_app(changed, broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def installed(settings: Settings, **more: Any) -> FlaskClient:
    """A visitor of an installation in production."""
    changed = settings.model_copy(update={"env": "production", "secret_key": KEY, **more})
    return create_app(changed, broker=RecordingBroker()).test_client()


@pytest.mark.parametrize(
    "name", ["evil.example", "rebind.evil.example:8000", "desk.example.org.evil.example", "", "a b", "[::2]", "@"]
)
def test_other_names_are_refused_on_every_page(served: FlaskClient, name: str) -> None:
    for path in ("/", "/desk", "/desk/", "/mailbox", "/nowhere", "/zh-hant", "/healthz", "/track"):
        response = served.get(path, headers={"Host": name, "Referer": f"http://{name}/zh-hans/"})
        assert response.status_code == 400, path
        assert "evil" not in f"{response.text}{response.headers}", path


def test_other_names_are_refused_before_anything_is_taken(served: FlaskClient) -> None:
    assert served.post("/track", data={"email": "a@example.org"}, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        *("desk.example.org", "DESK.example.org", "desk.example.org:8443", "desk.example.org.", "localhost:8000"),
        *("127.0.0.1:9999", "[::1]:8000", "web:8000", "alias.example.org"),
    ],
)
def test_own_names_and_this_machine_are_served(served: FlaskClient, name: str) -> None:
    for path in ("/healthz", "/mailbox", "/robots.txt"):
        assert served.get(path, headers={"Host": name}).status_code == 200


def test_every_answer_carries_its_headers(app: Flask, client: FlaskClient) -> None:
    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    assert len(paths) > 30
    for path in (*paths, "/static/site.css", "/nowhere", "/networks/none", "/networks/%00"):
        headers = client.get(path).headers
        names = [name.lower() for name, _value in headers if name != "Set-Cookie"]
        assert len(names) == len(set(names)), path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        powers = headers["Permissions-Policy"].split(", ")
        passkeys = {"publickey-credentials-create=(self)", "publickey-credentials-get=(self)"}
        assert {power for power in powers if not power.endswith("=()")} == passkeys
        assert {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"} <= set(powers)
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert "frame-ancestors" in headers["Content-Security-Policy"]


def test_cookies_of_an_installation_with_tls_are_of_this_host_alone(
    client: FlaskClient, write: Write, sign_in: Any
) -> None:
    write(lambda s: make_person(s, role=Role.ADMINISTRATOR, email="admin@example.org"))
    response = client.post("/desk/sign-in", data={"email": "admin@example.org", "password": "correct horse battery"})
    cookies = {cookie.partition("=")[0]: cookie for cookie in response.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-liaison", "__Host-liaison-device"}
    for name, same_site in (("__Host-liaison", "SameSite=Lax"), ("__Host-liaison-device", "SameSite=Strict")):
        assert {"Secure", "HttpOnly", "Path=/", same_site} <= set(cookies[name].split("; "))
        assert "Domain" not in cookies[name]


def test_cookie_without_tls_has_the_plain_name(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"public_url": "http://127.0.0.1:8000"}), broker=RecordingBroker())
    (cookie,) = app.test_client().get("/desk/sign-in").headers.getlist("Set-Cookie")
    assert cookie.startswith("liaison=")
    assert "Secure" not in cookie


def test_every_number_in_a_route_is_one_that_a_row_can_have(app: Flask) -> None:
    converters = [found for rule in app.url_map.iter_rules() for found in rule._converters.values()]
    numbers = [found for found in converters if isinstance(found, IntegerConverter)]
    assert len(numbers) > 20
    # A place in a list is no row's number: it has a bound of its own.
    assert all(isinstance(found, IdConverter) or (found.max or 2**31) < 10_000 for found in numbers)


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("1", True),
        (str(2**31 - 1), True),
        *((text, False) for text in (str(2**31), "0", "-1", "9" * 5000, "１２", "²")),
    ],
)
def test_number_that_no_column_holds_leads_nowhere(app: Flask, number: str, known: bool) -> None:
    assert app.url_map.bind("localhost").test(f"/desk/faculties/{number}", "GET") is known


def test_errors_of_the_database_carry_no_parameters(session: Session) -> None:
    with pytest.raises(DBAPIError) as error:
        session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "Erika Mustermann"})
    assert "Mustermann" not in str(error.value)


@pytest.mark.parametrize("path", ["/desk/sign-in", "/track", "/desk/people/new", "/desk/bulk"])
@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_what_takes_no_files_reads_no_large_form(csrf_client: FlaskClient, path: str, media_type: str) -> None:
    data = {"email": "x" * MAX_PLAIN_FORM}
    if media_type == "multipart/form-data":
        data = {"file": (BytesIO(b"x" * MAX_PLAIN_FORM), "a.pdf")}  # type: ignore[dict-item]
    response = csrf_client.post(path, data=data, content_type=media_type)
    assert response.status_code == 413


def test_body_of_a_page_without_files_is_not_read_beyond_its_bound(csrf_client: FlaskClient) -> None:
    """Nothing is parsed, neither for the token nor for the page that refuses it."""
    body = BytesIO(b"--b\r\n" + b"x" * (MAX_PLAIN_FORM + 1))
    response = csrf_client.post(
        "/desk/sign-in", input_stream=body, content_length=MAX_PLAIN_FORM + 6,
        content_type="multipart/form-data; boundary=b",
    )  # fmt: skip
    assert (response.status_code, body.tell()) == (413, 0)


def test_pages_that_take_files_still_do(client: FlaskClient, write: Write, settings: Settings) -> None:
    file = b"%PDF-1.7\n" + b"x" * (2 * MAX_PLAIN_FORM)
    begun = {"form_id": new_token(), "step": "begin", "kind": "question", "attachments": (BytesIO(file), "a.pdf")}
    assert client.post("/enquiries/new", data=begun).status_code == 303

    def link(session: Session) -> str:
        found = make_enquiry(session, settings)
        assert isinstance(found, Enquiry)
        return tracking_token(session, settings, found)

    said = {"text": "Here it is", "message": "Here it is", "attachments": (BytesIO(file), "a.pdf")}
    assert client.post(f"/track/{write(link)}/messages", data=said).status_code != 413


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_production_shows_its_figures_to_operators_alone(settings: Settings, path: str) -> None:
    client = installed(settings, ops_token="a token for operators only")
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(path, environ_overrides=far).status_code == 403
    for shown in ("Bearer wrong", "Bearer ", "Bearer", "Basic YTpi", "Bearer \u20ac".encode().decode("latin-1")):
        assert client.get(path, environ_overrides=far, headers={"Authorization": shown}).status_code == 403
    right = {"Authorization": "Bearer a token for operators only"}
    assert client.get(path, environ_overrides=far, headers=right).status_code == 200
    assert client.get("/healthz", environ_overrides=far).status_code == 200


@pytest.mark.parametrize(
    ("address", "code"),
    [
        *(("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("10.1.2.3", 403), ("", 403)),
        *(("192.0.2.7", 200), ("2001:db8::7", 200), ("192.0.3.7", 403)),
    ],
)
def test_figures_are_for_this_machine_and_the_networks_of_operators(
    settings: Settings, address: str, code: int
) -> None:
    networks = Settings.model_validate(
        settings.model_dump() | {"ops_networks": "127.0.0.0/8, ::1, 192.0.2.0/24, 2001:db8::/32"}
    ).ops_networks
    client = installed(settings, ops_networks=networks)
    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == code


def test_everyone_behind_an_uncounted_proxy_is_no_operator(settings: Settings) -> None:
    near = {"REMOTE_ADDR": "127.0.0.1"}
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    assert installed(settings).get("/metrics", environ_overrides=near, headers=forwarded).status_code == 403
    counted = installed(settings, trusted_proxies=1)
    assert counted.get("/metrics", environ_overrides=near, headers=forwarded).status_code == 403
    own = {"X-Forwarded-For": "203.0.113.9, 127.0.0.1"}
    assert counted.get("/metrics", environ_overrides=near, headers=own).status_code == 200


def test_outside_production_figures_are_open(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_lasting_addresses_of_a_page_repeat_only_what_it_knows(client: FlaskClient) -> None:
    page = client.get("/?q=erasmus&region=asia&utm_source=spam&kind=%22%3E%3Cb%3E&network=" + "x" * 300).text
    links = re.findall(r'<link rel="(?:canonical|alternate" hreflang)[^>]*>', page)
    assert len(links) == 4
    assert all("q=erasmus" in link and "spam" not in link and "xxx" not in link and "<b>" not in link for link in links)
    page = client.get("/privacy?token=secret&a=1").text
    assert not re.search(r'<link rel="(?:canonical|alternate)"[^>]*(?:secret|a=1)', page)


def test_production_has_no_page_of_components(settings: Settings, client: FlaskClient) -> None:
    assert installed(settings).get("/design").status_code == 404
    assert client.get("/design").status_code == 200
