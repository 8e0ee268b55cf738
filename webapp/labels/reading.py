"""How labels become what one person reads: translated, as choices of a form, and the names of countries."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from babel import Locale

from webapp.i18n import LOCALES
from webapp.vocabulary import Language

Gettext = Callable[[str], str]


def country_name(code: str, language: Language) -> str:
    """Return a country's or region's name in a language, or the code itself where it has none."""
    return str(_locale(LOCALES[language]).territories.get(code, code))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def options(labels: Mapping[Any, str], gettext: Gettext) -> list[tuple[str, str]]:
    """Return a closed set as choices of a form: (value, translated label), in the vocabulary's order."""
    return [(str(word), gettext(text)) for word, text in labels.items()]
