"""One kind becomes another: no answer is lost or misread, the promise stays, the partner gets an email."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, VISIT_ANSWERS, acting, make_enquiry, staff_actor
from webapp import labels, questions
from webapp.config import Settings
from webapp.domain.enquiries import conversion, loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.security.permissions import Actor
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import IN_HAND, Action, EventKind, Kind, Language, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()
ANSWERS: dict[Kind, dict[str, Any]] = {
    Kind.VISIT: {**VISIT_ANSWERS, "outcome": "A plan for three years", "interpreter": False, "days": 2},
    Kind.COLLABORATION: {
        "types": ["agreement", "short_programme"],
        "disciplines": "Nursing",
        "outcome": "An agreement",
        "university_contact": "Prof. Chan Tai Man",
    },
    Kind.QUESTION: {},
}


def convert(
    write: Write, settings: Settings, reference: str, kind: Kind, *, actor: Actor = OFFICE, **more: Any
) -> None:
    def run(session: Session) -> None:
        found = loading.locked(session, reference, actor=OFFICE)
        values = {"version": found.version, **more}
        conversion.convert(session, found, kind, by=acting(actor, settings=settings), **values)

    write(run)


def row(write: Write, reference: str) -> Enquiry:
    return write(lambda s: s.scalars(select(Enquiry).where(Enquiry.reference == reference)).one())  # type: ignore[no-any-return]


def test_no_answer_is_lost_over_any_sequence_of_kinds(write: Write, settings: Settings) -> None:
    @given(first=st.sampled_from(Kind), kinds=st.lists(st.sampled_from(Kind), max_size=6), data=st.data())
    @hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(first: Kind, kinds: list[Kind], data: st.DataObject) -> None:
        names = data.draw(st.sets(st.sampled_from(sorted(ANSWERS[first]))) if ANSWERS[first] else st.just(set()))
        answers = {name: ANSWERS[first][name] for name in names}
        reference = write(lambda s: make_enquiry(s, settings, kind=first, answers=answers).reference)
        before = row(write, reference)
        for kind in kinds:
            if kind is not row(write, reference).kind:
                convert(write, settings, reference, kind)
            found = row(write, reference)
            assert found.answers == answers
            assert (found.kind, found.asked_as) == (kind, first)
            assert (found.promised_on, found.due_on, found.pauses) == (before.promised_on, before.due_on, [])
            assert told(found.kind, answers) == len(answers)

    check()


def told(kind: Kind, answers: dict[str, Any]) -> int:
    """How many answers a page shows, each once."""
    rows = labels.answer_rows(kind, answers, str, Language.EN)
    return len([*rows, *labels.earlier_answer_rows(kind, answers, str, Language.EN)])


@pytest.mark.parametrize(("one", "other"), list(combinations(Kind, 2)))
def test_what_two_kinds_ask_under_one_key_means_the_same_in_both(one: Kind, other: Kind) -> None:
    for key in questions.asked(one) & questions.asked(other):
        value = {key: ANSWERS[one][key]}
        shown = [labels.answer_fields(kind, value, str, Language.EN) for kind in (one, other)]
        assert shown[0] == shown[1] != []


def test_words_of_the_partner_count_for_the_kind_that_asked_them(write: Write, settings: Settings) -> None:
    answers = ANSWERS[Kind.COLLABORATION]
    reference = write(lambda s: make_enquiry(s, settings, kind=Kind.COLLABORATION, answers=answers).reference)
    convert(write, settings, reference, Kind.VISIT)
    found = row(write, reference)
    assert labels.answer_rows(found.kind, found.answers, str, Language.EN) == [("Expected outcome", "An agreement")]
    earlier = dict(labels.earlier_answer_rows(found.kind, found.answers, str, Language.EN))
    assert earlier["Kinds of collaboration"] == "Agreement, Short programme"
    assert "Expected outcome" not in earlier


def test_partner_is_told_in_their_language_in_the_same_thread(write: Write, settings: Settings) -> None:
    reference = write(lambda s: make_enquiry(s, settings, kind=Kind.QUESTION, language=Language.ZH_HANT).reference)
    convert(write, settings, reference, Kind.VISIT, text="我們會盡快安排。")
    mails = write(lambda s: s.scalars(select(Message).order_by(Message.id)).all())
    receipt, mail = (next(m for m in mails if m.kind is kind) for kind in
                     (MessageKind.PARTNER_RECEIPT, MessageKind.PARTNER_CONVERTED))  # fmt: skip
    assert "您的來函現按代表團訪問處理" in mail.text
    assert "我們會盡快安排。" in mail.text
    assert "/track/" in mail.text
    assert mail.subject == receipt.subject
    assert mail.in_reply_to == receipt.message_id
    event = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.CONVERTED)).one())
    assert (event.public, event.action, event.actor_name) == (True, Action.CONVERT, "Lee Siu Ming")
    assert (event.facts.before, event.facts.after) == (Kind.QUESTION, Kind.VISIT)


def test_message_of_the_partner_still_waits_for_an_answer(write: Write, settings: Settings) -> None:
    reference = write(lambda s: make_enquiry(s, settings, kind=Kind.QUESTION).reference)

    def waits(session: Session) -> None:
        session.scalars(select(Enquiry)).one().partner_wrote_at = NOW

    write(waits)
    convert(write, settings, reference, Kind.VISIT)
    assert row(write, reference).partner_wrote_at == NOW


@pytest.mark.parametrize("status", Status)
def test_only_what_has_no_first_answer_yet_is_converted(write: Write, settings: Settings, status: Status) -> None:
    reference = write(lambda s: make_enquiry(s, settings, status=status).reference)
    before = row(write, reference)
    if status in IN_HAND:
        convert(write, settings, reference, Kind.QUESTION)
        after = row(write, reference)
        assert (after.kind, after.status, after.clock_stopped_on) == (Kind.QUESTION, status, before.clock_stopped_on)
    else:
        with pytest.raises(NotAllowed):
            convert(write, settings, reference, Kind.QUESTION)
        assert row(write, reference).kind is Kind.VISIT


def test_conversion_is_checked_like_any_other_action(write: Write, settings: Settings) -> None:
    reference = write(lambda s: make_enquiry(s, settings).reference)
    with pytest.raises(Invalid):
        convert(write, settings, reference, Kind.VISIT)
    with pytest.raises(Invalid):
        convert(write, settings, reference, Kind.QUESTION, text="Dear {contact_name}")
    with pytest.raises(Conflict):
        convert(write, settings, reference, Kind.QUESTION, version=7)
    for role in (Role.HOST, Role.OBSERVER):
        with pytest.raises(NotAllowed):
            convert(write, settings, reference, Kind.QUESTION, actor=staff_actor(role))
    assert (row(write, reference).kind, row(write, reference).version) == (Kind.VISIT, 1)
