"""The programme at the desk, on the partner's page, and behind a host's link."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_person, staff_actor
from tests.forms import form_with
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import programme, visits
from webapp.domain.visits.programme import SlotPlan
from webapp.domain.visits.visits import Plan
from webapp.models import Link, SlotHost, VisitSlot
from webapp.vocabulary import Action, Role, SlotAnswer

Write = Callable[[Callable[[Session], Any]], Any]
AT = datetime(2099, 3, 9, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def case(write: Write, settings: Settings) -> dict[str, Any]:
    def rows(session: Session) -> dict[str, Any]:
        enquiry, by = make_enquiry(session, settings), acting(settings=settings)
        actions.act(session, enquiry, Action.ACCEPT, by=by)
        leader = make_person(session, role=None, name="Prof. Leader")
        plan = Plan(AT.date(), AT.date(), AT, AT + 3 * HOUR, venue="Main entrance", host_id=leader.id, guests=6)
        visits.confirm(session, enquiry, plan, by=by)
        title = {"en": "Meeting", "zh-hant": "會面"}
        made = programme.add(session, enquiry, SlotPlan(AT, AT + HOUR, title, {"en": "Joint degrees"}), by=by)
        host = make_person(session, role=Role.HOST, name="Prof. Chan", email="chan@example.org")
        partner = link_token(issuing.tracking(session, enquiry), secret_keys=settings.secret_keys)
        return {"reference": enquiry.reference, "slot": made.id, "host": host.id, "partner": partner}

    made: dict[str, Any] = write(rows)
    return made


@pytest.fixture
def desk(client: FlaskClient, write: Write, sign_in: Any) -> FlaskClient:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    return client


def address(case: dict[str, Any], rest: str = "") -> str:
    return f"/desk/visits/{case['reference']}/programme{rest}"


def press(desk: FlaskClient, page: str, field: str, to: str, **more: Any) -> Any:
    """Send the form of a page that goes to an address, with other values."""
    return desk.post(to, data={**form_with(desk.get(page).text, field, to=to), **more})


def token_of(write: Write, settings: Settings) -> str:
    def find(session: Session) -> str:
        host = session.scalars(select(SlotHost).order_by(SlotHost.id.desc())).first()
        assert host is not None
        return link_token(session.get_one(Link, host.link_id), secret_keys=settings.secret_keys)

    return write(find)  # type: ignore[no-any-return]


def slots(write: Write) -> list[VisitSlot]:
    return write(lambda s: s.scalars(select(VisitSlot).order_by(VisitSlot.starts_at, VisitSlot.id)).all())  # type: ignore[no-any-return]


def test_a_programme_is_put_in_changed_moved_and_taken_out(
    desk: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    assert address(case) in desk.get(f"/desk/visits/{case['reference']}").text
    one = address(case, f"/{case['slot']}")
    added = {"title_en": "Campus tour", "starts": "11:00", "ends": "11:30", "place": "Sample Garden"}
    assert press(desk, address(case), "title_en", address(case), **added).status_code == 303
    refused = press(desk, address(case), "title_en", address(case), title_en="", starts="12:00", ends="11:00")
    assert refused.status_code == 422
    assert "Enter what happens." in refused.text
    assert 'value="12:00"' in refused.text
    stale = form_with(desk.get(one).text, "title_en", to=one)
    assert press(desk, one, "title_en", one, title_en="Talks").status_code == 303
    again = desk.post(one, data={**stale, "title_en": "Speech"})
    assert again.status_code == 409
    assert "changed while you were working on it" in again.text
    assert 'value="Speech"' in again.text
    moved = press(desk, one, "begins", f"{one}/move", begins="10:30", with_rest="y")
    assert moved.status_code == 303
    assert [each.starts_at for each in slots(write)] == [AT + HOUR / 2, AT + HOUR * 1.5]
    assert press(desk, one, "begins", f"{one}/move", begins="").status_code == 422
    assert desk.post(f"{one}/remove", data={"version": "1"}).status_code == 409
    assert press(desk, one, "version", f"{one}/remove").status_code == 303
    for _ in range(2):  # pressed twice, it is put in once
        assert desk.post(address(case, "/usual"), data={"level": "b", "slots": "1"}).status_code == 303
    assert len(slots(write)) == 6
    page = desk.get(address(case)).text
    assert "Gifts and photo" in page
    assert "is elsewhere than" not in page
    assert "is outside of the visit" in page


def test_a_host_answers_by_link_and_sees_own_slots_alone(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings, sign_in: Any
) -> None:
    one = address(case, f"/{case['slot']}")
    outside = press(desk, one, "person", f"{one}/hosts", name="X", email="x@elsewhere.example.com")
    assert (outside.status_code, press(desk, one, "person", f"{one}/hosts").status_code) == (422, 422)
    assert press(desk, one, "person", f"{one}/hosts", person=str(case["host"])).status_code == 303
    link = f"/decisions/{token_of(write, settings)}"
    page = desk.get(link).text
    assert "Joint degrees" in page
    assert "Prof. Chan" in page
    assert write(lambda s: s.query(SlotHost).one().answer) is SlotAnswer.NONE
    assert press(desk, link, "answer", link, answer="").status_code == 422
    assert press(desk, link, "answer", link, answer="colleague").status_code == 422
    assert press(desk, link, "answer", link, answer="yes").status_code == 303
    assert "You have answered:" in desk.get(link).text
    assert "Enough: 1 of 1" in desk.get(address(case)).text
    assert desk.get(f"{link}/files/1").status_code == 404

    week = "/desk/visits?view=week"
    lanes = desk.get(week).text.split('id="lanes"')[1]
    assert one in lanes
    assert "Prof. Chan" in lanes

    desk.post(address(case), data={**form_with(desk.get(address(case)).text, "title_en", to=address(case)),
                                   "title_en": "Secret talks"})  # fmt: skip
    other = next(each.id for each in slots(write) if each.title["en"] == "Secret talks")
    other_host = write(lambda s: make_person(s, role=None, name="Prof. Hidden").id)
    assert press(desk, address(case, f"/{other}"), "person", address(case, f"/{other}/hosts"), person=str(other_host)
                 ).status_code == 303  # fmt: skip
    sign_in(desk, "chan@example.org")
    lanes = desk.get(week).text.split('id="lanes"')[1]
    assert (one in lanes, "Prof. Hidden" in lanes) == (True, False)
    day = desk.get("/desk/my-day").text
    assert "Visits that you receive" in day
    assert one in day
    page = desk.get(address(case)).text
    assert "Meeting" in page
    assert "Secret talks" not in page
    assert desk.get(address(case, f"/{other}")).status_code == 404
    host = write(lambda s: s.query(SlotHost).filter_by(person_id=case["host"]).one().id)
    answer = f"{one}/hosts/{host}/answer"
    assert press(desk, one, "answer", answer, answer="no", note="Abroad.").status_code == 303
    assert desk.get(one).status_code == 404
    assert "The visits that you receive are under Visits" in desk.get("/desk/?view=open").text


def test_the_partner_sees_the_programme_once_the_office_shows_it(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    one, track = address(case, f"/{case['slot']}"), f"/track/{case['partner']}"
    press(desk, one, "person", f"{one}/hosts", person=str(case["host"]))
    assert "Joint degrees" not in desk.get(track).text
    assert desk.post(address(case, "/show"), data={"shown": "1"}).status_code == 303
    page = desk.get(track).text
    for words in ("Joint degrees", "Meeting", "會面", "10:00–11:00"):
        assert words in page
    assert "Prof. Chan" not in page
    host = write(lambda s: s.query(SlotHost).one().id)
    assert desk.post(f"{one}/hosts/{host}/answer", data={"answer": "yes"}).status_code == 303
    assert "Prof. Chan" in desk.get(track).text

    def postpone(session: Session) -> None:
        enquiry = loading.locked(session, case["reference"], actor=staff_actor())
        visits.postpone(session, enquiry, text="Typhoon.", by=acting(settings=settings))

    write(postpone)
    assert "Joint degrees" not in desk.get(track).text
