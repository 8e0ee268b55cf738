"""Forms that know which version of a record they were made from."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm


class VersionedForm(FlaskForm):
    """A form that says which version of the record it was made from (in a hidden field of the page)."""

    def catch_up(self, changed: Mapping[str, tuple[Any, Any]]) -> list[str]:
        """Take what others changed into the fields that the sender had left alone; return the other fields' names.

        `changed` maps fields to their value when the form was made and to their current value.
        """
        both = []
        for name, (before, now) in changed.items():
            if name not in self:
                continue
            if self[name].data == before:
                self[name].data, self[name].raw_data = now, None
            elif self[name].data != now:
                both.append(name)
        return both

    def differing(self, current: Mapping[str, Any]) -> list[str]:
        """Return the fields that say something else than these values, where what the sender had read is not known."""
        return [name for name, value in current.items() if name in self and self[name].data != value]

    def choice_words(self, name: str, value: Any) -> str | None:
        """Return a value as the field's choices call it; None for a field without choices, or a value that is none."""
        choices = getattr(self[name], "iter_choices", None)
        labels = {str(value): str(label) for value, label, *_rest in choices()} if choices else {}
        return None if isinstance(value, list) else labels.get(str(value))
