"""What the institution says of itself: its names, its colour, what it promises, and the notice that visits need."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model, field_validator

from webapp.vocabulary import Kind, Language, LeaderRank, Level, VisitMode

_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(max_length=200, pattern=_PLAIN)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PLAIN)]
LONGEST_PROMISE, LONGEST_NOTICE, LONGEST_KEPT, LONGEST_PHONE = 60, 365, 240, 60
# How many people may be asked about one enquiry, and by one person on one day, at most.
MOST_ASKED, MOST_ASKED_A_DAY = 100, 500
LONGEST_COLLEAGUES = 2000
_COLLEAGUES = re.compile(r"([^@\s]+@)?[a-z0-9-]+(\.[a-z0-9-]+)+")


def colleagues_in(text: str) -> tuple[str, ...]:
    """Return the domains and addresses of a text, each once, however they are parted; "@example.org" is a domain."""
    return tuple(dict.fromkeys(each.strip("@") for each in re.split(r"[\s,;]+", text.lower()) if each.strip("@")))


def is_colleagues_name(text: str) -> bool:
    """Return whether a text can be a domain or an address of `colleagues_in`."""
    return _COLLEAGUES.fullmatch(text) is not None


@dataclass(frozen=True)
class Levels:
    """The level of a visit by its leader's rank, and the working days that each level and a meeting online need."""

    ranks: Mapping[LeaderRank, Level]
    notice: Mapping[Level, int]
    online: int

    def of(self, rank: str | None) -> Level | None:
        """Return the level of a visit that someone of this rank leads, or None while no one is named."""
        return self.ranks[LeaderRank(rank)] if rank else None

    def needed(self, *, mode: str | None = None, rank: str | None = None) -> int:
        """Return the working days of notice that a visit needs; while its level is open, those that every one needs."""
        return self.online if mode == VisitMode.ONLINE else self.notice[self.of(rank) or Level.C]


def _of_kind() -> Any:
    return Field(default_factory=lambda given: given["promise_working_days"], ge=1, le=LONGEST_PROMISE)


def _kept(months: int) -> Any:
    return Field(default=months, ge=1, le=LONGEST_KEPT)


def _notice(otherwise: Callable[[dict[str, Any]], int]) -> Any:
    return Field(default_factory=otherwise, ge=1, le=LONGEST_NOTICE)


# What is said in each language: the English setting, and its name's ending is the language's for any other.
NAMES = ("institution", "institution_short", "institution_address")
# The first installation's names in its other languages.
_FIRST = {
    "institution_zh_hant": "香港理工大學",
    "institution_zh_hans": "香港理工大学",
    "institution_short_zh_hant": "理大",
    "institution_short_zh_hans": "理大",
    "institution_address_zh_hant": "香港九龍紅磡",
    "institution_address_zh_hans": "香港九龙红磡",
}


def name_field(name: str, language: Language) -> str:
    """Return which setting holds a name in a language."""
    return name if language == Language.EN else f"{name}_{Language(language).suffix}"


if TYPE_CHECKING:
    _Named = BaseModel
else:
    _Named = create_model(
        "_Named",
        **{
            name_field(name, language): (Text, _FIRST.get(name_field(name, language), ""))
            for name in NAMES
            for language in Language
            if language is not Language.EN
        },
    )


class InstitutionSettings(_Named):
    """Values that hold until administrators choose otherwise at the desk; the first installation's are the defaults.

    Names in other languages than English are such as `institution_nb`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    institution: _Text = "The Hong Kong Polytechnic University"
    institution_short: _Text = "PolyU"
    institution_address: _Text = "Hung Hom, Kowloon, Hong Kong"
    # Printed on papers and letters of visits: without it no letter is written.
    office_phone: str = Field(default="", max_length=LONGEST_PHONE)
    brand: str = Field(default="#8f1329", pattern=r"^#[0-9a-fA-F]{6}$")

    # Working days until the first answer; the first number is for every kind that has none of its own.
    promise_working_days: int = Field(default=5, ge=1, le=LONGEST_PROMISE)
    promise_days_visit: int = _of_kind()
    promise_days_collaboration: int = _of_kind()
    promise_days_question: int = _of_kind()

    level_head_of_state: Level = Level.A
    level_minister: Level = Level.A
    level_president: Level = Level.A
    level_vice_president: Level = Level.B
    level_dean: Level = Level.B
    level_director: Level = Level.C
    level_professor: Level = Level.C
    level_other: Level = Level.C
    # Notice in working days, by default no less for a higher level. The first number counts days of the week: where
    # level C has none of its own, it is five of seven of them.
    visit_notice_days: int = Field(default=28, ge=0, le=LONGEST_NOTICE)
    notice_c: int = _notice(lambda given: max(1, round(given["visit_notice_days"] * 5 / 7)))
    notice_b: int = _notice(lambda given: max(30, given["notice_c"]))
    notice_a: int = _notice(lambda given: max(40, given["notice_b"]))
    notice_online: int = _notice(lambda given: min(5, given["notice_c"]))

    # Months for which personal data are kept: of enquiries after their last change once they are closed, of spam, texts
    # of emails, contacts without an enquiry that is kept, colleagues whose account is closed, and leave that is over.
    keep_enquiries: int = _kept(36)
    keep_spam: int = _kept(3)
    keep_messages: int = _kept(24)
    keep_contacts: int = _kept(36)
    keep_colleagues: int = _kept(36)
    keep_leave: int = _kept(12)

    # Whose addresses are colleagues': domains, and single addresses elsewhere, parted by commas. Where no domain is
    # named, it is that of the office.
    colleague_domains: str = Field(default="", max_length=LONGEST_COLLEAGUES)
    # How many addresses may be asked about one enquiry, and by one person on one day.
    asked_per_enquiry: int = Field(default=15, ge=1, le=MOST_ASKED)
    asked_per_day: int = Field(default=40, ge=1, le=MOST_ASKED_A_DAY)

    @field_validator("colleague_domains")
    @classmethod
    def _known(cls, value: str) -> str:
        named = colleagues_in(value)
        if wrong := [each for each in named if not is_colleagues_name(each)]:
            raise ValueError(f"must be domains such as example.org, or addresses, not {wrong[0]!r}")
        return ", ".join(named)

    @property
    def colleagues(self) -> tuple[str, ...]:
        """The domains and addresses whose holders are colleagues, in lower case."""
        return colleagues_in(self.colleague_domains)

    def named(self, field: str, language: Language) -> str:
        """Return what is given in each language, such as `institution`; the English one where there is no other."""
        return str(getattr(self, name_field(field, language)) or getattr(self, field))

    def names(self, field: str) -> dict[Language, str]:
        """Return what is given in each language, by language."""
        return {language: self.named(field, language) for language in Language}

    def promised(self, kind: Kind) -> int:
        """Return the working days within which the first answer to a new enquiry of a kind is promised."""
        return int(getattr(self, f"promise_days_{kind}"))

    @property
    def longest_promise(self) -> int:
        """The working days that hold for every kind."""
        return max(map(self.promised, Kind))

    @property
    def levels(self) -> Levels:
        """The levels of visits."""
        return Levels(
            ranks={rank: getattr(self, f"level_{rank}") for rank in LeaderRank},
            notice={level: getattr(self, f"notice_{level}") for level in Level},
            online=self.notice_online,
        )
