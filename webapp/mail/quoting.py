"""How much of a message emails to colleagues quote."""

from gettext import NullTranslations

from webapp.mail.plain import body_text
from webapp.mail.values import Block, Quote, Small

# So many characters.
QUOTED = 600


def quoted(message: str, t: NullTranslations) -> tuple[Block, ...]:
    """Return what a partner wrote, or the beginning of it: what is to be done must not be screens away."""
    whole = body_text(message)
    if len(whole) <= QUOTED:
        return (Quote(t.gettext("What they wrote"), whole),)
    begin = whole[:QUOTED]
    # At the end of a word, where the writing has spaces.
    kept = begin.rpartition(" ")[0] if " " in begin[-40:] else begin
    more = t.gettext("This is the beginning of the message; all of it is on the page behind the button.")
    return (Quote(t.gettext("What they wrote"), f"{kept.rstrip()} …"), Small(more))
