"""What can be chosen in a form's field: looked at when it is needed, and shared where it is the same for all forms."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from flask_babel import gettext
from wtforms.validators import ValidationError

Choices = Sequence[tuple[str, str]]


class Offered(tuple[tuple[str, str], ...]):
    """Choices that forms share; it remembers which values they have."""

    @cached_property
    def values(self) -> frozenset[str]:
        return frozenset(str(value) for value, _label in self)


class Known:
    """What one choice and several share: unknown ones are refused, and stay in sight.

    `offer` is called when choices are first looked at.
    """

    offer: Callable[[], Choices]
    data: Any

    @property
    def choices(self) -> Any:
        if self._choices is None:
            self._choices: Any = self.offer()
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = value

    def has_groups(self) -> bool:
        return False

    def known(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.choices or ()]

    def refuse_unknown(self, values: Iterable[str], label: str) -> None:
        if not values:
            return
        choices = self.choices or ()
        allowed = choices.values if isinstance(choices, Offered) else {str(value) for value, _ in choices}
        if any(value not in allowed for value in values):
            raise ValidationError(gettext("%(label)s: choose from the list.", label=label))
