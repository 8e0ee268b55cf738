"""What forms ask in each language that is on, and the question for a language, where there are several."""

from collections.abc import Callable, Container, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Field, Form

from webapp.vocabulary import Language
from webapp.web import edge, fields


class LanguageField(fields.ChoiceField):
    """In which language someone is written to. A stored one that is off stays (`keeps`) until another is chosen.

    Where there is nothing to choose (`asked` is false) pages leave it out, and what is stored or usual holds.
    """

    def __init__(self, label: Any, *, keeps: bool = True, **given: Any) -> None:
        self.keeps = keeps
        usual = {"required": _l("Choose a language."), "default": lambda: edge.environment().language.value}
        super().__init__(label, edge.language_options, **{**usual, **given})

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        stored = self.object_data
        if self.keeps and stored in set(Language) and stored not in edge.languages():
            self.choices = [*self.choices, (str(stored), is_off(Language(stored)))]
        elif not self.asked:  # whatever a page of before still sends
            self.data = self.choices[0][0]

    @property
    def asked(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.choices) > 1


def is_off(language: Language) -> str:
    """Return the name of a language that is off, saying so."""
    return _("%(language)s (not in use)", language=language.writing.name)


def in_language(text: str, language: Language) -> str:
    """Return what a text in one of the languages is called; where only one is on, it needs no name."""
    if edge.languages() == (language,):
        return text
    # translators: the name of a field, and the language of its text
    return _("%(fact)s (%(language)s)", fact=text, language=language.writing.name)


def name_in(language: Language) -> str:
    """Return the field of a name in a language."""
    return f"name_{language.suffix}"


def in_each(name: Callable[[Language], str], make: Callable[..., Field], label: str, **given: Any) -> dict[str, Field]:
    """Return fields of one thing in every language, by name; only English can be required, and has the description."""
    return {
        name(language): make(
            LazyString(lambda language=language: in_language(_(label), language)),
            **(given if language is Language.EN else {**given, "required": None, "description": ""}),
            render_kw={"lang": language.writing.html},
        )
        for language in Language
    }


class InLanguages(Form):
    """A form of which some fields are there once for each language: those of languages that are off are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is stored in languages that are off: it is kept, and shown by no field.
        self.unseen: dict[str, Any] = {}
        for language in set(Language) - set(edge.languages()):
            for name in [name for name in self._fields if name in self.in_language(language)]:
                self.unseen[name] = self[name].object_data or ""
                del self[name]

    def in_language(self, language: Language) -> Container[str]:
        """Return the names of the fields of a language."""
        return {name_in(language)}

    def texts(self, name: Callable[[Language], str] = name_in) -> dict[str, str]:
        """Return the texts of one thing by language, also those that no field shows."""
        given = {**self.unseen, **self.data}
        return {language.value: given.get(name(language)) or "" for language in Language}

    def worded(self, name: Callable[[Language], str] = name_in) -> Iterator[Field]:
        """Yield the fields of one thing, in the languages that are on: English first, since all fall back to it."""
        return (self[name(language)] for language in sorted(edge.languages(), key=lambda each: each is not Language.EN))
