"""Who receives a visit: its page for hosts, own parts and tasks, the papers for hosts, and nothing else of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.papers import versions
from webapp.domain.triage import notes
from webapp.domain.visits import hosting, programme, tasks, visits
from webapp.domain.visits.hosting import Invitee
from webapp.domain.visits.programme import SlotPlan
from webapp.domain.visits.visits import Plan
from webapp.models import Delegate, SlotHost, VisitTask
from webapp.vocabulary import Action, NameOrder, Paper, Role, SlotAnswer

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]
AT = datetime(2099, 3, 9, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
HIDDEN = ("Secret note", "Secret talks", "Secret task", "Secret diet", "contact@partner.example.org", "+852 2766 5999",
          "Secret message", "flight CX1", "required task")  # fmt: skip
HOSTS = {"chan": Role.HOST, "ling": Role.LIAISON}


@pytest.fixture
def case(write: Write, settings: Settings, app: Any) -> dict[str, Any]:
    app.config["WTF_CSRF_ENABLED"] = False

    def rows(session: Session) -> dict[str, Any]:
        enquiry = make_enquiry(session, settings, network=make_network(session), message="Secret message",
                               contact_email="contact@partner.example.org", phone="+852 2766 5999")  # fmt: skip
        by = acting(settings=settings)
        actions.act(session, enquiry, Action.ACCEPT, by=by)
        lead = make_person(session, role=Role.HOST, name="Prof. Lead", email="lead@example.org")
        plan = Plan(AT.date(), AT.date(), AT, AT + 3 * HOUR, venue="Main entrance", host_id=lead.id, guests=2)
        visits.confirm(session, enquiry, plan, by=by)
        meeting, secret = (
            programme.add(session, enquiry, SlotPlan(AT + n * HOUR, AT + (n + 1) * HOUR, {"en": name}, {}), by=by)
            for n, name in enumerate(("Meeting", "Secret talks"))
        )
        found: dict[str, Any] = {"reference": enquiry.reference, "slot": meeting.id, "secret": secret.id}
        for name, role in HOSTS.items():
            person = make_person(session, role=role, name=f"Prof. {name.title()}", email=f"{name}@example.org")
            found[name] = hosting.invite(session, enquiry, meeting.id, Invitee(person.id), by=by).id
            found[f"{name}'s task"] = tasks.add(session, enquiry, f"Speech of {name}", None, person.id, by=by).id
        found["task"] = tasks.add(session, enquiry, "Secret task", None, None, by=by).id
        notes.add(session, enquiry, "Secret note", named=[], by=by)
        for place, name in enumerate(("Zeta", "Alpha"), 1):
            session.add(Delegate(enquiry_id=enquiry.id, precedence=place, family_name=name, position=f"Post of {name}",
                                 name_order=NameOrder.FAMILY_FIRST, organisation=f"House of {name}",
                                 arrival="flight CX1", diet="Secret diet"))  # fmt: skip
        for paper in Paper:
            versions.keep(session, enquiry.id, paper, b"%PDF-1.7", now=by.now)
        return found

    made: dict[str, Any] = write(rows)
    return made


def words(page: Any) -> str:
    return " ".join(unescape(page.text).split())


@pytest.mark.parametrize("who", HOSTS)
def test_who_is_asked_for_a_part_reads_what_a_host_needs_and_nothing_else(
    client: FlaskClient, case: dict[str, Any], sign_in: Any, who: str
) -> None:
    sign_in(client, f"{who}@example.org")
    visit, colleague = f"/desk/visits/{case['reference']}", next(name for name in HOSTS if name != who)
    page = words(client.get(visit))
    for there in ("Meeting", "Main entrance", "Prof. Lead", f"Prof. {colleague.title()}", f"Speech of {who}",
                  "Post of Alpha · House of Alpha"):  # fmt: skip
        assert there in page, there
    assert page.index("Zeta") < page.index("Alpha"), "in their order, not sorted"
    assert {way.rsplit("/", 1)[1] for way in re.findall(r'action="(/desk/visits/[^"]+)"', page)} == {"tasks"}
    assert f"Speech of {colleague}" not in page
    pages = page
    for way in (visit + "/programme", f"{visit}/programme/{case['slot']}", "/desk/my-day", "/desk/enquiries",
                "/desk/activity", "/desk/visits?view=week", "/desk/visits?view=agenda",
                f"/desk/?q={case['reference']}"):  # fmt: skip
        answer = client.get(way, follow_redirects=True)
        pages += words(answer)
        assert f"/desk/enquiries/{case['reference']}" not in answer.text, way
        assert not re.search(r'action="/desk/visits/[^"]+/(move|remove|hosts|usual|show)"', answer.text), way
    made = client.post("/desk/visits/calendars", data={"scope": "own"}, follow_redirects=True).text
    feed = re.search(r"/calendars?/[^\s\"<]+\.ics", made)
    assert feed is not None
    entries = client.get(feed[0]).text
    assert "Meeting" in entries
    assert not [word for word in HIDDEN if word in pages + entries]
    for rest in ("roster", "arrivals", "tasks", "after", "letters", "level"):
        assert client.get(f"{visit}/{rest}").status_code in (403, 404), rest
    for paper in Paper:
        code = 200 if paper in (Paper.PROGRAMME, Paper.NAME_CARDS, Paper.ATTENDANCE) else 404
        assert client.get(f"{visit}/papers/{paper}.pdf").status_code == code, paper
        assert (f"papers/{paper}.pdf" in page) == (code == 200), paper


@pytest.mark.parametrize("who", HOSTS)
def test_who_is_asked_for_a_part_answers_for_themselves_and_ticks_own_tasks(
    client: FlaskClient, case: dict[str, Any], sign_in: Any, write: Write, who: str
) -> None:
    sign_in(client, f"{who}@example.org")
    visit, colleague = f"/desk/visits/{case['reference']}", next(name for name in HOSTS if name != who)
    hosts, to_do = f"{visit}/programme/{case['slot']}/hosts", f"{visit}/tasks"

    def state() -> tuple[dict[int, SlotAnswer], set[int]]:
        return write(lambda s: ({row.id: row.answer for row in s.query(SlotHost)},  # type: ignore[no-any-return]
                                {row.id for row in s.query(VisitTask) if row.done_at}))  # fmt: skip

    before = state()
    assert client.post(f"{hosts}/{case[colleague]}/answer", data={"answer": "yes"}).status_code in (403, 404, 409)
    for do, task in (("tick", "task"), ("untick", "task"), ("tick", f"{colleague}'s task"), ("give", f"{who}'s task"),
                     ("remove", f"{who}'s task"), ("add", "task"), ("make", "task")):  # fmt: skip
        sent = {"do": do, "task": case[task], "title": "More"}
        assert client.post(to_do, data=sent).status_code == 404, (do, task)
    assert state() == before
    assert write(lambda s: s.query(VisitTask).filter(VisitTask.id == case[f"{who}'s task"]).count()) == 1
    assert client.post(to_do, data={"do": "tick", "task": case[f"{who}'s task"]}).status_code == 303
    yes = client.post(f"{hosts}/{case[who]}/answer", data={"answer": "yes"})
    assert (yes.status_code, client.get(yes.location).status_code) == (303, 200)
    assert state() == (before[0] | {case[who]: SlotAnswer.YES}, {case[f"{who}'s task"]})
    no = client.post(f"{hosts}/{case[who]}/answer", data={"answer": "no"})
    assert (no.status_code, client.get(no.location).status_code, client.get(visit).status_code) == (303, 200, 404)


def test_the_host_of_a_visit_sees_its_whole_programme_and_plans_nothing(
    client: FlaskClient, case: dict[str, Any], sign_in: Any
) -> None:
    sign_in(client, "lead@example.org")
    page = words(client.get(f"/desk/visits/{case['reference']}/programme"))
    assert "Secret talks" in page
    assert "Add to the programme" not in page
    assert client.get(f"/desk/visits/{case['reference']}/programme/{case['secret']}").status_code == 200
    assert not [word for word in HIDDEN if word in words(client.get(f"/desk/visits/{case['reference']}"))]
