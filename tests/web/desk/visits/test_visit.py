"""The page of a visit at the desk: it plans, confirms, changes and postpones, and loses nothing that was typed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_person
from tests.forms import form_with
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.security.acting import Acting
from webapp.domain.visits import visits
from webapp.domain.visits.visits import Plan
from webapp.models import BlockedPeriod, Enquiry, Message, Room, Visit, VisitOption
from webapp.vocabulary import Action, Kind, Language, MessageKind, Role, Status, VisitState

Write = Callable[[Callable[[Session], Any]], Any]
PLANNED = {
    "first_day": "2099-03-09",
    "starts": "10:00",
    "ends": "下午12時30分",
    "mode": "in_person",
    "venue": "Main entrance",
    "guests": "7",
    "text": "We look forward to it.",
}


@pytest.fixture
def case(build: Write, settings: Settings) -> dict[str, Any]:
    def rows(session: Session) -> dict[str, Any]:
        enquiry = make_enquiry(session, settings)
        actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
        room = Room(name={"en": "Sample Boardroom"}, building={"en": "Example Building"}, seats=20, created_at=NOW)
        session.add(room)
        host = make_person(session, role=Role.HOST, name="Prof. Chan", email="chan@example.org")
        session.flush()
        return {"reference": enquiry.reference, "room": str(room.id), "host": str(host.id)}

    made: dict[str, Any] = build(rows)
    return made


@pytest.fixture
def desk(client: FlaskClient, case: dict[str, Any], write: Write, sign_in: Any) -> FlaskClient:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))
    return client


def send(desk: FlaskClient, case: dict[str, Any], step: str, **more: Any) -> Any:
    """Press a button of the page as it is now, with other values in some fields."""
    page = desk.get(f"/desk/visits/{case['reference']}").text
    field = "text" if step == "postpone" else "first_day"
    form = form_with(page, field, to=f"/{step}") if step == "postpone" else form_with(page, field)
    return desk.post(f"/desk/visits/{case['reference']}/{step}", data={**form, **more})


def stored(write: Write, case: dict[str, Any]) -> tuple[Enquiry, Visit]:
    query = select(Enquiry, Visit).join(Visit, Visit.enquiry_id == Enquiry.id)
    row = write(lambda s: s.execute(query.where(Enquiry.reference == case["reference"])).one())
    return row[0], row[1]


def test_a_visit_is_planned_confirmed_changed_and_postponed(
    desk: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    enquiry = desk.get(f"/desk/enquiries/{case['reference']}").text
    assert f"/desk/visits/{case['reference']}" in enquiry
    planned = {**PLANNED, "room": case["room"], "host": case["host"]}
    assert send(desk, case, "arrange", first_day="9 March 2099").status_code == 303
    assert stored(write, case)[1].state is VisitState.TENTATIVE
    assert send(desk, case, "confirm", **planned).status_code == 303
    found, visit = stored(write, case)
    assert (found.status, visit.state) == (Status.SCHEDULED, VisitState.CONFIRMED)
    assert (visit.starts_at, visit.ends_at) == (
        datetime(2099, 3, 9, 2, tzinfo=UTC),
        datetime(2099, 3, 9, 4, 30, tzinfo=UTC),
    )
    page = unescape(desk.get(f"/desk/visits/{case['reference']}").text)
    assert "Monday 9 March 2099, 10:00–12:30 (Hong Kong)" in page
    assert "Monday 9 March 2099, 03:00–05:30 (Berlin)" in page
    assert "Sample Boardroom, Example Building, Main entrance" in page
    unchanged = send(desk, case, "move", text="")
    assert (unchanged.status_code, "Nothing is changed." in unchanged.text) == (422, True)
    assert stored(write, case)[1].sequence == visit.sequence
    assert send(desk, case, "move", starts="11:00").status_code == 303
    assert stored(write, case)[1].starts_at == datetime(2099, 3, 9, 3, tzinfo=UTC)
    history = unescape(desk.get(f"/desk/enquiries/{case['reference']}").text)
    assert "changed the visit: Monday 9 March 2099, 11:00–12:30 (Hong Kong)" in history
    assert send(desk, case, "postpone", text="").status_code == 422
    assert send(desk, case, "postpone", text="A typhoon.").status_code == 303
    found, visit = stored(write, case)
    assert (found.status, visit.state, visit.first_day) == (Status.ACCEPTED, VisitState.ARRANGING, None)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"first_day": ""}, "Enter the day."),
        ({"starts": ""}, "Enter when it begins."),
        ({"ends": "9 o’clock or so"}, "enter a time such as 09:30"),
        ({"ends": "09:00"}, "It ends before it begins."),
        ({"last_day": "2099-03-08"}, "The last day is before the first day."),
        ({"venue": "", "room": ""}, "Choose a room or enter a place"),
        ({"host": ""}, "Choose who receives the delegation."),
        ({"host": "999999"}, "choose from the list"),
        ({"guests": "many"}, "enter a whole number"),
        ({"first_day": "2020-03-09"}, "This time has passed."),
        ({"first_day": "9999-12-31"}, "enter a date such as 2027-03-09"),
    ],
)
def test_what_is_missing_or_wrong_is_said_by_its_field_and_nothing_typed_is_lost(
    desk: FlaskClient, case: dict[str, Any], write: Write, more: dict[str, str], said: str
) -> None:
    values = {**PLANNED, "room": case["room"], "host": case["host"], **more}
    answer = send(desk, case, "confirm", **values)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert said in page
    again = form_with(answer.text, "first_day")
    kept = {name: value for name, value in values.items() if name not in ("starts", "ends") or more.get(name)}
    for name, value in kept.items():
        assert again.get(name, [""]) == [value], name
    assert stored(write, case)[0].status is Status.ACCEPTED


def test_a_room_or_host_that_another_visit_has_is_said_by_its_field(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    at = datetime(2099, 3, 9, 3, tzinfo=UTC)

    def other(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
        values: dict[str, Any] = {"room_id": int(case["room"]), "host_id": make_person(session, role=None).id}
        plan = Plan(at.date(), at.date(), at, at + timedelta(hours=1), **values)
        visits.confirm(session, enquiry, plan, by=acting(settings=settings))

    write(other)
    answer = send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"])
    assert answer.status_code == 409
    assert "Another visit has this room then." in answer.text
    assert "We look forward to it." in answer.text


@pytest.mark.parametrize(("typed", "kept"), [({}, "9"), ({"guests": "12"}, "12")])
def test_the_size_that_a_partner_named_meanwhile_stays_unless_another_was_typed(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings, typed: dict[str, str], kept: str
) -> None:
    assert send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"]).status_code == 303
    address = f"/desk/visits/{case['reference']}"
    form = form_with(desk.get(address).text, "first_day")

    def change(session: Session) -> None:
        enquiry = loading.locked(session, case["reference"], actor=acting(settings=settings).actor)
        by = Acting(actions.partner(enquiry), datetime.now(UTC), settings)
        for guests in (8, 9):
            visits.change_group(session, enquiry, guests, text="", by=by)

    write(change)
    answer = desk.post(f"{address}/move", data={**form, "starts": "11:00", **typed})
    assert answer.status_code == 409
    again = form_with(answer.text, "first_day")
    assert (again["starts"], again["guests"]) == (["11:00"], [kept])
    assert desk.post(f"{address}/move", data=again).status_code == 303
    assert stored(write, case)[1].guests == int(kept)


def test_times_are_read_as_people_write_them(desk: FlaskClient, case: dict[str, Any], write: Write) -> None:
    address = f"/desk/visits/{case['reference']}"
    times = {
        "noon": "12:00", "09:30:00": "09:30", "0930": "09:30", "９：30": "09:30", "9h30": "09:30", "上午9時半": "09:30",
        "中午12時": "12:00", "中午11時半": "11:30", "中午1點": "13:00", "晚上8點": "20:00", "12:15 a.m.": "00:15",
        # Midnight of which day?
        "晚上12時": None, "24:00": None, "中午5時": None,
    }  # fmt: skip
    for typed, meant in times.items():
        answer = send(desk, case, "arrange", first_day="2099-03-09", starts=typed, ends="23:00")
        assert answer.status_code == (303 if meant else 422), typed
        shown = form_with(answer.text or desk.get(address).text, "first_day") if not meant else None
        found = (shown or form_with(desk.get(address).text, "first_day"))["starts"]
        assert found == [meant or typed], typed


def test_a_host_sees_the_visit_that_they_receive_once_it_is_confirmed_and_changes_nothing(
    desk: FlaskClient, case: dict[str, Any], app: Any, sign_in: Any
) -> None:
    host = app.test_client()
    sign_in(host, "chan@example.org")
    assert host.get(f"/desk/visits/{case['reference']}").status_code == 404
    send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"])
    page = host.get(f"/desk/visits/{case['reference']}")
    assert page.status_code == 200
    assert "/confirm" not in page.text
    for hidden in ("What clashes with these days", "Who must approve", "Steps of the visit"):
        assert hidden not in page.text
    assert f"/desk/visits/{case['reference']}/programme" in page.text
    for hidden in ("roster", "arrivals", "tasks", "after"):
        assert f"/desk/visits/{case['reference']}/{hidden}" not in page.text
        assert host.get(f"/desk/visits/{case['reference']}/{hidden}").status_code == 404, hidden
    assert host.get(f"/desk/enquiries/{case['reference']}").status_code == 404
    assert host.post(f"/desk/visits/{case['reference']}/move", data=PLANNED).status_code == 403


def test_what_is_no_visit_has_no_page(desk: FlaskClient, write: Write, settings: Settings) -> None:
    for given in ({"kind": Kind.QUESTION, "status": Status.ACCEPTED}, {"kind": Kind.VISIT}):
        reference = write(lambda s, given=given: make_enquiry(s, settings, **given).reference)
        assert desk.get(f"/desk/visits/{reference}").status_code == 404
    assert desk.get("/desk/visits/nonsense").status_code == 404


def test_what_was_accepted_before_visits_had_rows_is_planned_like_any_other(
    desk: FlaskClient, write: Write, settings: Settings, case: dict[str, Any]
) -> None:
    reference = write(lambda s: make_enquiry(s, settings, status=Status.ACCEPTED, language=Language.ZH_HANT).reference)
    old = {**case, "reference": reference}
    assert desk.get(f"/desk/visits/{reference}").status_code == 200
    assert send(desk, old, "confirm", **PLANNED, room=case["room"], host=case["host"]).status_code == 303
    assert stored(write, old)[1].state is VisitState.CONFIRMED


def test_what_is_not_possible_is_confirmed_only_with_a_reason_that_colleagues_read(
    desk: FlaskClient, case: dict[str, Any], write: Write
) -> None:
    planned = {**PLANNED, "room": case["room"], "host": case["host"], "guests": "300"}
    refused = send(desk, case, "confirm", **planned)
    page = unescape(refused.text)
    assert (refused.status_code, 'name="overrule"' in page) == (422, True)
    assert "The room has too few seats for the guests: 20/300." in page
    assert stored(write, case)[1].state is VisitState.ARRANGING
    assert send(desk, case, "confirm", **planned, overrule="The hall next door is open.").status_code == 303
    assert stored(write, case)[1].state is VisitState.CONFIRMED
    history = unescape(desk.get(f"/desk/enquiries/{case['reference']}").text)
    assert "The hall next door is open." in history
    assert "It was confirmed although something was against it" in history


def test_days_that_a_visit_gives_back_are_shown_with_who_wanted_them(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    def asks(session: Session) -> str:
        answers = {"windows": [{"start": "2099-03-09", "end": "2099-03-10", "flex": 0}]}
        made = make_enquiry(session, settings, status=Status.DECLINED, organisation="Waiting College", answers=answers)
        return made.reference

    waiting = write(asks)
    in_hand = write(lambda s: make_enquiry(s, settings, organisation="Hopeful College", answers={
        "windows": [{"start": "2099-03-08", "end": "2099-03-09", "flex": 0}]}).reference)  # fmt: skip
    place = f"/desk/visits/{case['reference']}"
    assert send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"]).status_code == 303
    assert "Waiting College" not in desk.get(place).text
    assert send(desk, case, "move", first_day="2099-03-16").status_code == 303
    moved = unescape(desk.get(place).text)
    assert "Waiting College" in moved
    assert waiting in moved
    offer = f"/desk/enquiries/{in_hand}?first=2099-03-09&last=2099-03-09#decide"
    assert offer in moved
    assert form_with(desk.get(offer).text, "windows-0-start")["windows-0-start"] == ["2099-03-09"]
    assert send(desk, case, "postpone", text="A typhoon.").status_code == 303
    assert "Waiting College" not in desk.get(place).text, "the 16th is what is free now"
    assert send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"]).status_code == 303
    enquiry = f"/desk/enquiries/{case['reference']}"
    form = {**form_with(desk.get(enquiry).text, "text", to="/decline"), "text": "A storm."}
    assert desk.post(f"{enquiry}/actions/decline", data=form).status_code == 303
    assert place in desk.get(enquiry).text
    assert "Waiting College" in desk.get(place).text
    write(lambda s: make_other(s, settings))
    assert "Waiting College" not in desk.get(place).text, "another visit has the whole day now"


def make_other(session: Session, settings: Settings) -> None:
    enquiry = make_enquiry(session, settings)
    actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
    at, host = datetime(2099, 3, 9, 2, tzinfo=UTC), make_person(session, role=None, name="Prof. Wong")
    plan = Plan(at.date(), at.date(), at, at + timedelta(hours=7), venue="Main hall", host_id=host.id)
    visits.confirm(session, enquiry, plan, by=acting(settings=settings))


def test_the_calendar_opens_where_the_next_visit_is_and_says_so(
    desk: FlaskClient, case: dict[str, Any], write: Write, settings: Settings
) -> None:
    empty = desk.get("/desk/visits").text
    assert "No visit is planned from today on." in empty
    assert send(desk, case, "confirm", **PLANNED, room=case["room"], host=case["host"]).status_code == 303
    for view in ("month", "week", "agenda"):
        page = unescape(desk.get(f"/desk/visits?view={view}").text)
        assert f"/desk/visits/{case['reference']}" in page, view
        assert "No visit is sooner than Monday 9 March 2099" in page
    day = NOW.date().isoformat()
    assert f"/desk/visits/{case['reference']}" not in desk.get(f"/desk/visits?view=month&from={day}").text


def test_the_days_asked_for_are_offered_with_one_press_without_those_that_cannot_be(
    desk: FlaskClient, write: Write, settings: Settings
) -> None:
    first = datetime.now(UTC).date() + timedelta(days=90)
    days = [first + timedelta(days=later) for later in (0, 1, 2, 7)]

    def asks(session: Session) -> str:
        windows = [{"start": str(days[0]), "end": str(days[2]), "flex": 0},
                   {"start": str(days[3]), "end": str(days[3]), "flex": 0}]  # fmt: skip
        made = make_enquiry(session, settings, answers={"windows": windows, "group_size": 6})
        actions.act(session, made, Action.ACCEPT, by=acting(settings=settings))
        session.add(BlockedPeriod(name={"en": "Exams"}, first=days[1], last=days[1], hard=True, created_at=NOW))
        return made.reference

    place = f"/desk/visits/{write(asks)}"
    page = desk.get(place).text
    form = form_with(page, "windows-0-start")
    answer = desk.post(place.replace("visits", "enquiries") + "/actions/propose_dates", data=form)
    assert (answer.status_code, answer.location) == (303, place)
    query = select(VisitOption.first_day, VisitOption.last_day).order_by(VisitOption.id)
    offered = write(lambda s: s.execute(query).all())
    assert [tuple(each) for each in offered] == [(day, day) for day in (days[0], days[2], days[3])]
    text = write(lambda s: s.scalars(select(Message.text).where(Message.kind == MessageKind.PARTNER_DATES)).one())
    assert "We could receive you on one of these dates:" in text
    assert 'name="windows-0-start"' not in desk.get(place).text, "they are offered now"
