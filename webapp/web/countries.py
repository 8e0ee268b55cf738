"""Countries and regions as a form offers them, in the language of the page."""

import unicodedata
from functools import cache

from babel import Locale
from flask_babel import gettext

from webapp.vocabulary import Language
from webapp.web import edge
from webapp.web.offered import Choices, Offered

# Groups of countries, reserved codes and private ones, which are no country's own in ISO 3166-1.
_NO_COUNTRY = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))


def countries() -> Choices:
    """Return the countries and regions by name, as the page's language sorts them."""
    return _countries(edge.language(), gettext("Choose"))


@cache
def _countries(language: Language, none: str) -> Choices:
    names = Locale.parse(language.writing.locale).territories.items()
    found = [(code, name) for code, name in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return Offered([("", none), *sorted(found, key=lambda country: _sort_key(country[1], language))])


def _sort_key(name: str, language: Language) -> bytes:
    """Chinese encodings are in dictionary order: Big5 by strokes, GB by pinyin. Latin names sort without accents."""
    if language.writing.sorted_by:
        return name.encode(language.writing.sorted_by, "replace")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore")
    return plain.lower()
