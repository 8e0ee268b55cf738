"""Limits by network hold for all who share one; nothing public is posted without one."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.conftest import RecordingBroker, make_settings
from tests.web.public.conftest import same_browser
from webapp import create_app
from webapp.config import Settings
from webapp.db import db
from webapp.web import limits
from webapp.web.limits import limiter

pytestmark = pytest.mark.one_database
LOST = {"reference": "LD-2222-2222", "email": "erika@example.org"}


@pytest.fixture
def limited(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    settings = make_settings(database_url, data_dir=tmp_path, rate_limits="on")
    app = create_app(settings, broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    limiter.enabled = False


def post(app: Flask, path: str, data: Any, address: str) -> Any:
    return same_browser(app).post(path, data=data, environ_overrides={"REMOTE_ADDR": address})


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (lambda n: "203.0.113.9", 5),
        (lambda n: f"2001:db8:1:2::{n:x}", 5),
        (lambda n: f"::ffff:203.0.113.{9 + 0 * n}", 5),
        (lambda n: f"203.0.113.{n + 1}", 20),
        (lambda n: f"2001:db8:1:{n:x}::1", 20),
        (lambda n: f"198.51.{n}.1", 40),
        (lambda n: f"2001:db8:{n:x}::1", 40),
    ],
)
def test_a_limit_holds_for_a_visitor_and_for_a_neighbourhood(
    limited: Flask, address: Callable[[int], str], most: int
) -> None:
    codes = [post(limited, "/track", LOST, address(number)).status_code for number in range(40)]
    assert codes == [200] * most + [429] * (40 - most)


def test_everything_public_that_is_posted_has_a_limit(settings: Settings) -> None:
    app = create_app(settings, broker=RecordingBroker())
    unlimited = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and getattr(app.view_functions[rule.endpoint], "public", False)
        and not getattr(app.view_functions[rule.endpoint], "limited", False)
    }
    assert unlimited == {"auth.sign_out"}


def test_nothing_is_limited_but_by_network() -> None:
    for path in Path(limits.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert path.name == "limits.py" or ("limiter.limit" not in source and "remote_addr" not in source), path


def sent(app: Flask, answers: Callable[..., Any], email: str, address: str = "203.0.113.9") -> int:
    """Fill in a form and send it; return the status of sending."""
    data = answers("question", contact_email=email)
    assert post(app, "/enquiries/new", data, address).status_code == 303
    return int(post(app, "/enquiries/new", {"form_id": data["form_id"], "final": "yes"}, address).status_code)


def test_one_mailbox_gets_no_more_receipts_however_it_is_spelt(limited: Flask, answers: Callable[..., Any]) -> None:
    spelt = ["v.i.c.t.i.m@example.org", "VICTIM@example.org", *(f"victim+{n}@example.org" for n in range(10))]
    codes = [sent(limited, answers, email, f"198.51.{number}.1") for number, email in enumerate(spelt)]
    assert codes == [303] * 10 + [429] * 2
    assert sent(limited, answers, "other@example.org") == 303


def test_what_was_typed_waits_in_the_form_that_could_not_be_sent(limited: Flask, answers: Callable[..., Any]) -> None:
    for number in range(10):
        sent(limited, answers, "victim@example.org", f"198.51.{number}.1")
    data = answers("question", contact_email="victim@example.org", subject="Mine")
    data.add("attachments", (io.BytesIO(b"%PDF-1.7\n"), "plan.pdf"))
    post(limited, "/enquiries/new", data, "203.0.113.9")
    refused = post(limited, "/enquiries/new", {"form_id": data["form_id"], "final": "yes"}, "203.0.113.9")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    page = same_browser(limited).get(f"/enquiries/new?draft={data['form_id']}").text
    assert 'value="Mine"' in page
    assert "plan.pdf" in page


@pytest.mark.parametrize(("proxies", "address", "said"), [(0, "10.0.0.1", 1), (0, "2a00::1", 0), (1, "10.0.0.1", 0)])
def test_a_proxy_that_no_one_told_of_is_noticed_once(database_url: str, proxies: int, address: str, said: int) -> None:
    app = create_app(make_settings(database_url, rate_limits="on", trusted_proxies=proxies), broker=RecordingBroker())
    with capture_logs() as logs:
        for _ in range(3):
            app.test_client().get(
                "/healthz",
                headers={"X-Forwarded-For": "203.0.113.5"},
                environ_overrides={"REMOTE_ADDR": address},
            )
    limiter.enabled = False
    assert sum(line["event"] == "proxy.not_trusted" for line in logs) == said
