"""Languages of pages and emails: one row for each says what it is called and how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True)
class Writing:
    """How a language is named and written. Patterns are those of Babel; without more it is written as British English.

    `holidays` is the locale of its names of general holidays, `sorted_by` an encoding in the order of its dictionaries.
    """

    name: str
    html: str
    locale: str
    holidays: str = "en_US"
    sorted_by: str = ""
    day: str = "d MMMM y"
    day_long: str = "EEEE d MMMM y"
    day_short: str = "EEE d MMM"
    day_short_year: str = "EEE d MMM y"
    month: str = "MMM y"
    # Two days: within a month, within a year, and otherwise, and how short ones are written within a year.
    within_month: tuple[str, str, str] = ("d", "–", "d MMMM y")
    within_year: tuple[str, str, str] = ("d MMMM", " – ", "d MMMM y")
    over_years: tuple[str, str, str] = ("d MMMM y", " – ", "d MMMM y")
    short_days: tuple[str, str, str] = ("EEE d MMM", " – ", "EEE d MMM y")
    clock: str = ", "
    # What ends a sentence before another; what parts sentences, things, longer things, clauses; what ends a label.
    stop: str = ". "
    sentences: str = " "
    things: str = ", "
    parts: str = "; "
    clauses: str = ", "
    label: str = ": "
    bracketed: str = "{} ({})"
    # A name after what is shorter; an office of an institution.
    apposed: str = "{}, {}"
    office: str = "{office}, {institution}"
    sans: str = "'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
    serif: str = "Charter,Cambria,'Noto Serif',Georgia,serif"
    leading: str = "1.55"
    # Where no font of the list is there.
    sans_fallback: str = "'Segoe UI', Arial, sans-serif"
    serif_fallback: str = "Cambria, Georgia, serif"


# What the two scripts of Chinese have in common.
_CHINESE = Writing(
    "",
    "zh",
    "zh",
    day="y年M月d日",
    day_long="y年M月d日（EEEE）",
    day_short="M月d日（EEEEE）",
    day_short_year="y年M月d日（EEEEE）",
    month="y年M月",
    within_month=("y年M月d日", "至", "d日"),
    within_year=("y年M月d日", "至", "M月d日"),
    over_years=("y年M月d日", "至", "y年M月d日"),
    short_days=("y年M月d日（EEEEE）", "至", "M月d日（EEEEE）"),
    clock="",
    stop="。",
    sentences="",
    things="、",
    parts="；",
    clauses="，",
    label="：",
    bracketed="{}（{}）",
    apposed="{}（{}）",
    office="{institution}{office}",
    leading="1.75",
    sans_fallback="sans-serif",
    serif_fallback="serif",
)


class Language(StrEnum):
    """A language of pages and emails; the value is the one in addresses and form fields.

    The settings say which of them are on. Rows written in one that is off stay readable: see `Settings.spoken`.
    """

    # What everything falls back to: texts in the code are English, and so is each entry's first text.
    EN = "en"
    ZH_HANT = "zh-hant"
    ZH_HANS = "zh-hans"
    NB = "nb"

    @classmethod
    def listed(cls, text: str) -> tuple["Language", ...]:
        """Return the languages that a text lists by code, each once.

        Raises ValueError for what is none, and where English is missing.
        """
        codes = [part.strip().lower() for part in text.split(",") if part.strip()]
        known, unknown = list(cls), sorted(set(codes) - set(cls))
        if unknown:
            raise ValueError(f"no language is called {', '.join(unknown)}; there are {', '.join(known)}")
        if cls.EN not in codes:
            raise ValueError("must include en, in which every text is written first")
        return tuple(dict.fromkeys(map(cls, codes)))

    @property
    def writing(self) -> Writing:
        """How it is named and written."""
        return _WRITING[self]

    @property
    def suffix(self) -> str:
        """The code as names of fields and settings end in it."""
        return self.value.replace("-", "_")

    @property
    def base(self) -> str:
        """What languages that differ in script alone have in common."""
        return self.value.partition("-")[0]

    def nearest(self, among: Sequence["Language"]) -> "Language":
        """Return this language where it is among these, else its other script, else the first."""
        return next(
            (each for each in (self, *(other for other in among if other.base == self.base)) if each in among), among[0]
        )


_WRITING: dict[Language, Writing] = {
    Language.EN: Writing("English", "en", "en_GB"),
    Language.ZH_HANT: replace(
        _CHINESE,
        name="繁體中文",
        html="zh-Hant-HK",
        locale="zh_Hant_HK",
        holidays="zh_HK",
        sorted_by="big5hkscs",
        sans="'PingFang HK','PingFang TC','Noto Sans HK','Noto Sans CJK HK','Noto Sans TC',"
        "'Noto Sans CJK TC','Microsoft JhengHei UI','Microsoft JhengHei',sans-serif",
        serif="'Songti TC','Noto Serif HK','Noto Serif CJK HK','Noto Serif TC','Noto Serif CJK TC',"
        "'PingFang HK','Microsoft JhengHei UI',serif",
    ),
    Language.ZH_HANS: replace(
        _CHINESE,
        name="简体中文",
        html="zh-Hans",
        locale="zh_Hans_CN",
        holidays="zh_CN",
        sorted_by="gb18030",
        sans="'PingFang SC','Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei UI','Microsoft YaHei',sans-serif",
        serif="'Songti SC','Noto Serif SC','Noto Serif CJK SC','PingFang SC','Microsoft YaHei UI',serif",
    ),
    Language.NB: Writing(
        "Norsk bokmål",
        "nb",
        "nb_NO",
        day="d. MMMM y",
        day_long="EEEE d. MMMM y",
        day_short="EEE d. MMM",
        day_short_year="EEE d. MMM y",
        within_month=("d.", "–", "d. MMMM y"),
        within_year=("d. MMMM", " – ", "d. MMMM y"),
        over_years=("d. MMMM y", " – ", "d. MMMM y"),
        short_days=("EEE d. MMM", " – ", "EEE d. MMM y"),
        clock=" kl. ",
        holidays="no",
    ),
}
