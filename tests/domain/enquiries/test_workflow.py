"""The workflow table: its rows fit together, and no one gets stuck."""

from itertools import product

import pytest

from webapp.domain.enquiries.workflow import TABLE, allowed_actions, rule
from webapp.domain.security.permissions import TABLE as ROLES
from webapp.vocabulary import OPEN_STATUSES, Action, Kind, MessageKind, Permission, Role, Status

EVERYWHERE = list(product(Status, Kind))
ENDED = {Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN, Status.SPAM, Status.SUSPECT}
SPAM = {Status.SPAM, Status.SUSPECT}
PARTNER = {Permission.TRACKING_USE}


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
@pytest.mark.parametrize("action", Action)
def test_each_step_has_at_most_one_row(status: Status, action: Action, kind: Kind) -> None:
    rows = [row for row in TABLE if row.action is action and status in row.sources and kind in row.kinds]
    assert len(rows) <= 1
    assert rule(status, action, kind) is (rows[0] if rows else None)


def test_every_action_has_a_row() -> None:
    assert {row.action for row in TABLE} == set(Action)


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_partner_actions_and_staff_actions_never_mix(status: Status, kind: Kind) -> None:
    for row in allowed_actions(status, kind, Permission):
        assert row.by_partner == (row.permission is Permission.TRACKING_USE)
        assert row.by_partner == (row.action in {Action.WRITE, Action.WITHDRAW})


@pytest.mark.parametrize("kind", Kind)
def test_every_status_is_reached_and_open_ones_lead_to_an_end(kind: Kind) -> None:
    def after(status: Status) -> set[Status]:
        return {row.target for row in allowed_actions(status, kind, Permission) if row.target is not None}

    reached, new = {Status.RECEIVED}, {Status.RECEIVED}
    while new:
        new = set().union(*map(after, new)) - reached
        reached |= new
    # Held is only what comes so.
    expected = set(Status) - {Status.SUSPECT} - (set() if kind is Kind.VISIT else {Status.SCHEDULED})
    assert reached == expected
    assert all(after(status) & ENDED for status in OPEN_STATUSES if status in reached)


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_partner_hears_of_every_change_by_others_that_they_can_see(status: Status, kind: Kind) -> None:
    silent = {Action.RESUME, Action.ASK_APPROVAL, Action.APPROVE, Action.REFUSE}
    silent |= {Action.MARK_SPAM, Action.UNMARK_SPAM, Action.WRITE}
    for row in allowed_actions(status, kind, Permission):
        changes = row.target is not None and row.target is not status
        hears = bool({MessageKind.PARTNER_STATUS, MessageKind.PARTNER_MERGED} & set(row.messages))
        assert hears == (changes and row.action not in silent and status not in SPAM)


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_allowed_actions_need_a_permission(status: Status, kind: Kind) -> None:
    assert allowed_actions(status, kind, ()) == ()
    for permission in Permission:
        assert {row.permission for row in allowed_actions(status, kind, [permission])} <= {permission}


def test_partner_may_always_write_and_withdraw_what_has_not_ended() -> None:
    for status, kind in EVERYWHERE:
        actions = {row.action for row in allowed_actions(status, kind, PARTNER)}
        assert Action.WRITE in actions
        assert (Action.WITHDRAW in actions) == (status in OPEN_STATUSES or status in SPAM)


@pytest.mark.parametrize("role", Role)
def test_no_role_acts_in_the_partners_place(role: Role) -> None:
    assert not ROLES[role] & PARTNER
