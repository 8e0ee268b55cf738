"""What links do once a visit came of an enquiry: only what they are for, and only as long as there is a visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_person, opened, receive, staff_actor, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading, visiting
from webapp.domain.papers import letters, versions
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import hosting, programme, visits
from webapp.domain.visits.hosting import Invitee, Reply
from webapp.domain.visits.visits import Plan
from webapp.models import Delegate, Enquiry, InvitationLetter, Link, SlotHost, Visit
from webapp.vocabulary import (
    Action,
    LetterPurpose,
    LetterStanding,
    LinkEnd,
    NameOrder,
    Paper,
    SlotAnswer,
)

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2099, 3, 9)
AT = datetime(2099, 3, 9, 2, tzinfo=UTC)
PAGES = ("group", "dates", "roster", "roster.csv", "roster.xlsx", "roster/delegates/1", "survey", "visit.ics",
         "programme.pdf", "")  # fmt: skip


def held(session: Session, reference: str) -> Enquiry:
    return loading.locked(session, reference, actor=staff_actor())


def plan_visit(session: Session, settings: Settings, enquiry: Enquiry) -> None:
    by = acting(settings=settings, now=datetime.now(UTC))
    actions.act(session, enquiry, Action.ACCEPT, by=by)
    host = make_person(session, role=None, name="Prof. Hostmark")
    plan = Plan(first_day=DAY, last_day=DAY, starts_at=AT, ends_at=AT + timedelta(hours=2), guests=37,
                venue="Roommark", host_id=host.id)  # fmt: skip
    visits.confirm(session, enquiry, plan, by=by)
    who = Delegate(enquiry_id=enquiry.id, precedence=1, family_name="Delegatemark", name_order=NameOrder.FAMILY_FIRST)
    session.add(who)
    versions.keep(session, enquiry.id, Paper.PROGRAMME, b"%PDF Programmemark", now=datetime.now(UTC))
    programme.show(session, enquiry, shown=True, by=by)


def test_who_sent_a_form_in_anothers_name_sees_and_changes_nothing_of_the_visit(
    client: FlaskClient, write: Write, answers: Any, settings: Settings
) -> None:
    data = answers("visit")
    client.post("/enquiries/new", data=data)
    page = client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).location.partition("#")[0]
    reference = write(lambda s: s.scalars(select(Enquiry.reference)).one())
    write(lambda s: plan_visit(s, settings, held(s, reference)))

    def shown() -> list[str]:
        marks = ("Hostmark", "Roommark", "Delegatemark", "Programmemark", 'value="37"', "20990309")
        texts = {name: client.get(f"{page}/{name}".rstrip("/")).data.decode(errors="replace") for name in PAGES}
        return sorted(f"{name}: {mark}" for name, text in texts.items() for mark in marks if mark in text)

    assert client.get(page).status_code == 200
    assert shown() == []
    client.post(f"{page}/group", data={"guests": "5"})
    client.post(f"{page}/roster", data={"family_name": "Someone", "given_name": "Else"})
    assert write(lambda s: s.scalars(select(Visit.guests)).one()) == 37
    # By the emailed link all of it is there.
    page = "/track/" + write(lambda s: tracking_token(s, settings, s.scalars(select(Enquiry)).one()))
    assert {line.partition(":")[0] for line in shown()} >= {"group", "roster", "roster.csv", "visit.ics", ""}


def test_a_partner_cannot_fill_the_history_by_another_size_of_the_group(
    client: FlaskClient, write: Write, settings: Settings
) -> None:
    def rows(session: Session) -> str:
        enquiry = make_enquiry(session, settings)
        plan_visit(session, settings, held(session, enquiry.reference))
        return f"/track/{tracking_token(session, settings, enquiry)}"

    page = write(rows)
    codes = [client.post(f"{page}/group", data={"guests": str(1 + turn)}).status_code for turn in range(45)]
    assert (codes.count(303), codes.count(429)) == (40, 5)
    assert client.post(f"{page}/messages", data={"message": "One more"}).status_code == 429
    assert client.post(f"{page}/withdraw", data={"text": "We cannot come"}).status_code == 303, "one may always leave"


def test_the_link_of_a_host_who_named_a_colleague_ends_soon(write: Write, settings: Settings) -> None:
    now = datetime.now(UTC)

    def rows(session: Session) -> tuple[str, int, int]:
        enquiry = make_enquiry(session, settings)
        host = receive(session, settings, enquiry, now=now)
        assert host.link is not None
        link = opened(session, settings, host.link, now=now)
        reply = Reply(SlotAnswer.COLLEAGUE, "", Invitee(name="Dr Other", email="other@example.org"))
        hosting.answer_by_link(session, link, reply, now=now, settings=settings)
        slot = programme.one(session, held(session, enquiry.reference), host.slot_id)
        by = acting(settings=settings, now=now)
        programme.move(session, held(session, enquiry.reference), slot.id, slot.starts_at + timedelta(1),
                       with_rest=False, version=slot.version, by=by)  # fmt: skip
        return enquiry.reference, host.id, host.slot_id

    _reference, host_id, slot_id = write(rows)

    def ends(session: Session) -> tuple[datetime, datetime]:
        hosts = session.scalars(select(SlotHost).where(SlotHost.slot_id == slot_id).order_by(SlotHost.id)).all()
        found = [session.get_one(Link, host.link_id).expires_at for host in hosts]
        assert hosts[0].id == host_id
        return found[0] or now, found[1] or now

    first, second = write(ends)
    assert first <= now + timedelta(days=8) < second


def test_a_letter_holds_no_more_once_its_visit_is_called_off(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> list[LetterStanding]:
        enquiry = make_enquiry(session, settings)
        plan_visit(session, settings, held(session, enquiry.reference))
        session.add(InvitationLetter(number="IL-2222-2222", enquiry_id=enquiry.id, purpose=LetterPurpose.SCHENGEN,
                                     name="KARI DAHL", issued_at=AT, valid_until=DAY))  # fmt: skip
        session.flush()
        found = [letters.standing(session, "IL-2222-2222", "Kari Dahl", today=DAY)]
        enquiry = held(session, enquiry.reference)
        actions.act(session, enquiry, Action.WITHDRAW, by=acting(actions.partner(enquiry), settings=settings))
        visit = visiting.of(session, enquiry)
        assert visit is not None
        return [*found, letters.standing(session, "IL-2222-2222", "Kari Dahl", today=DAY)]

    assert write(rows) == [LetterStanding.VALID, LetterStanding.WITHDRAWN]


def test_a_host_is_asked_no_more_once_the_visit_is_called_off(
    client: FlaskClient, write: Write, settings: Settings
) -> None:
    """The link opens nothing then, whichever page it is tried at; nor does it before, but for its own."""

    def rows(session: Session) -> tuple[str, str]:
        enquiry = make_enquiry(session, settings)
        host = receive(session, settings, enquiry, now=datetime.now(UTC))
        assert host.link is not None
        return enquiry.reference, link_token(host.link, secret_keys=settings.secret_keys)

    reference, token = write(rows)
    assert client.get(f"/decisions/{token}").status_code == 200
    others = [f"/track/{token}/{name}".rstrip("/") for name in PAGES] + [f"/calendars/{token}.ics"]
    assert {client.get(way).status_code for way in others} == {404}

    def off(session: Session) -> None:
        enquiry = held(session, reference)
        actions.act(session, enquiry, Action.WITHDRAW, by=acting(actions.partner(enquiry), settings=settings))

    write(off)
    assert client.get(f"/decisions/{token}").status_code == 410
    assert client.post(f"/decisions/{token}", data={"answer": "yes"}).status_code == 410
    why = write(lambda s: s.scalars(select(Link.ended_why).where(Link.person_id.is_not(None))).all())
    assert set(why) <= {None, LinkEnd.RECALLED}
