"""The field of a time of day."""

from typing import Any

from flask_babel import gettext
from wtforms import Field
from wtforms.widgets import TextInput

from webapp.tidying import amounts
from webapp.web.fields import Optional, tidy_line, typed


class _TimeInput(TextInput):
    """The browser's own time control; plain text for what it could not show, so that a broken time stays."""

    def __call__(self, field: Field, **given: Any) -> Any:
        valid = field.data is not None or not field._value()
        return super().__call__(field, **{"type": "time" if valid else "text", **given})


class TimeField(Field):
    """A time of day as browsers send it, `09:30`, or as people write it where that means one time."""

    widget = _TimeInput()

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, [Optional()], **given)

    def _value(self) -> str:
        return f"{self.data:%H:%M}" if self.data else tidy_line(typed(self))

    def process_formdata(self, valuelist: list[Any]) -> None:
        sent = tidy_line(valuelist[0]) if valuelist else ""
        self.data = amounts.clock(sent)
        if sent and self.data is None:
            raise ValueError(gettext("%(label)s: enter a time such as 09:30.", label=self.label.text))
