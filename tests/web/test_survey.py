"""The questions to a partner after a visit: by their link, once it is over, kept once; and the letter of thanks."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import confirmed
from tests.factories import acting, make_person, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import visiting
from webapp.domain.visits import aftermath
from webapp.models import Enquiry, Survey, Visit
from webapp.web import edge

Write = Callable[[Callable[[Session], Any]], Any]
ANSWERS = {"aims": "5", "right_people": "yes", "organisation": "4", "next_step": "A draft.", "photos": "no"}


@pytest.fixture
def path(write: Write, settings: Settings, app: Any) -> str:
    def rows(session: Session) -> str:
        enquiry = confirmed(session, settings)
        by = acting(settings=settings)
        aftermath.promise(session, enquiry, "Send the draft", None, by.today + timedelta(9), by=by)
        done = aftermath.promise(session, enquiry, "Send the photographs", None, by.today, by=by)
        aftermath.keep(session, enquiry, done.id, kept=True, by=by)
        return f"/track/{tracking_token(session, settings, enquiry)}"

    app.config["WTF_CSRF_ENABLED"] = False
    return str(write(rows))


def over(write: Write, app: Any) -> None:
    """Let the visit have ended yesterday."""

    def change(session: Session) -> None:
        with app.app_context():
            yesterday = edge.today() - timedelta(1)
        visit = session.scalars(select(Visit)).one()
        visit.first_day = visit.last_day = yesterday

    write(change)


def test_a_partner_answers_once_after_the_visit(client: FlaskClient, path: str, write: Write, app: Any) -> None:
    assert f"{path}/survey" not in client.get(path).text
    assert client.get(f"{path}/survey").status_code == 303
    client.post(f"{path}/survey", data=ANSWERS)
    assert write(lambda s: s.scalars(select(Survey)).all()) == []
    over(write, app)
    assert f"{path}/survey" in client.get(path).text
    assert "How was your visit?" in client.get(f"{path}/survey").text
    refused = client.post(f"{path}/survey", data={**ANSWERS, "aims": "", "photos": "perhaps"})
    assert refused.status_code == 422
    assert "Choose a mark for the aims." in refused.text
    assert "A draft." in refused.text
    assert client.post(f"{path}/survey", data=ANSWERS).status_code == 303
    again = client.post(f"{path}/survey", data={**ANSWERS, "aims": "1"}, follow_redirects=True)
    assert "stay as they were" in again.text
    assert f"{path}/survey" not in again.text
    kept = write(lambda s: s.scalars(select(Survey)).one())
    assert (kept.aims, kept.right_people, kept.photos, kept.next_step) == (5, True, False, "A draft.")


def test_the_letter_of_thanks_names_what_is_open_and_my_day_what_is_due(
    client: FlaskClient, path: str, write: Write, sign_in: Any, app: Any, settings: Settings
) -> None:
    assert path
    sign_in(client, write(lambda session: make_person(session).email))
    reference = write(lambda s: s.scalars(select(Enquiry.reference)).one())
    chosen = client.post(f"/desk/enquiries/{reference}/letters/reply", data={"letter": "thanks", "text": ""})
    page = unescape(chosen.text)
    assert "Thank you very much for your visit." in page
    assert "– Send the draft (Wednesday 2 December 2026)" in page
    assert "Send the photographs" not in page.split("Thank you very much")[1].split("With kind regards")[0]
    over(write, app)

    def late(session: Session) -> None:
        enquiry = session.scalars(select(Enquiry)).one()
        for promise in aftermath.promises(session, enquiry):
            promise.due_on = promise.due_on and promise.due_on - timedelta(400)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        enquiry.assignee_id = None

    write(late)
    day = unescape(client.get("/desk/my-day").text)
    assert "To do for visits" in day
    assert "Send the draft" in day
    assert "Send the photographs" not in day
