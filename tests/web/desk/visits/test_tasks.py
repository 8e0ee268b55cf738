"""The tasks of a visit at the desk, its runbook, and what the calendar says of how far it is prepared."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import confirmed
from tests.factories import make_person
from webapp.config import Settings
from webapp.models import VisitTask
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def reference(write: Write, settings: Settings) -> str:
    return str(write(lambda session: confirmed(session, settings).reference))


@pytest.fixture
def desk(client: FlaskClient, write: Write, sign_in: Any, app: Any) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    return client


def shown(desk: FlaskClient, path: str) -> str:
    response = desk.get(path)
    assert response.status_code == 200
    return " ".join(unescape(response.text).split())


def test_tasks_are_ticked_given_added_and_removed_and_the_calendar_says_so(
    desk: FlaskClient, reference: str, write: Write
) -> None:
    visit, tasks = f"/desk/visits/{reference}", f"/desk/visits/{reference}/tasks"
    page = shown(desk, visit)
    assert "5 required tasks open" in page
    assert "by Tue 2 Mar" in page
    calendar = "/desk/visits?view=agenda&from=2027-03-01"
    assert "5 required tasks open" in shown(desk, calendar)
    rows = write(lambda s: [(row.id, row.required) for row in s.scalars(select(VisitTask))])
    for number, required in rows:
        if required:
            for _again in range(2):
                assert desk.post(tasks, data={"do": "tick", "task": number}).status_code == 303
    assert "Lee Siu Ming" in shown(desk, visit)
    assert "ready" in shown(desk, calendar)
    assert "required task" not in shown(desk, calendar)
    desk.post(tasks, data={"do": "untick", "task": rows[1][0]})
    refused = desk.post(tasks, data={"do": "add", "title": " ", "due_on": "soon", "required": "y"})
    assert refused.status_code == 422
    assert "Enter what is to be done." in refused.text
    assert 'value="soon"' in refused.text
    owner = write(lambda s: make_person(s, role=Role.HOST, name="Ben Okafor").id)
    added = {"do": "add", "title": "Ask for the menu", "due_on": "5 March 2027", "owner": owner}
    assert desk.post(tasks, data=added).status_code == 303
    assert "Ask for the menu" in shown(desk, tasks)
    assert "by Fri 5 Mar 2027 · Ben Okafor" in shown(desk, tasks)
    last = write(lambda s: s.scalars(select(VisitTask.id).order_by(VisitTask.id.desc())).first())
    assert desk.post(tasks, data={"do": "give", "task": last, "owner": "999"}).status_code == 422
    assert desk.post(tasks, data={"do": "remove", "task": last}).status_code == 303
    assert desk.post(tasks, data={"do": "remove", "task": last}).status_code == 404
    assert "Ask for the menu" not in shown(desk, visit)


def test_the_office_changes_the_runbook_of_a_level(desk: FlaskClient) -> None:
    assert "20 working days before · required" in shown(desk, "/desk/runbook")
    step = {"do": "add", "level": "c", "title_en": "Hot water", "title_zh_hant": "熱水", "days": "２", "when": "after"}
    assert desk.post("/desk/runbook", data={**step, "days": "many", "title_en": ""}).status_code == 422
    assert desk.post("/desk/runbook", data=step).status_code == 303
    page = shown(desk, "/desk/runbook")
    assert "Hot water</span> <small>2 working days after</small>" in page
    assert "熱水" in shown(desk, "/desk/runbook?language=zh-hant")
    assert desk.post("/desk/runbook", data={"do": "reset", "level": "c"}).status_code == 303
    assert "Hot water" not in shown(desk, "/desk/runbook?language=en")
