"""What the form's selects offer, in the language of the page."""

import unicodedata
from functools import cache

from babel import Locale
from flask_babel import gettext

from webapp import labels
from webapp.db import db
from webapp.domain import directory
from webapp.i18n import LANGUAGE_NAMES, LOCALES, localised
from webapp.vocabulary import Language
from webapp.web import edge
from webapp.web.fields import Choices

# Groups of countries, reserved codes and private ones, which are no country's own in ISO 3166-1.
_NO_COUNTRY = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))


def offered(words: dict[str, str], *, empty: str | None = None) -> Choices:
    """Return a closed set of words with their labels; `empty` names the choice of none."""
    options = labels.options(words, gettext)
    return options if empty is None else [("", empty), *options]


def countries() -> Choices:
    """Return the countries and regions by name, as the page's language sorts them."""
    return [("", gettext("Choose")), *_countries(edge.language())]


@cache
def _countries(language: Language) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(LOCALES[language]).territories.items()
    found = [(code, name) for code, name in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return tuple(sorted(found, key=lambda country: _sort_key(country[1], language)))


def _sort_key(name: str, language: Language) -> bytes:
    """Chinese encodings stand in dictionary order: Big5 by strokes, GB by pinyin. Latin names sort without accents."""
    if language is Language.ZH_HANT:
        return name.encode("big5hkscs", "replace")
    if language is Language.ZH_HANS:
        return name.encode("gb18030")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore")
    return plain.lower()


def networks() -> Choices:
    """Return the directory's networks in the university's order, after the choice of none."""
    found = directory.networks(db.session())
    return [("", gettext("Not sure")), *((network.slug, _network_label(network)) for network in found)]


def _network_label(network: directory.Network) -> str:
    name = localised(network.name, edge.language())
    return f"{network.acronym}: {name}" if network.acronym else name


def languages() -> Choices:
    """Return the languages in which the office answers, each by its own name."""
    return [(code.value, name) for code, name in LANGUAGE_NAMES.items()]


def kinds() -> Choices:
    """Return what can be asked for."""
    return labels.options(labels.KIND_LONG, gettext)


def slack() -> Choices:
    """Return by how many days the dates of a window may move."""
    return [
        ("0", gettext("not at all")),
        ("1", gettext("± 1 day")),
        ("2", gettext("± 2 days")),
        ("3", gettext("± 3 days")),
        ("7", gettext("± 1 week")),
    ]
