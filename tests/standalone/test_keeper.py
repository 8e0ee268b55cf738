"""What the keeper remembers. What it does with that is tested with the supervisor."""

from webapp.standalone.keeper import groups_left


def test_groups_left_are_those_of_before_and_announced_and_not_taken_back() -> None:
    assert groups_left([78], ["+ 12\n", "+ 34\n", "- 12\n", "+ 56\n", "- 99\n"]) == {34, 56, 78}
