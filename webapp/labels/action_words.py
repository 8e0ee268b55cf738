"""What people read about an action: its button, what it will do and did, and its line in an enquiry's history."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.i18n import N_

HERE_ALONE = N_("Nothing is sent to anyone: it changes at the desk alone.")
_MESSAGE = N_("Message to the partner")


@dataclass(frozen=True)
class ActionWords:
    """The words of one action."""

    # On its button, and wherever it is named.
    button: str
    # Its line in the history; `variants` are the lines for what its event's data say besides.
    history: str
    variants: Mapping[str, str] = field(default_factory=dict)
    # What the reader should know before, and what the page says once it is done.
    before: str = ""
    done: str = ""
    # Above the text that goes with it; says where that goes.
    text: str = _MESSAGE
