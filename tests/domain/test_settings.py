"""What the office chooses takes the place of the environment's values, and gives way to them again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, staff_actor
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.history import changes
from webapp.models import Enquiry, OfficeSettings
from webapp.vocabulary import Kind, LeaderRank, Level, RecordType, Role

Write = Callable[[Callable[[Session], Any]], Any]
Choose = Callable[..., Settings]
ADMINISTRATOR = staff_actor(Role.ADMINISTRATOR)


@pytest.fixture
def choose(write: Write, settings: Settings) -> Choose:
    """Choose in a transaction of its own, and return the settings then in force."""

    def run(*, version: int = 0, actor: Any = ADMINISTRATOR, environment: Settings = settings, **chosen: Any) -> Any:
        def change(session: Session) -> Settings:
            by = acting(actor)
            office_settings.change(session, chosen, by=by, version=version, settings=environment)
            session.flush()
            return office_settings.in_force(session, environment)

        return write(change)

    return run


def history(write: Write) -> list[dict[str, Any]]:
    return [change.fields for change in write(lambda s: changes.history(s, RecordType.SETTINGS, office_settings.KEY))]


def chosen(write: Write) -> dict[str, Any]:
    found: dict[str, Any] = write(lambda s: s.get_one(OfficeSettings, 1).chosen)
    return found


def test_environment_holds_until_somebody_chooses(write: Write, settings: Settings) -> None:
    assert write(lambda s: office_settings.in_force(s, settings)) is settings


def test_what_is_chosen_holds_and_the_rest_follows_the_environment(choose: Choose, settings: Settings) -> None:
    found = choose(institution="Example University", promise_days_visit=10, level_dean="a")
    assert (found.institution, found.institution_short) == ("Example University", settings.institution_short)
    assert [found.promised(kind) for kind in Kind] == [10, 5, 5]
    assert found.levels.of(LeaderRank.DEAN) is Level.A
    assert found.secret_key == settings.secret_key


def test_environments_value_is_no_choice_and_wins_again(choose: Choose, write: Write, settings: Settings) -> None:
    choose(institution="Example University", brand=settings.brand)
    assert chosen(write) == {"institution": "Example University"}
    moved = settings.model_copy(update={"institution": "Sample University", "brand": "#1b3a6b"})
    found = write(lambda s: office_settings.in_force(s, moved))
    assert (found.institution, found.brand) == ("Example University", "#1b3a6b")
    choose(version=1, institution=settings.institution)
    assert chosen(write) == {}
    assert write(lambda s: office_settings.in_force(s, moved)) is moved


def test_history_has_what_held_before_and_after(choose: Choose, write: Write, settings: Settings) -> None:
    choose(institution="Example University", brand=settings.brand)
    choose(version=1, institution="Example University")
    choose(version=1, institution=settings.institution, level_dean="c")
    assert history(write) == [
        {"institution": ["Example University", settings.institution], "level_dean": ["b", "c"]},
        {"institution": [settings.institution, "Example University"]},
    ]


def test_only_administrators_choose(choose: Choose) -> None:
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            with pytest.raises(NotAllowed):
                choose(actor=staff_actor(role), institution="Example University")


def test_whoever_changes_what_another_changed_meanwhile_is_refused(choose: Choose, write: Write) -> None:
    choose(institution="Example University")
    choose(version=1, brand="#1b3a6b")
    with pytest.raises(Conflict):
        choose(version=0, institution="Sample University", brand="#1f5a3c")
    with pytest.raises(Conflict):
        choose(version=1, brand="#1f5a3c")
    with pytest.raises(Conflict):
        choose(version=7, promise_days_visit=7)
    assert choose(version=0, promise_days_visit=7).promise_days_visit == 7
    assert chosen(write) == {"institution": "Example University", "brand": "#1b3a6b", "promise_days_visit": 7}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"institution": ""}, "value"),
        ({"institution_zh_hant": "one\ntwo"}, "value"),
        ({"institution_short": "x" * 201}, "value"),
        ({"brand": "navy"}, "value"),
        ({"promise_days_visit": 0}, "value"),
        ({"promise_days_question": 61}, "value"),
        ({"notice_online": 0}, "value"),
        ({"level_dean": "d"}, "value"),
        ({"notice_b": 19}, "order"),
        ({"notice_a": 29}, "order"),
        ({"notice_c": 4}, "order"),
    ],
)
def test_value_that_cannot_be_is_refused_by_field(
    choose: Choose, write: Write, given: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Invalid) as refused:
        choose(**given)
    assert refused.value.faults == dict.fromkeys(given, fault)
    assert history(write) == []


def test_stored_value_that_this_version_cannot_use_is_passed_over(
    choose: Choose, write: Write, settings: Settings
) -> None:
    choose(institution="Example University")
    spoilt = {"institution": "Example University", "brand": "navy", "promise_days_visit": 0, "gone": 1}
    write(lambda s: s.execute(update(OfficeSettings).values(chosen=spoilt)))
    found = write(lambda s: office_settings.in_force(s, settings))
    assert (found.institution, found.brand, found.promise_days_visit) == (
        "Example University", settings.brand, settings.promise_days_visit,
    )  # fmt: skip


def test_settings_in_force_take_one_query_and_write_nothing(
    choose: Choose, write: Write, settings: Settings, count_queries: Any
) -> None:
    choose(institution="Example University")
    with count_queries() as statements:
        write(lambda s: office_settings.in_force(s, settings))
    assert len(statements) == 1


def test_chosen_promise_holds_for_enquiries_from_then_on_and_for_its_kind(
    choose: Choose, write: Write, settings: Settings
) -> None:
    earlier = write(lambda s: make_enquiry(s, settings).id)
    chosen = choose(promise_days_visit=10)
    found = {kind: write(lambda s, kind=kind: make_enquiry(s, chosen, kind=kind)) for kind in Kind}
    assert {kind: enquiry.promised_days for kind, enquiry in found.items()} == {
        Kind.VISIT: 10,
        Kind.COLLABORATION: 5,
        Kind.QUESTION: 5,
    }
    assert found[Kind.VISIT].promised_on == date(2026, 12, 7)
    assert found[Kind.QUESTION].promised_on == date(2026, 11, 30)
    kept = write(lambda s: s.get_one(Enquiry, earlier))
    assert (kept.promised_days, kept.promised_on) == (5, date(2026, 11, 30))


def test_what_the_environment_says_can_always_be_put_back(choose: Choose, settings: Settings) -> None:
    odd = settings.model_copy(update={"notice_b": 10})
    choose(environment=odd, notice_b=30)
    assert choose(environment=odd, version=1, notice_b=10).notice_b == 10
