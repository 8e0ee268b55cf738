"""The workflow table: its rows fit together, and no one gets stuck."""

from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from webapp.domain.enquiries.workflow import TABLE, Place, Rule, allowed_actions, chosen_action, following, rule
from webapp.domain.security.permissions import TABLE as ROLES
from webapp.vocabulary import OPEN_STATUSES, Action, Advice, DecisionChoice, Kind, MessageKind, Permission, Role, Status

EVERYWHERE = list(product(Status, Kind))
ENDED = {Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN, Status.SPAM, Status.SUSPECT}
SPAM = {Status.SPAM, Status.SUSPECT}
PARTNER = {Permission.TRACKING_USE}
ANSWERS = {Action.WRITE, Action.TAKE_DATES, Action.PASS_OVER_DATES}
BY_PARTNER = {*ANSWERS, Action.WITHDRAW, Action.REQUEST_LINK, Action.CHANGE_GROUP}
NEWS = {
    MessageKind.PARTNER_STATUS,
    MessageKind.PARTNER_MERGED,
    MessageKind.PARTNER_DATES,
    MessageKind.PARTNER_VISIT_POSTPONED,
}


def rows(status: Status, kind: Kind, permissions: Iterable[Permission] = Permission) -> Iterator[tuple[Action, Rule]]:
    for action in allowed_actions(status, kind, permissions):
        row = rule(status, action, kind)
        assert row
        yield action, row


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
@pytest.mark.parametrize("action", Action)
def test_each_step_has_at_most_one_rule(status: Status, action: Action, kind: Kind) -> None:
    found = [row for row in TABLE[action].rules if status in row.sources and kind in row.kinds]
    assert len(found) <= 1
    assert rule(status, action, kind) is (found[0] if found else None)


def test_every_action_has_a_row_and_each_row_a_rule() -> None:
    assert set(TABLE) == set(Action)
    assert all(row.action is action and row.rules for action, row in TABLE.items())


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_partner_actions_and_staff_actions_never_mix(status: Status, kind: Kind) -> None:
    for action, row in rows(status, kind):
        assert TABLE[action].by_partner == (row.permission is Permission.TRACKING_USE)
        assert TABLE[action].by_partner == (action in BY_PARTNER)


@pytest.mark.parametrize("kind", Kind)
def test_every_status_is_reached_and_open_ones_lead_to_an_end(kind: Kind) -> None:
    def after(status: Status) -> set[Status]:
        return {row.target for _, row in rows(status, kind) if row.target is not None}

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
    silent |= {Action.MARK_SPAM, Action.UNMARK_SPAM, *ANSWERS}
    for action, row in rows(status, kind):
        changes = row.target is not None and row.target is not status
        told = set(row.messages)
        if changes:
            assert bool(NEWS & told) == (action not in silent and status not in SPAM)
        assert changes or MessageKind.PARTNER_STATUS not in told


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_allowed_actions_need_a_permission(status: Status, kind: Kind) -> None:
    assert allowed_actions(status, kind, ()) == ()
    for permission in Permission:
        assert {row.permission for _, row in rows(status, kind, [permission])} <= {permission}


def test_partner_may_always_write_and_withdraw_what_has_not_ended() -> None:
    for status, kind in EVERYWHERE:
        actions = allowed_actions(status, kind, PARTNER)
        assert Action.WRITE in actions
        assert (Action.WITHDRAW in actions) == (status in OPEN_STATUSES or status in SPAM)


@pytest.mark.parametrize("role", Role)
def test_no_role_acts_in_the_partners_place(role: Role) -> None:
    assert not ROLES[role] & PARTNER


@pytest.mark.parametrize("action", Action)
def test_what_the_partner_gets_an_email_about_or_answers_them_they_can_read(action: Action) -> None:
    row = TABLE[action]
    hears = any(message.startswith("partner_") for rule in row.rules for message in rule.messages)
    # A new link is all that the email about it says.
    assert row.public or row.renews_link or not (hears or row.answers_partner or row.by_partner)


@pytest.mark.parametrize("action", Action)
def test_what_no_role_may_do_is_behind_a_link_and_nothing_else_is(action: Action) -> None:
    held = frozenset().union(*ROLES.values())
    assert (TABLE[action].place is Place.LINK) == (not any(rule.permission in held for rule in TABLE[action].rules))


@pytest.mark.parametrize("action", Action)
def test_what_is_taken_on_many_needs_no_words_and_what_takes_it_back_is_taken_back_by_it(action: Action) -> None:
    row = TABLE[action]
    assert not (row.in_bulk and (row.needs_text or row.needs or row.place is Place.LINK))
    assert row.in_bulk or not row.takes_value
    assert row.in_bulk or row.inverse is None
    assert row.inverse is None or TABLE[row.inverse].inverse is action
    assert not row.needs_text or row.takes_text


@pytest.mark.parametrize(("status", "kind"), EVERYWHERE)
def test_there_is_one_way_forward_at_most(status: Status, kind: Kind) -> None:
    assert sum(TABLE[action].is_forward for action in allowed_actions(status, kind, Permission)) <= 1


def test_each_choice_behind_a_link_and_each_advice_names_one_action() -> None:
    choices = [row.choice for row in TABLE.values() if row.choice]
    assert sorted(choices) == sorted(set(DecisionChoice) - {DecisionChoice.AWAY})
    assert all(TABLE[action].choice is choice for choice in choices if (action := chosen_action(choice)))
    followed = [advice for row in TABLE.values() for advice, _ in row.follows]
    assert sorted(followed) == sorted(set(Advice) - {Advice.ASK})
    for row in TABLE.values():
        for advice, letter in row.follows:
            assert letter in row.letters
            assert following(advice) == (row.action, letter)
    assert following(Advice.ASK) is None
