"""Screening: saved by a person, asked for before accepting where the office wants it, deciding nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, staff_actor
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.enquiries import actions, preconditions, screening
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotYet
from webapp.domain.history import changes as history_changes
from webapp.domain.settings import Choices
from webapp.models import Enquiry, Message
from webapp.vocabulary import Action, EventKind, RecordType, Role, ScreeningResult, Status

Write = Callable[[Callable[[Session], Any]], Any]
R = ScreeningResult
ADMINISTRATOR = staff_actor(Role.ADMINISTRATOR)


@pytest.fixture
def screen(settings: Settings) -> Callable[..., Any]:
    def run(
        session: Session, enquiry: Enquiry, result: R | None, *, lists: str = "UN", note: str = "Seen", **more: Any
    ) -> Any:
        by = acting(more.pop("actor", None), settings=settings)
        return screening.screen(session, enquiry, result, lists=lists, note=note, by=by, **more)

    return run


@pytest.fixture
def accept(settings: Settings) -> Callable[..., Any]:
    def run(session: Session, enquiry: Enquiry) -> Any:
        return actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))

    return run


def require(session: Session, settings: Settings, *, version: int = 0, required: bool = True) -> None:
    chosen = {"screening_required": required, "screening_lists": "UN, EU"}
    office_settings.change(session, chosen, version=version, settings=settings, by=acting(ADMINISTRATOR))
    session.flush()


def test_screening_is_a_line_of_history_and_nothing_else(write: Write, settings: Settings, screen: Any) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        mails = session.query(Message).count()
        event = screen(session, enquiry, R.CLEAR, note="")
        assert (event.kind, event.public, event.facts.result, event.facts.lists) == (
            EventKind.SCREENED, False, R.CLEAR, "UN",
        )  # fmt: skip
        assert (event.actor_name, enquiry.status, enquiry.version) == ("Lee Siu Ming", Status.RECEIVED, 2)
        assert session.query(Message).count() == mails
        assert preconditions.result(preconditions.screening(session, enquiry)) is R.CLEAR

    write(look)


@pytest.mark.parametrize(
    ("result", "given", "fault"),
    [
        (None, {}, "result"),
        (R.CLEARED, {}, "result"),
        (R.CLEAR, {"lists": " "}, "lists"),
        (R.CLEAR, {"lists": "x" * 501}, "lists"),
        (R.MATCH, {"note": " "}, "note"),
    ],
)
def test_screening_without_what_it_needs_is_refused(
    write: Write, settings: Settings, screen: Any, result: R | None, given: dict[str, str], fault: str
) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        with pytest.raises(Invalid) as refused:
            screen(session, enquiry, result, **given)
        assert set(refused.value.faults) == {fault}
        assert enquiry.version == 1

    write(look)


def test_match_stays_one_until_somebody_clears_it_and_says_why(write: Write, settings: Settings, screen: Any) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        screen(session, enquiry, R.MATCH)
        with pytest.raises(Invalid):
            screen(session, enquiry, R.CLEAR)
        with pytest.raises(Invalid):
            screen(session, enquiry, R.CLEARED, note="")
        screen(session, enquiry, R.CLEARED)
        screen(session, enquiry, R.CLEAR)

    write(look)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COORDINATOR, Role.ADMINISTRATOR)])
def test_screening_is_for_the_office(write: Write, settings: Settings, screen: Any, role: Role) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        for result in (R.CLEAR, None):
            with pytest.raises(NotAllowed):
                screen(session, enquiry, result, actor=staff_actor(role))

    write(look)


def test_second_person_is_told_before_anything_else(write: Write, settings: Settings, screen: Any) -> None:
    def look(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        for result in (R.CLEAR, None):
            with pytest.raises(Conflict):
                screen(session, enquiry, result, version=7)

    write(look)


def test_accepting_waits_for_the_screening_where_the_office_wants_it(
    write: Write, settings: Settings, screen: Any, accept: Any
) -> None:
    def look(session: Session) -> None:
        free = make_enquiry(session, settings)
        accept(session, free)
        require(session, settings)
        enquiry = make_enquiry(session, settings)
        mails = session.query(Message).count()
        for result, step in ((None, "screening"), (R.MATCH, "match")):
            if result:
                screen(session, enquiry, result)
            with pytest.raises(NotYet) as refused:
                accept(session, enquiry)
            assert refused.value.step == step
            assert enquiry.status is Status.RECEIVED
        assert session.query(Message).count() == mails
        screen(session, enquiry, R.CLEARED)
        accept(session, enquiry)
        assert enquiry.status is Status.ACCEPTED

    write(look)


@pytest.mark.parametrize("action", [Action.REVIEW, Action.DECLINE, Action.ASK_PARTNER, Action.NOTE])
def test_only_accepting_waits(write: Write, settings: Settings, action: Action) -> None:
    def look(session: Session) -> None:
        require(session, settings)
        enquiry = make_enquiry(session, settings)
        actions.act(session, enquiry, action, text="Words", by=acting(settings=settings))

    write(look)


def test_settings_are_changed_by_administrators_one_at_a_time(write: Write, settings: Settings) -> None:
    def look(session: Session) -> None:
        assert office_settings.choices(session) == Choices()
        with pytest.raises(NotAllowed):
            office_settings.change(session, {"screening_required": True}, version=0, settings=settings, by=acting())
        require(session, settings)
        with pytest.raises(Conflict):
            require(session, settings, required=False)
        require(session, settings, version=1)
        assert (office_settings.choices(session).screening_required, office_settings.version(session)) == (True, 1)
        changes = history_changes.history(session, RecordType.SETTINGS, office_settings.KEY)
        assert [change.fields for change in changes] == [
            {"screening_required": [False, True], "screening_lists": ["", "UN, EU"]}
        ]

    write(look)
