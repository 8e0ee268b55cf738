"""What a program would send through the form: the contract's names and nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from webapp.domain.security.tokens import new_token

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


@pytest.fixture
def answers() -> Callable[..., MultiDict[str, Any]]:
    """Return valid answers of a kind with a fresh form's id; None leaves a name out."""

    def make(kind: str = "visit", **changed: Any) -> MultiDict[str, Any]:
        windows = {"windows-0-start": monday().isoformat(), "windows-0-end": (monday() + timedelta(2)).isoformat()}
        given = {
            "kind": kind,
            "form_id": new_token(),
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
