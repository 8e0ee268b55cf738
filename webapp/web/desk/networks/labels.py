"""What networks and their facts are called on the desk: in choices, and in the record of what was changed."""

from collections.abc import Sequence

from flask_babel import gettext as _

from webapp import labels
from webapp.domain.directory.facts import field_of
from webapp.i18n import LANGUAGE_NAMES
from webapp.models import Network
from webapp.vocabulary import Language

_FACTS = {field_of(fact, language): (fact, language) for fact in labels.NETWORK_FACT for language in Language}


def as_options(networks: Sequence[Network]) -> list[tuple[str, str]]:
    """Return networks as choices; hidden ones say so."""
    return [
        (network.slug, network.short_name if network.active else _("%(name)s (hidden)", name=network.short_name))
        for network in networks
    ]


def fact(name: str) -> str:
    """Return what a field of a network is called, with its language where it has one; "" for any other field."""
    if name in labels.NETWORK_FACT:
        return _(labels.NETWORK_FACT[name])
    if name not in _FACTS:
        return ""
    known, language = _FACTS[name]
    return in_language(_(labels.NETWORK_FACT[known]), language)


def in_language(text: str, language: Language) -> str:
    """Return what a text in one of the languages is called."""
    return _("%(fact)s (%(language)s)", fact=text, language=LANGUAGE_NAMES[language])
