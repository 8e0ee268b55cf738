"""What several forms of the desk ask in the same way."""

from webapp.i18n import LANGUAGE_NAMES

EMAIL_INPUT = {"type": "email", "autocomplete": "off"}


def language_options() -> list[tuple[str, str]]:
    return [(language.value, name) for language, name in LANGUAGE_NAMES.items()]
