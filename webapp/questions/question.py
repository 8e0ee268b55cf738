"""What a row of the table of questions holds. Its texts are marked for the catalogues and translated where shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, auto
from typing import Any


class Shape(StrEnum):
    """What an answer is: it decides the field that asks for it, how it is stored and how it is read."""

    LINE = auto()
    TEXT = auto()
    EMAIL = auto()
    PHONE = auto()
    # One of the row's `choices`, several of them, and several in the order of their importance.
    CHOICE = auto()
    CHOICES = auto()
    RANKED = auto()
    # Yes or no: something is needed or not.
    NEED = auto()
    # Whole numbers within the row's `bounds`: bare, of days, of people.
    NUMBER = auto()
    DAYS = auto()
    PEOPLE = auto()
    # Up to three periods of possible dates; the first must be given.
    WINDOWS = auto()
    NETWORK = auto()
    COUNTRY = auto()
    LANGUAGE = auto()


class Searched(IntEnum):
    """On which line of the search text an answer is: one of its own, then in this order on the last, which is cut."""

    ORGANISATION = 1
    CONTACT_NAME = 2
    CONTACT_EMAIL = 3
    SUBJECT = 4
    ON_BEHALF_OF = 5
    PHONE = 6
    NAMES = 7
    WORDS = 8
    MESSAGE = 9

    @property
    def has_line(self) -> bool:
        """Return whether the answer has a line of its own."""
        return self < Searched.NAMES


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a form, by its anchor. On a narrow screen it is a step; one that `joins` comes with the part before."""

    id: str
    title: str
    optional: bool = False
    hint: str = ""
    joins: bool = False


@dataclass(frozen=True, eq=False)
class Question:
    """One question of a form, and all that is known about it.

    `name` is that of the field and of the answer. `label` is read where it is asked, `read` (by default the same)
    beside its answer. `required` is the sentence that asks for an answer where one must be given.
    """

    name: str
    shape: Shape
    section: Section
    label: str
    read: str = ""
    required: str = ""
    hint: str = ""
    # The longest text; the form's own bound for lines and texts where there is none.
    limit: int | None = None
    bounds: tuple[int, int] = (0, 0)
    # What can be chosen with its labels, the label of choosing nothing, what is chosen before anyone does, and what is
    # said beside a choice.
    choices: Mapping[Any, str] = field(default_factory=dict)
    empty: str = ""
    default: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    # All choices in sight instead of a list that opens; the whole width instead of half of it; after all others of its
    # section; what browsers fill in.
    radios: bool = False
    wide: bool = False
    late: bool = False
    autocomplete: str = ""
    # Behind "More details"; not asked any more, and shown only where it has an answer; a file can take its place.
    folded: bool = False
    former: bool = False
    or_file: bool = False
    # A column of enquiries, else one of its `answers`.
    column: bool = False
    searched: Searched | None = None
    # One of the few that tell an enquiry from another.
    main: bool = False
    # A plainly fictional answer as it is stored, for samples of emails and for tests.
    sample: Any = None

    @property
    def heading(self) -> str:
        """Return the label beside an answer."""
        return self.read or self.label

    @property
    def is_written(self) -> bool:
        """Return whether people answer it in their own words."""
        return self.shape in (Shape.LINE, Shape.TEXT, Shape.EMAIL, Shape.PHONE)

    @property
    def is_preset(self) -> bool:
        """Return whether it has an answer before anyone gives one: it is not marked as optional then."""
        return bool(self.default) or self.shape in (Shape.NETWORK, Shape.LANGUAGE)

    def of(self, answers: Mapping[str, Any]) -> Any:
        """Return the answer among others, or None."""
        return answers.get(self.name)


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """What one kind asks: the form's title, its sections in order, and questions in the order of reading answers."""

    title: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    def within(self, section: Section) -> tuple[Question, ...]:
        """Return the questions of a section as the form asks them: what is behind "More details" comes last."""
        own = (each for each in self.questions if each.section is section)
        return tuple(sorted(own, key=lambda each: (each.folded, each.late)))

    @property
    def steps(self) -> tuple[tuple[Section, ...], ...]:
        """Return the sections that a narrow screen shows together, one group after the other."""
        groups: list[list[Section]] = []
        for section in self.sections:
            if section.joins and groups:
                groups[-1].append(section)
            else:
                groups.append([section])
        return tuple(map(tuple, groups))

    @property
    def written_in(self) -> Section:
        """Return the section that asks for the message: files can be added there, also instead of it."""
        return next(each.section for each in self.questions if each.or_file)
