"""The catalogue of the page's language, found once for each language: texts are looked up hundreds of times a page."""

from functools import cached_property
from typing import Any

from babel import Locale
from flask_babel import Babel, Domain, get_locale


class Catalogues(Domain):
    """What Flask-Babel looks texts up in."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._found: dict[Locale, Any] = {}

    def get_translations(self) -> Any:
        """Return the catalogue of the language that is spoken; outside an application one that translates nothing."""
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        found = self._found.get(locale)
        if found is None:
            found = self._found[locale] = super().get_translations()
        return found


class Spoken(Babel):
    """Flask-Babel with these catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        return Catalogues(domain=self.domain)
