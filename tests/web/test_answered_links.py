"""A link that did its work shows the question, the answer and its date, for some days, and nothing written later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_faculty, make_network, make_person, refer, staff_actor
from webapp.config import Settings
from webapp.domain.decisions import approvals, referrals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Invalid
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Enquiry, Link, Referral
from webapp.vocabulary import Action, LinkKind

Write = Callable[[Callable[[Session], Any]], Any]
NOW = datetime.now(UTC)
SECRETS = ("my passport is K1234567", "our room is 7-42", "erika@example.org", "+49 30 1234567", "Head of Studies")
ANSWERS: dict[LinkKind, dict[str, str]] = {
    LinkKind.DECISION: {"choice": "accept", "text": "You are welcome.", "version": "1"},
    LinkKind.APPROVAL: {"outcome": "approved", "note": "With pleasure."},
    LinkKind.REFERRAL: {"finding": "in_part", "note": "On Mondays."},
}
QUESTIONS = {
    LinkKind.DECISION: "We would like to agree",
    LinkKind.APPROVAL: "May they come?",
    LinkKind.REFERRAL: "Could you receive them?",
}


@pytest.fixture
def paths(write: Write, settings: Settings) -> dict[LinkKind, str]:
    """One link of each kind by which someone answers, each to an enquiry of its own."""

    def make(session: Session) -> dict[LinkKind, str]:
        given = {"contact_position": "Head of Studies", "phone": "+49 30 1234567", "now": NOW}
        by = acting(now=NOW, settings=settings)
        rows = []
        for number in range(3):
            liaison = make_person(session, role=None, name=f"Prof. Chan {number}", email=f"chan-{number}@example.org")
            row = make_enquiry(session, settings, network=make_network(session, liaison=liaison), **given)
            rows.append(loading.locked(session, row.reference, actor=staff_actor()))
            session.add(Attachment(enquiry_id=row.id, name="plan.txt", media_type="text/plain", size=1, sha256="",
                                   content=b"x", added_at=NOW))  # fmt: skip
        decided, approved, referred = rows
        dean = [Approver("Prof. Dean", "dean@example.org")]
        approvals.ask(session, approved, dean, in_order=False, text="May they come?", by=by)
        faculty = make_faculty(session, contact_name="Dr Ng", email="ng@example.org")
        refer(session, settings, referred, now=NOW, faculty_id=faculty.id)
        found = {}
        for kind, row in zip(QUESTIONS, (decided, approved, referred), strict=True):
            link = session.scalars(select(Link).where(Link.enquiry_id == row.id, Link.kind == kind)).one()
            found[kind] = f"/decisions/{link_token(link, secret_keys=settings.secret_keys)}"
        return found

    return dict(write(make))


def talk(session: Session, settings: Settings) -> None:
    """Write both ways on every enquiry, once its link has done its work."""
    for reference in session.scalars(select(Enquiry.reference)).all():
        row = loading.locked(session, reference, actor=staff_actor())
        actions.act(session, row, Action.REPLY, text="our room is 7-42", by=acting(now=NOW, settings=settings))
        partner = acting(actions.partner(row), now=NOW, settings=settings)
        actions.act(session, row, Action.WRITE, text="my passport is K1234567", by=partner)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_answered_link_shows_question_and_answer_and_nothing_else(
    client: FlaskClient, write: Write, settings: Settings, paths: dict[LinkKind, str], kind: LinkKind
) -> None:
    path, answer = paths[kind], ANSWERS[kind]
    file = write(lambda session: session.scalars(select(Attachment.id).order_by(Attachment.id)).all())[
        list(QUESTIONS).index(kind)
    ]
    assert "erika@example.org" in client.get(path).text
    assert client.get(f"{path}/files/{file}").status_code == 200
    assert client.post(path, data=answer).status_code == 303
    write(lambda session: talk(session, settings))
    page = client.get(path)
    assert page.status_code == 200
    assert QUESTIONS[kind] in page.text
    assert (answer.get("note") or answer["text"]) in page.text
    assert "Example Institute of Technology" in page.text
    again = client.post(path, data={**answer, "note": "On second thoughts", "text": "On second thoughts"})
    assert again.status_code == 409
    assert "On second thoughts" in again.text
    for text in (page.text, again.text):
        assert [secret for secret in SECRETS if secret in text] == []
    assert client.get(f"{path}/files/{file}").status_code == 410


@pytest.mark.parametrize("kind", QUESTIONS)
def test_answered_link_ends_after_seven_days(
    client: FlaskClient, write: Write, paths: dict[LinkKind, str], kind: LinkKind
) -> None:
    client.post(paths[kind], data=ANSWERS[kind])
    query = select(Link.expires_at).join(Enquiry).where(Link.kind == kind, Enquiry.version > 1)
    ends = write(lambda session: session.scalars(query.order_by(Link.expires_at)).first())
    assert NOW + timedelta(days=7) <= ends <= datetime.now(UTC) + timedelta(days=7)


def test_status_that_came_later_is_not_shown_to_who_decided(
    client: FlaskClient, write: Write, settings: Settings, paths: dict[LinkKind, str]
) -> None:
    path = paths[LinkKind.DECISION]
    client.post(path, data=ANSWERS[LinkKind.DECISION])

    def end(session: Session) -> None:
        row = session.scalars(select(Enquiry).order_by(Enquiry.id)).first()
        assert row is not None
        held = loading.locked(session, row.reference, actor=staff_actor())
        by = acting(now=NOW, settings=settings)
        actions.act(session, held, Action.DECLINE, text="The room burnt down", by=by)

    write(end)
    page = client.get(path).text
    assert "You are welcome." in page
    assert "The room burnt down" not in page
    assert "Declined" not in page


def test_far_day_of_return_prolongs_no_link(write: Write, settings: Settings) -> None:
    today = NOW.astimezone(settings.zone).date()

    def ask(session: Session, days: int) -> datetime | None:
        row = make_enquiry(session, settings, network=make_network(session), now=NOW)
        held = loading.locked(session, row.reference, actor=staff_actor())
        number = make_faculty(session, f"Faculty {days}").id
        request = ReferralRequest(number, "Could you?", today + timedelta(days))
        made: Referral = referrals.refer(session, held, request, by=acting(now=NOW, settings=settings))
        return made.link.expires_at

    assert write(lambda session: ask(session, 59)) == NOW + timedelta(days=60)
    assert write(lambda session: ask(session, 3)) <= NOW + timedelta(days=34)
    with pytest.raises(Invalid) as refused:
        write(lambda session: ask(session, 60))
    assert refused.value.faults == {"return_by": "long"}
