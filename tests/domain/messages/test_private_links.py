"""A private link leaves only to the address that it was issued to, whatever email it is in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, refer
from webapp.config import Settings
from webapp.domain.decisions import approvals, sending_again
from webapp.domain.decisions.approvals import Approver
from webapp.domain.enquiries import addresses, loading
from webapp.domain.errors import Gone, Invalid
from webapp.domain.links import issuing, opening
from webapp.domain.messages import delivery, outbox
from webapp.domain.security.permissions import staff
from webapp.domain.security.tokens import link_token
from webapp.mail.messages import DECISION_TOKEN_SLOT, TRACKING_TOKEN_SLOT
from webapp.models import Approval, Enquiry, Event, Link, Message, Referral
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import TO_PARTNER, EventKind, Fault, Language, LinkEnd, LinkKind, MessageKind, MessageState, Role

Write = Callable[[Callable[[Session], Any]], Any]
OWN, OTHER = "own@example.org", "other@example.org"
LATER = NOW + timedelta(hours=1)


def of_a_kind(session: Session, settings: Settings, kind: MessageKind) -> tuple[int, Link]:
    """Stage an email of a kind with the link that it has, or would have if all emails had one."""
    enquiry = make_enquiry(session, settings, contact_email=OWN)
    link = issuing.tracking(session, enquiry)
    if kind not in TO_PARTNER:
        link = issuing.new(LinkKind.APPROVAL, enquiry.id, OWN, expires_at=None, now=NOW, settings=settings)
        session.add(link)
        session.flush()
    content = SAMPLES[kind](Language.EN)
    mail = outbox.stage(session, content, enquiry=enquiry, link=link, dedupe_key="this", now=NOW, settings=settings)
    assert mail is not None
    return mail.id, link


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("recipient", [OWN, OWN.upper(), OTHER])
def test_a_link_leaves_only_to_its_own_address(
    write: Write, settings: Settings, kind: MessageKind, recipient: str
) -> None:
    def stage(session: Session) -> tuple[int, str]:
        number, link = of_a_kind(session, settings, kind)
        session.execute(update(Message).where(Message.id == number).values(recipient_email=recipient))
        return number, link_token(link, secret_keys=settings.secret_keys)

    number, token = write(stage)
    claimed = write(lambda s: delivery.claim(s, number, now=NOW, settings=settings))
    if recipient == OTHER:
        assert claimed is None
        mail = write(lambda s: s.get_one(Message, number))
        assert (mail.state, mail.fault, mail.next_attempt_at) == (MessageState.FAILED, Fault.CONTENT, None)
        assert "another address" in mail.last_error
        assert write(lambda s: s.scalars(select(Event.kind)).all())[-1] is EventKind.MAIL_FAILED
        return
    raw = delivery.wire(claimed, settings=settings).content
    stored = write(lambda s: s.get_one(Message, number).text)
    assert token not in stored
    has_mark = TRACKING_TOKEN_SLOT in stored or DECISION_TOKEN_SLOT in stored
    assert (token in claimed.text) == (has_mark and "token-goes-here-" not in stored)
    assert b"other@example.org" not in raw


def failed(session: Session, kind: MessageKind) -> Message:
    """Return the one email of a kind, as if its mail server had refused it."""
    mail = session.scalars(select(Message).where(Message.kind == kind)).one()
    mail.state, mail.next_attempt_at = MessageState.FAILED, None
    session.flush()
    return outbox.message(session, mail.id, actor=acting().actor, lock=True)


def again(write: Write, settings: Settings, kind: MessageKind, email: str) -> str:
    """Send the one email of a kind again, and return the text that leaves."""

    def run(session: Session) -> int:
        mail = failed(session, kind)
        known = mail.enquiry.contact_email if mail.enquiry else ""
        sending_again.send_again(session, mail, email, known=known, by=acting(now=LATER, settings=settings))
        return mail.id

    number = write(run)
    claimed = write(lambda s: delivery.claim(s, number, now=LATER, settings=settings))
    assert claimed is not None
    assert claimed.recipient_email == email
    return str(claimed.text)


def token_of(settings: Settings, link: Link) -> str:
    return link_token(link, secret_keys=settings.secret_keys)


def opens(write: Write, token: str, kind: LinkKind) -> LinkEnd | str | None:
    """Return "yes" where a token opens its enquiry, else why it has ended."""
    try:
        write(lambda s: opening.opened(s, token, kind, now=LATER))
    except Gone as gone:
        return gone.why
    return "yes"


def test_partners_email_to_another_address_corrects_it_and_ends_the_old_link(write: Write, settings: Settings) -> None:
    before = write(lambda s: token_of(settings, issuing.tracking(s, make_enquiry(s, settings, contact_email=OWN))))
    text = again(write, settings, MessageKind.PARTNER_RECEIPT, OTHER)
    enquiry, after = write(lambda s: (s.query(Enquiry).one(), token_of(settings, s.scalars(
        select(Link).where(Link.kind == LinkKind.TRACKING, Link.ended_at.is_(None))).one())))  # fmt: skip
    assert enquiry.contact_email == OTHER
    assert after in text
    assert before not in text
    assert (opens(write, before, LinkKind.TRACKING), opens(write, after, LinkKind.TRACKING)) == (
        LinkEnd.REPLACED, "yes")  # fmt: skip


def ask(session: Session, settings: Settings) -> str:
    enquiry = make_enquiry(session, settings, contact_email="partner@example.org")
    held = loading.locked(session, enquiry.reference, actor=acting().actor)
    who = [Approver("Prof. President", OWN)]
    approvals.ask(session, held, who, in_order=False, text="May we?", by=acting(settings=settings))
    return token_of(settings, session.scalars(select(Link).where(Link.kind == LinkKind.APPROVAL)).one())


def test_approver_is_asked_at_another_address_by_another_link(write: Write, settings: Settings) -> None:
    before = write(lambda s: ask(s, settings))
    text = again(write, settings, MessageKind.APPROVER_ASKED, OTHER)
    assert before not in text
    approval, after = write(lambda s: (a := s.query(Approval).one(), s.get_one(Link, a.link_id)))
    assert (approval.email, after.email, after.kind) == (OTHER, OTHER, LinkKind.APPROVAL)
    assert token_of(settings, after) in text
    assert opens(write, before, LinkKind.APPROVAL) is LinkEnd.REPLACED
    assert opens(write, token_of(settings, after), LinkKind.APPROVAL) == "yes"
    event = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.ASKED_ELSEWHERE)).one())
    assert (event.facts.name, event.facts.before, event.facts.after) == ("Prof. President", OWN, OTHER)


@pytest.mark.parametrize(
    ("email", "fault"),
    [
        ("president@outside.example", "outside"),
        ("coordinator@example.org", "own"),
        ("coordinator+2@example.org", "own"),
    ],
)
def test_approver_is_asked_nowhere_where_no_one_may_be_asked(
    write: Write, settings: Settings, email: str, fault: str
) -> None:
    """What could not be asked for at first cannot be had by sending the email again."""

    def send(session: Session) -> None:
        coordinator = make_person(session, role=Role.COORDINATOR, email="coordinator@example.org")
        mail = failed(session, MessageKind.APPROVER_ASKED)
        by = acting(staff(coordinator), now=LATER, settings=settings)
        sending_again.send_again(session, mail, email, known="", by=by)

    before = write(lambda s: ask(s, settings))
    with pytest.raises(Invalid) as refused:
        write(send)
    assert refused.value.faults == {"email": fault}
    assert write(lambda s: s.query(Approval).one().email) == OWN
    assert opens(write, before, LinkKind.APPROVAL) == "yes"


@pytest.mark.parametrize("recorded", [OWN, OTHER])
def test_answerers_link_goes_only_to_the_address_on_record(write: Write, settings: Settings, recorded: str) -> None:
    def rows(session: Session) -> str:
        liaison = make_person(session, role=None, email=OWN)
        make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        liaison.email = recorded
        return token_of(settings, session.scalars(select(Link).where(Link.kind == LinkKind.DECISION)).one())

    before = write(rows)
    if recorded == OWN:
        with pytest.raises(Invalid) as refused:
            again(write, settings, MessageKind.LIAISON_RECEIVED, OTHER)
        assert refused.value.faults == {"email": "person"}
        assert opens(write, before, LinkKind.DECISION) == "yes"
        return
    text = again(write, settings, MessageKind.LIAISON_RECEIVED, OTHER)
    assert before not in text
    assert "/decisions/" in text
    assert opens(write, before, LinkKind.DECISION) is LinkEnd.REPLACED


@pytest.mark.parametrize("recorded", [OWN, OTHER])
def test_facultys_link_goes_only_to_the_address_on_record(write: Write, settings: Settings, recorded: str) -> None:
    def rows(session: Session) -> str:
        referral = refer(session, settings, make_enquiry(session, settings))
        referral.faculty.email = recorded
        return token_of(settings, referral.link)

    before = write(rows)
    if recorded == OWN:
        with pytest.raises(Invalid) as refused:
            again(write, settings, MessageKind.FACULTY_ASKED, OTHER)
        assert refused.value.faults == {"email": "faculty"}
        return
    text = again(write, settings, MessageKind.FACULTY_ASKED, OTHER)
    assert before not in text
    assert opens(write, before, LinkKind.REFERRAL) is LinkEnd.REPLACED
    assert write(lambda s: s.query(Referral).one().email) == OTHER


def test_what_was_answered_goes_to_no_other_address(write: Write, settings: Settings) -> None:
    write(lambda s: ask(s, settings))
    write(lambda s: s.execute(update(Approval).values(withdrawn_at=NOW)))
    with pytest.raises(Invalid) as refused:
        again(write, settings, MessageKind.APPROVER_ASKED, OTHER)
    assert refused.value.faults == {"email": "ended"}


def correct(session: Session, settings: Settings) -> None:
    reference = session.scalars(select(Enquiry.reference)).one()
    held = loading.locked(session, reference, actor=acting().actor)
    addresses.correct(session, held, OTHER, known=OWN, by=acting(now=LATER, settings=settings))


def test_what_waits_to_leave_goes_to_the_corrected_address_with_its_link(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings, contact_email=OWN))
    write(lambda s: correct(s, settings))
    number = write(lambda s: s.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)).one())
    claimed = write(lambda s: delivery.claim(s, number, now=LATER, settings=settings))
    present = write(lambda s: token_of(settings, s.scalars(select(Link).where(Link.ended_at.is_(None))).one()))
    assert claimed.recipient_email == OTHER
    assert present in claimed.text


def test_what_a_worker_held_while_the_address_was_corrected_does_not_leave_again(
    write: Write, settings: Settings
) -> None:
    """It was claimed with the old link, which opens nothing; its next attempt is refused in sight."""
    write(lambda s: make_enquiry(s, settings, contact_email=OWN))
    number = write(lambda s: s.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)).one())
    first = write(lambda s: delivery.claim(s, number, now=NOW, settings=settings))
    write(lambda s: correct(s, settings))
    write(lambda s: delivery.record_failure(s, first, error="busy", permanent=False, now=NOW))
    due = NOW + timedelta(hours=2)
    assert write(lambda s: delivery.claim(s, number, now=due, settings=settings)) is None
    assert write(lambda s: s.get_one(Message, number).state) is MessageState.FAILED


def test_a_renewed_link_takes_the_place_of_the_old_one_in_what_waits(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings, contact_email=OWN))
    new = write(
        lambda s: token_of(settings, issuing.renew_tracking(s, s.query(Enquiry).one(), now=NOW, settings=settings))
    )
    number = write(lambda s: s.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)).one())
    assert new in write(lambda s: delivery.claim(s, number, now=NOW, settings=settings)).text


def test_a_changed_address_ends_the_links_of_the_old_one_by_itself(write: Write, settings: Settings) -> None:
    """Whatever changes it: nothing has to remember to end them."""

    def rows(session: Session) -> list[str]:
        liaison = make_person(session, role=Role.LIAISON, email=OWN)
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        links = [
            issuing.tracking(session, enquiry),
            issuing.issue(session, enquiry, liaison.id, now=NOW, settings=settings),
        ]
        liaison.email = enquiry.contact_email = "moved@example.org"
        return [token_of(settings, link) for link in links]

    tracking, decision = write(rows)
    assert opens(write, tracking, LinkKind.TRACKING) is LinkEnd.REPLACED
    assert opens(write, decision, LinkKind.DECISION) is LinkEnd.REPLACED
