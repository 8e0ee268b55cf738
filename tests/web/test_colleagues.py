"""Whom staff may name by an address: colleagues, by one rule everywhere, within the office's limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_faculty, make_network, make_person, refer, staff_actor
from tests.web.test_approvals import give
from tests.web.test_approvals import links as questions
from tests.web.test_decisions import NOW
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.accounts import administration
from webapp.domain.decisions import approvals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.directory import networks, people
from webapp.domain.enquiries import actions, assignment, loading
from webapp.domain.errors import Invalid
from webapp.domain.security.permissions import Actor, staff
from webapp.models import Approval, Enquiry, Faculty, Message, Person
from webapp.vocabulary import Action, Kind, Language, Permission, Role

Write = Callable[[Callable[[Session], Any]], Any]
OUTSIDE = "An administrator can enter it"


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    """An enquiry whose liaison has an account, with a deputy."""

    def make(session: Session) -> str:
        liaison = make_person(session, role=Role.LIAISON, name="Prof. Chan", email="chan@example.org")
        deputy = make_person(session, role=None, email="deputy@example.org")
        network = make_network(session, slug="example", liaison=liaison, deputy=deputy, mailbox="team@example.org")
        return make_enquiry(session, settings, kind=Kind.COLLABORATION, network=network, now=NOW).reference

    return str(build(make))


def post_approver(client: FlaskClient, reference: str, email: str) -> Any:
    data = {"version": "1", "text": "May they?", "approvers-0-name": "Prof. Dean", "approvers-0-email": email}
    data["approvers-0-language"] = "en"
    return client.post(f"/desk/enquiries/{reference}/actions/ask_approval", data=data)


def count(write: Write, table: Any) -> int:
    return int(write(lambda session: session.scalar(select(func.count()).select_from(table))))


def choose(write: Write, settings: Settings, **chosen: Any) -> None:
    def run(session: Session) -> None:
        by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW)
        version = office_settings.version(session)
        office_settings.change(session, chosen, version=version, by=by, settings=settings)

    write(run)


@pytest.mark.parametrize(
    ("email", "role", "chosen", "taken"),
    [
        ("stranger@elsewhere.example", Role.COORDINATOR, "", False),
        ("stranger@elsewhere.example", Role.LIAISON, "", False),
        ("stranger@below.example.org", Role.COORDINATOR, "", False),
        ("stranger@elsewhere.example", Role.ADMINISTRATOR, "", True),
        ("dean@Elsewhere.example", Role.COORDINATOR, "@elsewhere.example", True),
        ("dean@elsewhere.example", Role.COORDINATOR, "dean@elsewhere.example", True),
        ("vice@elsewhere.example", Role.COORDINATOR, "dean@elsewhere.example", False),
        ("dean@example.org", Role.COORDINATOR, "dean@elsewhere.example", True),
        ("dean@example.org", Role.COORDINATOR, "elsewhere.example", False),
    ],
)
def test_only_colleagues_are_asked_to_approve_unless_an_administrator_asks(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    sign_in: Callable[..., None],
    reference: str,
    email: str,
    role: Role,
    chosen: str,
    taken: bool,
) -> None:
    if chosen:
        choose(write, settings, colleague_domains=chosen)
    own = "chan@example.org" if role is Role.LIAISON else write(lambda session: make_person(session, role=role).email)
    sign_in(client, own)
    before = count(write, Message)
    response = post_approver(client, reference, email)
    assert response.status_code == (303 if taken else 400)
    assert (count(write, Approval), count(write, Message) - before) == ((1, 1) if taken else (0, 0))
    if not taken:
        assert OUTSIDE in response.text
        assert f'value="{email}"' in response.text


@pytest.mark.parametrize(
    "email", ["asker@example.org", "ASKER+boss@example.org", "chan@example.org", "deputy@example.org",
              "given@example.org", "team@example.org", "office@example.org"]
)  # fmt: skip
def test_who_asks_or_answers_does_not_approve(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    sign_in: Callable[..., None],
    reference: str,
    email: str,
) -> None:
    def give_it(session: Session) -> None:
        make_person(session, email="asker@example.org", role=Role.ADMINISTRATOR)
        given = make_person(session, email="given@example.org", role=Role.LIAISON)
        row = loading.locked(session, reference, actor=staff_actor())
        assignment.assign(session, row, given.id, by=acting(now=NOW, settings=settings))

    write(give_it)
    sign_in(client, "asker@example.org")
    version = write(lambda session: session.scalars(select(Enquiry.version)).one())
    data = {"version": str(version), "approvers-0-name": "The President", "approvers-0-email": email}
    data["approvers-0-language"] = "en"
    response = client.post(f"/desk/enquiries/{reference}/actions/ask_approval", data=data)
    assert response.status_code == 400
    assert "cannot approve their own enquiry" in response.text
    assert count(write, Approval) == 0


def test_approver_who_answers_it_by_now_approves_nothing(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def ask(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        by = acting(now=NOW, settings=settings)
        approvals.ask(session, row, [Approver("Prof. Dean", "dean@example.org")], in_order=False, text="", by=by)

    write(ask)
    path = questions(write, settings)["dean@example.org"]
    assert client.get(path).status_code == 200

    def assign(session: Session) -> None:
        dean = make_person(session, email="dean@example.org", role=Role.LIAISON)
        row = loading.locked(session, reference, actor=staff_actor())
        assignment.assign(session, row, dean.id, by=acting(now=NOW, settings=settings))

    write(assign)
    assert client.get(path).status_code == 410
    assert give(client, path) == 410
    assert write(lambda session: session.scalars(select(Approval)).one()).outcome is None


def test_same_person_is_asked_once(write: Write, settings: Settings, reference: str) -> None:
    def ask(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        twice = [Approver("Prof. Dean", "dean@example.org"), Approver("Prof. D", "Dean+x@example.org")]
        approvals.ask(session, row, twice, in_order=False, text="", by=acting(now=NOW, settings=settings))

    with pytest.raises(Invalid) as refused:
        write(ask)
    assert refused.value.faults == {"1": "twice"}


def test_answer_is_shown_with_name_and_address(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Callable[..., None], reference: str
) -> None:
    def ask(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        by = acting(now=NOW, settings=settings)
        approvals.ask(session, row, [Approver("Prof. Dean", "dean@example.org")], in_order=False, text="", by=by)

    write(ask)
    assert give(client, questions(write, settings)["dean@example.org"]) == 303
    sign_in(client, "chan@example.org")
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "<strong>Prof. Dean</strong>, dean@example.org" in page
    assert "<strong>Prof. Dean, dean@example.org</strong> approved." in page


@pytest.mark.parametrize(("role", "taken"), [(Role.COORDINATOR, False), (Role.ADMINISTRATOR, True)])
def test_faculty_outside_is_entered_by_administrators_alone(
    client: FlaskClient, write: Write, sign_in: Callable[..., None], role: Role, taken: bool
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role)))
    data = {"name_en": "Faculty Elsewhere", "contact_name": "Dr Out", "email": "out@elsewhere.example"}
    response = client.post("/desk/faculties/new", data={**data, "language": "en", "active": "y", "version": "0"})
    assert response.status_code == (303 if taken else 400)
    assert count(write, Faculty) == int(taken)
    assert taken or OUTSIDE in response.text


def test_faculty_that_an_administrator_allowed_can_be_edited_but_not_moved_elsewhere(
    client: FlaskClient, write: Write, sign_in: Callable[..., None]
) -> None:
    def make(session: Session) -> int:
        faculty = make_faculty(session)
        faculty.email = "out@elsewhere.example"
        return faculty.id

    number = write(make)
    sign_in(client, write(make_person))
    data = {"name_en": "Faculty Elsewhere", "contact_name": "Dr Out", "language": "en", "active": "y", "version": "1"}
    address = f"/desk/faculties/{number}"
    assert client.post(address, data={**data, "email": "more@elsewhere.example"}).status_code == 400
    assert client.post(address, data={**data, "email": "out@elsewhere.example"}).status_code == 303


def test_mailboxes_and_accounts_follow_the_same_rule(
    write: Write, settings: Settings, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only administrators enter these today; without the one permission they could not name an outsider either."""
    held = Actor.permissions.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Actor, "permissions", property(lambda actor: held(actor) - {Permission.OUTSIDER_NAME}))
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW, settings=settings)

    def mailbox(session: Session) -> None:
        network = networks.locked(session, "example", actor=by.actor)
        ids = {"liaison_id": network.liaison_id, "deputy_id": network.deputy_id, "escalation_id": None}
        people.set_people(session, network, **ids, mailbox="box@elsewhere.example", version=network.version, by=by)

    def account(session: Session) -> None:
        given: dict[str, Any] = {"name": "Dr Out", "language": Language.EN, "role": Role.LIAISON}
        administration.add(session, email="out@elsewhere.example", **given, by=by)

    for run, field in ((mailbox, "mailbox"), (account, "email")):
        with pytest.raises(Invalid) as refused:
            write(run)
        assert refused.value.faults == {field: "outside"}


def test_rounds_of_asking_reach_a_limit_of_the_enquiry(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Callable[..., None], reference: str
) -> None:
    choose(write, settings, asked_per_enquiry=5)

    def round_of(session: Session, number: int) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        by = acting(now=NOW, settings=office_settings.in_force(session, settings))
        names = [Approver(f"Prof. {n}", f"round-{number}-{n}@example.org") for n in range(2)]
        approvals.ask(session, row, names, in_order=False, text="", by=by)
        actions.act(session, row, Action.RESUME, by=by)

    write(lambda session: round_of(session, 1))
    write(lambda session: round_of(session, 2))
    write(lambda session: round_of(session, 2))
    with pytest.raises(Invalid) as refused:
        write(lambda session: round_of(session, 3))
    assert refused.value.faults == {"approvers": "many"}
    sign_in(client, write(make_person))
    version = write(lambda session: session.scalars(select(Enquiry.version)).one())
    data = {"version": str(version), "approvers-0-name": "Prof. New", "approvers-0-email": "new@example.org"}
    data["approvers-0-language"] = "en"
    response = client.post(f"/desk/enquiries/{reference}/actions/ask_approval", data=data)
    assert response.status_code == 400
    assert "At most 5 people may be asked about one enquiry." in response.text


def test_one_person_asks_so_many_a_day_and_again_tomorrow(write: Write, settings: Settings) -> None:
    number = write(lambda session: make_person(session).id)
    choose(write, settings, asked_per_day=3)

    def ask(session: Session, days: int, asker: int = number) -> None:
        actor = staff(session.get_one(Person, asker))
        row = make_enquiry(session, settings, now=NOW, network=make_network(session))
        held = loading.locked(session, row.reference, actor=actor)
        moment = NOW + timedelta(days)
        by = acting(actor, now=moment, settings=office_settings.in_force(session, settings))
        names = [Approver("Prof. One", "one@example.org"), Approver("Prof. Two", "two@example.org")]
        approvals.ask(session, held, names, in_order=True, text="", by=by)

    write(lambda session: ask(session, 0))
    with pytest.raises(Invalid) as refused:
        write(lambda session: ask(session, 0))
    assert refused.value.faults == {"approvers": "today"}
    write(lambda session: ask(session, 0, make_person(session).id))
    write(lambda session: ask(session, 1))


def test_faculties_count_too(write: Write, settings: Settings, reference: str) -> None:
    few = settings.model_copy(update={"asked_per_enquiry": 2})

    def ask(session: Session) -> None:
        refer(session, few, session.scalars(select(Enquiry)).one(), now=NOW)

    write(ask)
    with pytest.raises(Invalid) as refused:
        write(ask)
    assert refused.value.faults == {"faculty": "many"}


def test_list_of_colleagues_is_kept_at_the_desk(
    client: FlaskClient, write: Write, sign_in: Callable[..., None]
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR)))
    data = {"version": "0", "asked_per_enquiry": "15", "asked_per_day": "40"}
    address = "/desk/settings/colleagues"
    wrong = client.post(address, data={**data, "colleague_domains": "example.org, no domain at all"})
    assert wrong.status_code == 400
    assert "“no” is neither a domain" in wrong.text
    typed = "@Example.org; example.edu,dean@elsewhere.example  example.edu"
    assert client.post(address, data={**data, "colleague_domains": typed}).status_code == 303
    assert "example.org, example.edu, dean@elsewhere.example" in client.get(address).text
    assert "example.edu, example.org, dean@elsewhere.example" in client.get("/desk/settings").text
