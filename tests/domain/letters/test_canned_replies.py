"""Canned replies: kept once by name and language, edited by two people without loss, in the history when they go."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import LANGUAGES, acting, staff_actor
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.history import changes
from webapp.domain.letters import canned_replies
from webapp.domain.letters.canned_replies import ReplyWording
from webapp.domain.security.permissions import TABLE
from webapp.models import CannedReply
from webapp.vocabulary import AuditAction, Language, Permission, RecordType, Role

Write = Callable[[Callable[[Session], Any]], Any]
EN = Language.EN
OURS = acting()


def kept(session: Session) -> list[tuple[str, str, int]]:
    return [(row.name, row.text, row.version) for row in session.query(CannedReply).order_by(CannedReply.id)]


@pytest.mark.parametrize(
    ("wording", "faults"),
    [
        (ReplyWording("", EN, "Text"), {"name": "empty"}),
        (ReplyWording("x" * 81, EN, "Text"), {"name": "long"}),
        (ReplyWording("Name", EN, " "), {"text": "empty"}),
        (ReplyWording("Name", EN, "{secret}"), {"text": "secret"}),
        (ReplyWording("Name", EN, "{subject"), {"text": "brace"}),
        (ReplyWording("", EN, "x" * 5001), {"name": "empty", "text": "long"}),
    ],
)
def test_add_names_each_fault_and_keeps_nothing(write: Write, wording: ReplyWording, faults: dict[str, str]) -> None:
    def look(session: Session) -> None:
        with pytest.raises(Invalid) as refused:
            canned_replies.add(session, wording, by=OURS)
        assert refused.value.faults == faults
        assert kept(session) == []

    write(look)


def test_name_is_taken_once_a_language_and_the_transaction_goes_on(write: Write) -> None:
    def look(session: Session) -> None:
        canned_replies.add(session, ReplyWording("Delegates", EN, "First"), by=OURS)
        other = canned_replies.add(session, ReplyWording("Dates", EN, "Second"), by=OURS)
        for attempt in (
            lambda: canned_replies.add(session, ReplyWording("Delegates", EN, "Third"), by=OURS),
            lambda: canned_replies.change(
                session, other.id, ReplyWording("Delegates", EN, "Second"), version=1, by=OURS
            ),
        ):
            with pytest.raises(Invalid) as refused:
                attempt()
            assert refused.value.faults == {"name": "known"}
        canned_replies.add(session, ReplyWording("Delegates", Language.ZH_HANT, "第一"), by=OURS)
        session.expire_all()
        assert kept(session) == [("Delegates", "First", 1), ("Dates", "Second", 1), ("Delegates", "第一", 1)]

    write(look)


def test_second_of_two_writers_is_told_and_both_are_on_record(write: Write) -> None:
    def look(session: Session) -> None:
        number = canned_replies.add(session, ReplyWording("Delegates", EN, "First"), by=OURS).id
        canned_replies.change(session, number, ReplyWording("Delegates", EN, "Second"), version=1, by=OURS)
        with pytest.raises(Conflict):
            canned_replies.change(session, number, ReplyWording("Delegates", EN, "Third"), version=1, by=OURS)
        canned_replies.change(session, number, ReplyWording("Delegates", EN, "Second"), version=2, by=OURS)
        assert kept(session) == [("Delegates", "Second", 2)], "what says the same changes nothing"
        assert canned_replies.delete(session, number, version=2, by=OURS) == "Delegates"
        history = changes.history(session, RecordType.REPLY, number)
        assert [(line.deed, line.fields.get("text")) for line in history] == [
            (AuditAction.DELETED, ["Second", ""]),
            (AuditAction.CHANGED, ["First", "Second"]),
            (AuditAction.MADE, None),
        ]
        with pytest.raises(NotFound):
            canned_replies.reply(session, number, actor=staff_actor())

    write(look)


@pytest.mark.parametrize("role", Role)
def test_replies_are_worded_by_those_who_hold_that_right(write: Write, role: Role) -> None:
    def look(session: Session) -> None:
        number = canned_replies.add(session, ReplyWording("Delegates", EN, "First"), by=OURS).id
        by = acting(staff_actor(role))
        attempts = (
            lambda: canned_replies.add(session, ReplyWording("Other", EN, "Text"), by=by),
            lambda: canned_replies.change(session, number, ReplyWording("Delegates", EN, "New"), version=1, by=by),
            lambda: canned_replies.delete(session, number, version=2, by=by),
        )
        for attempt in attempts:
            if Permission.REPLY_EDIT in TABLE[role]:
                attempt()
            else:
                with pytest.raises(NotAllowed):
                    attempt()

    write(look)


def test_replies_of_the_partners_language_come_first(write: Write) -> None:
    def look(session: Session) -> None:
        for language in LANGUAGES:
            canned_replies.add(session, ReplyWording("Delegates", language, "Text"), by=OURS)
        for language in LANGUAGES:
            found = canned_replies.replies(session, actor=staff_actor(), language=language)
            assert found[0].language is language
            assert len(found) == 3

    write(look)
