"""What a program would send through the form: the contract's names and nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from webapp.config import Settings
from webapp.domain.enquiries import drafts
from webapp.web import browser

# The word of the visitor's browser.
BROWSER = "b" * 43
COMMON: dict[str, Any] = {
    "network": "",
    "contact_name": "Erika Mustermann",
    "contact_position": "Head of International Relations",
    "contact_email": "erika@example.org",
    "phone": "+49 30 1234567",
    "organisation": "Example Institute of Technology",
    "organisation_type": "university",
    "country": "DE",
    "language": "en",
    "subject": "Student exchange and a joint project",
    "message": "We would like to meet colleagues.\nTwo topics: service learning, exchange.",
    "consent": "yes",
}
OWN: dict[str, dict[str, Any]] = {
    "visit": {
        "purposes": ["student_exchange", "courtesy"],
        "group_size": "6",
        "leader_name": "Prof. Jan Kowalski",
        "leader_title": "Vice-President",
        "leader_rank": "vice_president",
    },
    "collaboration": {"types": ["joint_research"]},
    "question": {},
}


def monday(weeks: int = 12) -> date:
    """A Monday some weeks ahead."""
    today = date.today()  # noqa: DTZ011
    return today - timedelta(today.weekday()) + timedelta(weeks=weeks)


def same_browser(app: Flask) -> FlaskClient:
    """Return a client of its own for a thread, which has the visitor's cookie."""
    client = app.test_client()
    client.set_cookie(browser.COOKIE, BROWSER)
    return client


@pytest.fixture
def answers(request: pytest.FixtureRequest, settings: Settings) -> Callable[..., MultiDict[str, Any]]:
    """Return valid answers of a kind with the id of a fresh form of the client's; None leaves a name out."""
    for name in {"client", "csrf_client"}.intersection(request.fixturenames):
        request.getfixturevalue(name).set_cookie(browser.COOKIE, BROWSER)

    def make(kind: str = "visit", **changed: Any) -> MultiDict[str, Any]:
        windows = {"windows-0-start": monday().isoformat(), "windows-0-end": (monday() + timedelta(2)).isoformat()}
        given = {
            "kind": kind,
            "form_id": drafts.new_id(BROWSER, secret_key=settings.secret_key),
            **COMMON,
            **OWN[kind],
            **(windows if kind == "visit" else {}),
            **{name.replace("__", "-"): value for name, value in changed.items()},
        }
        return MultiDict({name: value for name, value in given.items() if value is not None})

    return make


@pytest.fixture
def save(client: FlaskClient) -> Callable[..., Any]:
    """Post the form."""

    def post(data: MultiDict[str, Any], path: str = "/enquiries/new") -> Any:
        return client.post(path, data=data, content_type="multipart/form-data")

    return post


@pytest.fixture
def send(client: FlaskClient) -> Callable[[str], Any]:
    """Press the button of the check page."""
    return lambda form_id: client.post("/enquiries/new", data={"form_id": form_id, "final": "yes"})
