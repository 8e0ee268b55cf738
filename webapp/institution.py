"""What the institution says of itself: its names, its colour, what it promises, and the notice that visits need."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from webapp.vocabulary import (
    HostRank,
    InterpreterSeat,
    Kind,
    Language,
    LeaderRank,
    Level,
    TableShape,
    VisitMode,
    Weekday,
)

_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(max_length=200, pattern=_PLAIN)]
LONGEST_PROMISE, LONGEST_NOTICE, LONGEST_KEPT, LONGEST_PHONE = 60, 365, 240, 60
# How many people may be asked about one enquiry, and by one person on one day, at most.
MOST_ASKED, MOST_ASKED_A_DAY = 100, 500
# Visits on one day, minutes of a walk, and guests of a group, at most.
MOST_VISITS, LONGEST_WALK, LARGEST_GROUP = 50, 120, 500
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
# The first installation: whose service this is while trying it out, where nothing is said.
FIRST = {
    "institution": "The Hong Kong Polytechnic University",
    "institution_short": "PolyU",
    "institution_address": "Hung Hom, Kowloon, Hong Kong",
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


def is_first(given: Mapping[str, Any]) -> bool:
    """Return whether settings are those of the first installation: they name it, or say no name at all."""
    named = {name for name in given if name.startswith("institution") and name in FIRST}
    return str(given.get("institution", "")).strip() == FIRST["institution"] if named else True


if TYPE_CHECKING:
    _Named = BaseModel
else:
    _Named = create_model(
        "_Named",
        **{
            name_field(name, language): (Text, "")
            for name in NAMES
            for language in Language
            if language is not Language.EN
        },
    )


class InstitutionSettings(_Named):
    """Values that hold until administrators choose otherwise at the desk.

    Names in other languages than English are such as `institution_nb`. What is not given follows the English name, or
    stays empty: no installation has one university's name and another's address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    institution: Text
    institution_short: Text
    institution_address: Text = ""
    # Printed on papers and letters of visits: without it no letter is written.
    office_phone: str = Field(default="", max_length=LONGEST_PHONE)
    brand: str = Field(default="#8f1329", pattern=r"^#[0-9a-fA-F]{6}$")

    # The logo that was put up at the desk, by its name at `/logo/`; without one, that of the environment.
    logo_name: str = Field(default="", pattern=r"^([0-9a-f]{32}\.(png|svg))?$")

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
    # What a wish raises a visit to, at least.
    level_signing: Level = Level.B
    level_senior: Level = Level.B
    # Who receives visits of a level, whom to tell and who must approve, in the office's words: where there are none,
    # those of `labels.TELL` and `labels.APPROVE` hold.
    host_a: HostRank = HostRank.PRESIDENT
    host_b: HostRank = HostRank.VICE_PRESIDENT
    host_c: HostRank = HostRank.DEAN
    tell_a: Text = ""
    tell_b: Text = ""
    tell_c: Text = ""
    approve_a: Text = ""
    approve_b: Text = ""
    approve_c: Text = ""
    # Notice in working days, by default no less for a higher level. The first number counts days of the week: where
    # level C has none of its own, it is five of seven of them.
    visit_notice_days: int = Field(default=28, ge=0, le=LONGEST_NOTICE)
    notice_c: int = _notice(lambda given: max(1, round(given["visit_notice_days"] * 5 / 7)))
    notice_b: int = _notice(lambda given: max(30, given["notice_c"]))
    notice_a: int = _notice(lambda given: max(40, given["notice_b"]))
    notice_online: int = _notice(lambda given: min(5, given["notice_c"]))

    # How many visits the office can receive, and the minutes that guests need between two buildings.
    visits_half_day: int = Field(default=1, ge=1, le=MOST_VISITS)
    visits_day: int = Field(default=2, ge=1, le=MOST_VISITS)
    walk_minutes: int = Field(default=10, ge=1, le=LONGEST_WALK)
    walk_minutes_group: int = Field(default=15, ge=1, le=LONGEST_WALK)
    # More guests than these are a group.
    walk_group: int = Field(default=10, ge=1, le=LARGEST_GROUP)
    # How people are seated, where customs differ.
    table_shape: TableShape = TableShape.LONG_SIDE
    host_faces_door: bool = False
    interpreter_seat: InterpreterSeat = InterpreterSeat.BEHIND

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

    # Days of the week on which the office does not work, and the hours of a working day in which reminders leave.
    weekend: tuple[Weekday, ...] = (Weekday.SAT, Weekday.SUN)
    reminders_from: int = Field(default=8, ge=0, le=23)
    reminders_until: int = Field(default=18, ge=1, le=24)

    @model_validator(mode="before")
    @classmethod
    def _together(cls, given: Any) -> Any:
        """Fill in what follows the name; the first installation's names hold where its own is given, or none at all."""
        if not isinstance(given, dict):
            return given
        if not is_first(given):
            return {"institution_short": given["institution"], **given} if "institution" in given else given
        return {**FIRST, **given}

    @field_validator("institution", "institution_short")
    @classmethod
    def _filled(cls, value: str, info: ValidationInfo) -> str:
        follows_what_is_missing = info.field_name == "institution_short" and "institution" not in info.data
        if not value.strip() and not follows_what_is_missing:
            raise ValueError("must not be empty")
        return value

    @field_validator("weekend", mode="before")
    @classmethod
    def _days_off(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = [part.strip().lower() for part in value.split(",") if part.strip()]
        if unknown := [each for each in value if each not in set(Weekday)]:
            raise ValueError(f"must list days such as sat,sun, not {unknown[0]!r}")
        if len(set(value)) == len(Weekday):
            raise ValueError("must leave a day on which the office works")
        return tuple(day for day in Weekday if day in value)

    @field_validator("reminders_until")
    @classmethod
    def _later(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data.get("reminders_from", 0):
            raise ValueError("must be later than the hour from which reminders leave")
        return value

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

    def walk(self, guests: int | None) -> int:
        """Return the minutes that so many guests need from one building to another."""
        return self.walk_minutes_group if (guests or 0) > self.walk_group else self.walk_minutes

    @property
    def days_off(self) -> frozenset[int]:
        """The days of the week, counted from 0 for Monday, on which the office does not work."""
        return frozenset(list(Weekday).index(day) for day in self.weekend)

    @property
    def levels(self) -> Levels:
        """The levels of visits."""
        return Levels(
            ranks={rank: getattr(self, f"level_{rank}") for rank in LeaderRank},
            notice={level: getattr(self, f"notice_{level}") for level in Level},
            online=self.notice_online,
        )
