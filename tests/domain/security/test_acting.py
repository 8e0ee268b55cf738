"""Who acts, when, under which settings: one value."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import acting, make_settings, staff_actor
from webapp.domain.security.permissions import SYSTEM
from webapp.vocabulary import Permission, Role


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Hong_Kong", 24), ("Europe/London", 23), ("Pacific/Kiritimati", 24), ("Etc/GMT+12", 23)]
)
def test_today_is_the_day_at_the_institution(zone: str, day: int) -> None:
    settings = make_settings("sqlite:///unused.db", timezone=zone)
    by = acting(now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC), settings=settings)
    assert by.today == date(2026, 11, day)


def test_what_someone_can_do_is_what_their_role_can() -> None:
    assert acting().can(Permission.ENQUIRY_TRIAGE)
    assert not acting(staff_actor(Role.OBSERVER)).can(Permission.ENQUIRY_TRIAGE)
    assert not acting(SYSTEM).can(Permission.ENQUIRY_READ)


def test_someone_else_acts_at_the_same_time_under_the_same_settings() -> None:
    by = acting(now=datetime(2026, 1, 1, tzinfo=UTC))
    other = by.as_(SYSTEM)
    assert (other.actor, other.now, other.settings) == (SYSTEM, by.now, by.settings)
    assert by.actor == staff_actor()
