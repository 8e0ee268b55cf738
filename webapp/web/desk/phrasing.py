"""Which courteous letters the page of an enquiry offers: beside each action, and for what is suggested."""

from flask_babel import gettext as _

from webapp import labels
from webapp.domain import letters
from webapp.vocabulary import Action, Advice, Letter

# With which action and letter somebody would follow an advice.
FOLLOWS: dict[Advice, tuple[Action, Letter]] = {
    Advice.ACCEPT: (Action.ACCEPT, Letter.ACCEPT),
    Advice.OTHER_DATES: (Action.PROPOSE_DATES, Letter.OTHER_DATES),
    Advice.ONLINE: (Action.ASK_PARTNER, Letter.ONLINE),
    Advice.REFER: (Action.REPLY, Letter.REFER),
    Advice.DECLINE: (Action.DECLINE, Letter.DECLINE),
}


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return the letters that go with each action, as options of a form."""
    return {
        action.value: [(letter.value, _(labels.LETTER[letter])) for letter in those]
        for action, those in letters.LETTERS_FOR.items()
    }
