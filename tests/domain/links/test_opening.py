"""Links of every kind: each opens what it is for and nothing else, until it ends, and is found by index."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    acting,
    make_enquiry,
    make_network,
    make_person,
    opened,
    receive,
    refer,
    tracking_token,
)
from webapp.config import Settings
from webapp.domain.accounts import people
from webapp.domain.decisions import approvals, by_link, referrals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.decisions.by_link import Answer
from webapp.domain.enquiries import tracking
from webapp.domain.errors import Gone, NotFound
from webapp.domain.links import issuing, opening
from webapp.domain.messages import delivery
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import hosting
from webapp.domain.visits.hosting import Reply
from webapp.models import Approval, Attachment, Enquiry, Link, Message
from webapp.vocabulary import ApprovalOutcome, DecisionChoice, Finding, LinkEnd, LinkKind, SlotAnswer, Status

Write = Callable[[Callable[[Session], Any]], Any]
VERBS: dict[LinkKind, Callable[..., Any]] = {
    LinkKind.TRACKING: lambda s, link, given: tracking.locked(s, link, now=given["now"]),
    LinkKind.BROWSER: lambda s, link, given: tracking.locked(s, link, now=given["now"]),
    LinkKind.DECISION: lambda s, link, given: by_link.decide(
        s, link, Answer(DecisionChoice.DECLINE, "No."), version=link.enquiry.version, **given
    ),
    LinkKind.APPROVAL: lambda s, link, given: approvals.answer(s, link, ApprovalOutcome.APPROVED, note="", **given),
    LinkKind.REFERRAL: lambda s, link, given: referrals.answer(s, link, Finding.CAN_HELP, note="", **given),
    LinkKind.HOST: lambda s, link, given: hosting.answer_by_link(s, link, Reply(SlotAnswer.YES), **given),
}


def add(session: Session, settings: Settings, email: str = "ng@example.org") -> Enquiry:
    """An enquiry with a link of each kind, in the order of the kinds."""
    liaison = people.find(session, email) or make_person(session, role=None, name="Dr Ng", email=email)
    enquiry = make_enquiry(session, settings, network=make_network(session, liaison=liaison))
    dean = Approver("Prof. Dean", "dean@example.org")
    by = acting(settings=settings)
    approvals.ask(session, enquiry, [dean], in_order=True, text="May they?", by=by)
    refer(session, settings, enquiry)
    receive(session, settings, enquiry)
    own = issuing.of_browser(enquiry.id, enquiry.contact_email, "a browser", now=NOW, settings=settings)
    session.add(own)
    # Which browser it is, is another matter than which kind.
    own.browser_hash, own.expires_at = None, NOW + approvals.LASTS
    return enquiry


@pytest.fixture
def tokens(build: Write, settings: Settings) -> dict[LinkKind, str]:
    """The tokens of the links of one enquiry, by kind; there is another enquiry with its own."""

    def make(session: Session) -> dict[LinkKind, str]:
        enquiry = add(session, settings)
        add(session, settings)
        found = session.scalars(sa.select(Link).where(Link.enquiry_id == enquiry.id))
        return {link.kind: link_token(link, secret_keys=settings.secret_keys) for link in found}

    made: dict[LinkKind, str] = build(make)
    assert set(made) == set(LinkKind)
    return made


@pytest.mark.parametrize("verb", LinkKind)
@pytest.mark.parametrize("kind", LinkKind)
def test_link_does_only_what_its_kind_is_for(
    write: Write, settings: Settings, tokens: dict[LinkKind, str], kind: LinkKind, verb: LinkKind
) -> None:
    def act(session: Session) -> Any:
        found = opened(session, settings, tokens[kind])
        return VERBS[verb](session, found, {"now": NOW, "settings": settings})

    if kind is verb or {kind, verb} <= {*opening.PARTNERS}:
        write(act)
        return
    with pytest.raises(NotFound):
        write(act)
    assert write(lambda s: s.scalars(sa.select(Enquiry.status)).all()) == [Status.AWAITING_APPROVAL] * 2


@pytest.mark.parametrize("kind", LinkKind)
def test_link_opens_among_its_own_kinds_alone(write: Write, tokens: dict[LinkKind, str], kind: LinkKind) -> None:
    others = [each for each in LinkKind if each is not kind]
    with pytest.raises(NotFound):
        write(lambda s: opening.opened(s, tokens[kind], *others, now=NOW))
    assert write(lambda s: opening.opened(s, tokens[kind], kind, now=NOW)).kind is kind


@pytest.mark.parametrize("kind", LinkKind)
@pytest.mark.parametrize(
    ("change", "passed_to"),
    [
        ({"ended_at": NOW, "ended_why": LinkEnd.PASSED_ON, "passed_to": "Ms Ho"}, "Ms Ho"),
        ({"ended_at": NOW}, ""),
        ({"expires_at": NOW}, ""),
    ],
)
def test_link_that_has_ended_or_run_out_opens_and_does_nothing(
    write: Write,
    settings: Settings,
    tokens: dict[LinkKind, str],
    kind: LinkKind,
    change: dict[str, Any],
    passed_to: str,
) -> None:
    before = write(lambda s: opened(s, settings, tokens[kind]))
    write(lambda s: s.execute(sa.update(Link).where(Link.id == before.link.id).values(**change)))
    with pytest.raises(Gone) as gone:
        write(lambda s: opened(s, settings, tokens[kind]))
    assert (gone.value.passed_to, gone.value.why) == (passed_to, change.get("ended_why"))
    # It was opened before it ended: the verb opens it again.
    with pytest.raises(Gone):
        write(lambda s: VERBS[kind](s, before, {"now": NOW, "settings": settings}))


def test_link_opens_until_its_last_moment(write: Write, settings: Settings, tokens: dict[LinkKind, str]) -> None:
    for kind in opening.ANSWERING:
        ends = write(lambda s, kind=kind: opened(s, settings, tokens[kind])).link.expires_at
        write(lambda s, kind=kind, ends=ends: opened(s, settings, tokens[kind], now=ends - timedelta(seconds=1)))
    years = NOW + timedelta(days=3650)
    assert write(lambda s: opened(s, settings, tokens[LinkKind.TRACKING], now=years)).enquiry_id


def test_each_link_has_the_address_that_it_was_sent_to(write: Write, settings: Settings) -> None:
    write(lambda s: add(s, settings))
    query = sa.select(Message.recipient_email, Link.email, Link.kind).join(Message.link)
    rows = write(lambda s: s.execute(query).all())
    # That of a browser is in no email.
    assert {row.kind for row in rows} == set(LinkKind) - {LinkKind.BROWSER}
    assert all(row.recipient_email == row.email for row in rows)


def test_link_of_an_address_that_a_person_no_longer_has_is_not_given_out_again(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> tuple[str, str]:
        person = make_person(session, role=None, email="old@example.org")
        enquiry = make_enquiry(session, settings)
        first = issuing.issue(session, enquiry, person.id, now=NOW, settings=settings)
        assert issuing.issue(session, enquiry, person.id, now=NOW, settings=settings) is first
        person.email = "new@example.org"
        return first.email, issuing.issue(session, enquiry, person.id, now=NOW, settings=settings).email

    assert write(run) == ("old@example.org", "new@example.org")


def test_emails_carry_the_links_of_their_own_enquiry(write: Write, settings: Settings) -> None:
    """Two enquiries of one partner and one liaison: the tokens in each email open the enquiry that it is about."""

    def run(session: Session) -> list[tuple[int | None, set[int], set[int]]]:
        for _ in range(2):
            add(session, settings)
        found = {link_token(each, secret_keys=settings.secret_keys): each for each in session.scalars(sa.select(Link))}
        rows = []
        for message in session.scalars(sa.select(Message).order_by(Message.id)).all():
            letter = delivery.claim(session, message.id, now=NOW, settings=settings)
            assert letter is not None
            carried = [link for token, link in found.items() if token in letter.text + letter.html]
            rows.append((message.enquiry_id, {each.enquiry_id for each in carried}, {each.id for each in carried}))
            assert {each.id for each in carried} == {message.link_id} - {None}
        return rows

    rows = write(run)
    assert len(rows) >= 8
    assert all(of in ({about}, set()) for about, of, _ in rows)
    assert len(set.union(*(carried for _, _, carried in rows))) == 10


def test_one_statement_opens_a_link_and_one_more_brings_its_history_and_one_its_files(
    write: Write, settings: Settings, tokens: dict[LinkKind, str], count_queries: Any
) -> None:
    for token in tokens.values():
        for shown, expected in ((False, 1), (True, 2)):
            with count_queries() as statements:
                write(lambda s, token=token, shown=shown: opened(s, settings, token, shown=shown))
            assert len(statements) == expected
    write(lambda s: s.add(_file_of(s.scalars(sa.select(Enquiry).order_by(Enquiry.id)).first())))
    with count_queries() as statements:
        found = write(lambda s: opened(s, settings, tokens[LinkKind.TRACKING], shown=True))
    assert len(statements) == len(found.enquiry.attachments) + 2 == 3


def _file_of(enquiry: Enquiry | None) -> Attachment:
    assert enquiry is not None
    given = {"name": "plan.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64, "content": b"x"}
    return Attachment(enquiry_id=enquiry.id, added_at=NOW, **given)


def test_partners_token_is_the_one_of_their_emails(write: Write, settings: Settings) -> None:
    def run(session: Session) -> tuple[str, str]:
        enquiry = make_enquiry(session, settings)
        (receipt,) = session.scalars(sa.select(Message).where(Message.kind == "partner_receipt"))
        letter = delivery.claim(session, receipt.id, now=NOW, settings=settings)
        assert letter is not None
        return tracking_token(session, settings, enquiry), letter.text

    token, text = write(run)
    assert f"/track/{token}" in text


def test_approvals_link_is_lengthened_with_each_asking(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = add(session, settings)
        later = NOW + timedelta(days=20)
        approvals.chase(session, enquiry, by=acting(now=later, settings=settings))
        (row,) = session.scalars(sa.select(Approval).options(sa.orm.joinedload(Approval.link)))
        assert row.link.expires_at == later + approvals.LASTS

    write(run)
