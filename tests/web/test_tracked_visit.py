"""A visit behind its partner's link: dates to choose from, the size of the group, and what programs read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading, visiting
from webapp.domain.security.permissions import Actor
from webapp.domain.visits import visits
from webapp.domain.visits.visits import Plan
from webapp.models import BlockedPeriod, Enquiry, Message, Visit
from webapp.vocabulary import Action, ActorKind, MessageKind, Role, Status, VisitState

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2099, 3, 9)
AT = datetime(2099, 3, 9, 2, tzinfo=UTC)
JSON = {"Accept": "application/json"}


@pytest.fixture
def case(build: Write, settings: Settings) -> dict[str, Any]:
    def rows(session: Session) -> dict[str, Any]:
        enquiry = make_enquiry(session, settings)
        windows = [(DAY, DAY), (DAY + timedelta(7), DAY + timedelta(9))]
        actions.propose_dates(session, enquiry, windows, text="", by=acting(settings=settings))
        visit = visiting.of(session, enquiry)
        assert visit is not None
        token = tracking_token(session, settings, enquiry)
        return {"reference": enquiry.reference, "path": f"/track/{token}", "options": [o.id for o in visit.options]}

    made: dict[str, Any] = build(rows)
    return made


def stored(write: Write) -> tuple[Enquiry, Visit]:
    row = write(lambda s: s.execute(select(Enquiry, Visit).join(Visit, Visit.enquiry_id == Enquiry.id)).one())
    return row[0], row[1]


def test_a_button_of_the_email_shows_its_date_chosen_and_decides_nothing(
    client: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    text = write(lambda s: s.scalars(select(Message.text).where(Message.kind == MessageKind.PARTNER_DATES)).one())
    assert f"/dates?option={case['options'][1]}" in text
    page = client.get(f"{case['path']}/dates?option={case['options'][1]}")
    assert f'value="{case["options"][1]}" checked' in page.text
    assert stored(write)[1].state is VisitState.ARRANGING
    assert f"{case['path']}/dates" in client.get(case["path"]).text


def test_one_press_takes_a_date_and_one_passes_all_over(
    client: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    day = (DAY + timedelta(8)).isoformat()
    refused = client.post(f"{case['path']}/dates", data={"option": "", "text": "Mornings, please."})
    assert (refused.status_code, "Mornings, please." in refused.text) == (422, True)
    wrong = client.post(f"{case['path']}/dates", data={"option": case["options"][0], "day": day})
    assert (wrong.status_code, "Choose a day within the dates" in wrong.text) == (422, True)
    taken = client.post(f"{case['path']}/dates", data={"option": case["options"][1], "day": day})
    assert taken.status_code == 303
    enquiry, visit = stored(write)
    assert (enquiry.status, visit.state, visit.first_day) == (
        Status.IN_REVIEW,
        VisitState.TENTATIVE,
        DAY + timedelta(8),
    )
    page = unescape(client.get(case["path"]).text)
    assert "Tuesday 17 March 2099" in page
    assert "This date is not confirmed yet." in page
    # It is chosen: the page of dates leads back, and a second press changes nothing.
    back = client.get(f"{case['path']}/dates?option={case['options'][0]}", follow_redirects=True)
    assert "There are no dates to choose from now." in back.text
    again = client.post(f"{case['path']}/dates", data={"option": "none"})
    assert again.status_code == 303
    assert stored(write)[1].first_day == DAY + timedelta(8)


def test_of_dates_that_got_busy_a_partner_learns_that_and_nothing_more(
    client: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    def block(session: Session) -> None:
        day = DAY + timedelta(8)
        session.add(BlockedPeriod(name={"en": "Secret talks"}, first=day, last=day, hard=True, created_at=AT))

    assert "Busy" not in client.get(f"{case['path']}/dates").text
    write(block)
    page = unescape(client.get(f"{case['path']}/dates").text)
    assert "Busy: Tuesday 17 March 2099" in page
    assert "Secret" not in page


def test_none_of_the_dates_suits(client: FlaskClient, case: dict[str, Any], write: Write) -> None:
    answer = client.post(f"{case['path']}/dates", data={"option": "none", "text": "In April, please."})
    assert answer.status_code == 303
    enquiry, visit = stored(write)
    assert (enquiry.status, visit.state) == (Status.IN_REVIEW, VisitState.ARRANGING)
    recipient = write(lambda s: s.scalars(select(Message.kind).order_by(Message.id.desc())).first())
    assert recipient is MessageKind.LIAISON_DATES


def confirm(session: Session, settings: Settings, reference: str) -> None:
    actor = Actor(ActorKind.STAFF, "Lee Siu Ming", None, Role.COORDINATOR)
    held = loading.locked(session, reference, actor=actor)
    by = acting(actor, settings=settings)
    if held.status is not Status.ACCEPTED:
        actions.act(session, held, Action.ACCEPT, by=by)
    host = make_person(session, role=None, name="Prof. Chan")
    plan = Plan(DAY, DAY, AT, AT + timedelta(hours=2), venue="Main hall", host_id=host.id, guests=6)
    visits.confirm(session, held, plan, by=by)


def test_a_confirmed_visit_is_on_the_page_in_the_email_and_in_what_programs_read(
    client: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    assert client.get(case["path"], headers=JSON).json["visit"] is None
    write(lambda s: confirm(s, settings, case["reference"]))
    visit = client.get(case["path"], headers=JSON).json["visit"]
    assert visit == {
        "state": "confirmed",
        "starts_at": "2099-03-09T10:00:00+08:00",
        "ends_at": "2099-03-09T12:00:00+08:00",
        "timezone": "Asia/Hong_Kong",
        "venue": "Main hall",
        "sequence": visit["sequence"],
    }
    email = write(
        lambda s: s.scalars(
            select(Message.text).where(Message.kind == MessageKind.PARTNER_STATUS).order_by(Message.id.desc())
        ).first()
    )
    for text in (unescape(client.get(case["path"]).text), " ".join(email.split())):
        assert "Monday 9 March 2099, 10:00–12:00 (Hong Kong)" in text
        assert "Monday 9 March 2099, 03:00–05:00 (Berlin)" in text
        assert "Prof. Chan" in text
    chinese = unescape(client.get(f"{case['path']}?language=zh-hant").text)
    assert "2099年3月9日（星期一）10:00–12:00（香港）" in chinese
    assert client.get(f"{case['path']}/dates").status_code == 303


def test_a_postponed_visit_says_that_no_date_is_agreed(
    client: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    said = "No date is agreed at present."
    assert said not in client.get(case["path"]).text
    write(lambda s: confirm(s, settings, case["reference"]))
    assert said not in client.get(case["path"]).text

    def postpone(session: Session) -> None:
        held = loading.locked(session, case["reference"], actor=acting(settings=settings).actor)
        visits.postpone(session, held, text="A typhoon.", by=acting(settings=settings))

    write(postpone)
    assert said in client.get(case["path"]).text


def test_the_partner_changes_the_size_of_the_group(
    client: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    assert client.get(f"{case['path']}/group").status_code == 303, "nothing is accepted yet"
    write(lambda s: confirm(s, settings, case["reference"]))
    assert 'value="6"' in client.get(f"{case['path']}/group").text
    wrong = client.post(f"{case['path']}/group", data={"guests": "a few", "text": "Sorry"})
    assert (wrong.status_code, "a few" in wrong.text, "Sorry" in wrong.text) == (422, True, True)
    assert client.post(f"{case['path']}/group", data={"guests": "9 people"}).status_code == 303
    assert stored(write)[1].guests == 9
