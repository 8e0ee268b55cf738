"""Languages of pages and emails."""

from enum import StrEnum


class Language(StrEnum):
    """A language of pages and emails; the value is the one in addresses and form fields."""

    EN = "en"
    ZH_HANT = "zh-hant"
    ZH_HANS = "zh-hans"
