"""People as papers name them: in their own script and order of names, and in a second language where given."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.vocabulary import Language

_WITHOUT_SPACES = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "IDEOGRAPHIC ")


def is_east_asian(text: str) -> bool:
    """Return whether a text is written in Han, kana or hangul alone, so that no space joins its parts."""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and all(unicodedata.name(each, "").startswith(_WITHOUT_SPACES) for each in letters)


@dataclass(frozen=True)
class Written:
    """One person as one language writes them. Whether the family name comes first is the person's, not the language's.

    Names are printed as they were typed: never in other capitals, never in another order.
    """

    family_name: str = ""
    given_name: str = ""
    family_first: bool = False
    honorific: str = ""
    position: str = ""
    academic_title: str = ""
    organisation: str = ""

    @property
    def name(self) -> str:
        """The whole name; a person may have a single one."""
        parts = [self.family_name, self.given_name]
        present = [part for part in (parts if self.family_first else reversed(parts)) if part]
        if not all(map(is_east_asian, present)):
            return " ".join(present)
        # Han with the given name first writes a name from elsewhere: its parts have a dot between them.
        return ("" if self.family_first else "·").join(present)

    @property
    def addressed(self) -> str:
        """The name with its honorific, which Chinese, Japanese and Korean put behind the name."""
        if not self.honorific:
            return self.name
        if is_east_asian(self.name) and is_east_asian(self.honorific):
            return self.name + self.honorific
        return f"{self.honorific} {self.name}"


@dataclass(frozen=True)
class Person:
    """Someone in their own words, and in the visit's other language where that is known; nothing is translated here."""

    own: Written
    other: Written | None = None

    def written_in(self, language: Language) -> Written:
        """Return the person as a reader of a language finds them, and in their own words where there is one writing."""
        wanted = language.base == "zh"
        return next((each for each in (self.own, self.other) if each and is_east_asian(each.name) == wanted), self.own)


@dataclass(frozen=True)
class Delegate(Person):
    """A visitor. `state_office` says that the position is an office of a state, which cross-strait papers leave out.

    There is no place for a passport here: no paper of a visit shows one.
    """

    country: str = ""
    state_office: bool = False
    diet: str = ""
    access_needs: str = ""
    arrival: str = ""
    plate: str = ""


@dataclass(frozen=True)
class Host(Person):
    """Someone of the institution who receives the visitors."""

    phone: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to call; `name` by language, or one name under any of them."""

    phone: str
    name: Mapping[Language, str] = field(default_factory=dict)
