"""The answers of an enquiry as rows of label and value, and windows of dates."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.i18n import N_, bracketed, listed, short_range
from webapp.labels.choices import ACTIVITY, COLLABORATION_TYPE, LEADER_RANK, PAYER, PURPOSE, STUDY_LEVEL, VISIT_MODE
from webapp.labels.reading import Gettext
from webapp.vocabulary import Kind, Language


@dataclass(frozen=True)
class _Reader:
    """Who reads: how texts are translated, and in which language dates and lists are written."""

    gettext: Gettext
    language: Language

    def word(self, labels: Mapping[Any, str], value: str) -> str:
        return self.gettext(labels[value]) if value in labels else value

    def listed(self, parts: Iterable[str]) -> str:
        return listed(parts, self.language)


_Shape = Callable[[Any, _Reader], str]


def _text(value: Any, _reader: _Reader) -> str:
    return str(value).strip()


def _need(value: Any, reader: _Reader) -> str:
    return reader.gettext("Needed") if value else reader.gettext("Not needed")


def _days(value: Any, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 day")
    return reader.gettext("%(count)s days") % {"count": value}


def _people(value: Any, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 person")
    return reader.gettext("%(count)s people") % {"count": value}


def _one(labels: Mapping[Any, str]) -> _Shape:
    return lambda value, reader: reader.word(labels, value)


def _many(labels: Mapping[Any, str]) -> _Shape:
    return lambda value, reader: reader.listed(reader.word(labels, each) for each in value)


def _ranked(labels: Mapping[Any, str]) -> _Shape:
    def shape(value: Any, reader: _Reader) -> str:
        words = [reader.word(labels, each) for each in value]
        return words[0] if len(words) == 1 else "\n".join(f"{n}. {word}" for n, word in enumerate(words, start=1))

    return shape


def _windows(value: Any, reader: _Reader) -> str:
    return "\n".join(window_texts(value, reader.gettext, reader.language))


_ANSWERS: dict[Kind, tuple[tuple[str, str, _Shape], ...]] = {
    Kind.VISIT: (
        ("mode", N_("How to meet"), _one(VISIT_MODE)),
        ("windows", N_("Possible dates"), _windows),
        ("days", N_("Length of the visit"), _days),
        ("purposes", N_("Purposes, by priority"), _ranked(PURPOSE)),
        ("outcome", N_("Expected outcome"), _text),
        ("units", N_("Units and people to meet"), _text),
        ("senior", N_("University leaders they hope to meet"), _text),
        ("activities", N_("Activities on the day"), _many(ACTIVITY)),
        ("leader_name", N_("Leader of the delegation"), _text),
        ("leader_title", N_("Leader’s title"), _text),
        ("leader_rank", N_("Leader’s rank"), _one(LEADER_RANK)),
        ("group_size", N_("Size of the group"), _people),
        ("working_language", N_("Language of the meetings"), _text),
        ("interpreter", N_("Interpreter"), _need),
        ("letters", N_("Invitation letters"), _need),
        ("payer", N_("Who covers the costs"), _one(PAYER)),
    ),
    Kind.COLLABORATION: (
        ("types", N_("Kinds of collaboration"), _many(COLLABORATION_TYPE)),
        ("disciplines", N_("Disciplines"), _text),
        ("levels", N_("For whom"), _many(STUDY_LEVEL)),
        ("numbers", N_("Numbers"), _text),
        ("rationale", N_("Why together"), _text),
        ("outcome", N_("Expected outcome"), _text),
        ("timeline", N_("Timeline"), _text),
        ("funding", N_("Funding"), _text),
        ("university_contact", N_("Contact inside the university"), _text),
    ),
    Kind.QUESTION: (),
}


def asked(kind: Kind) -> frozenset[str]:
    """Return the keys of what this kind asks. A key that two kinds ask means the same, in the same shape, in both."""
    return frozenset(field for field, _, _ in _ANSWERS[kind])


def answer_fields(
    kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language
) -> list[tuple[str, str, str]]:
    """Return what only this kind asks as (form field, label, value), in the form's order, without empty answers.

    Values are plain text (escape them); "\\n" parts the lines of dates, purposes and long texts.
    """
    reader = _Reader(gettext, language)
    rows = []
    for field, label, shape in _ANSWERS[kind]:
        value = answers.get(field)
        if value is None or value in ("", [], ()):
            continue
        text = shape(value, reader)
        if text:
            rows.append((field, gettext(label), text))
    return rows


def answer_rows(kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language) -> list[tuple[str, str]]:
    """Return `answer_fields` as (label, value)."""
    return [(label, value) for _, label, value in answer_fields(kind, answers, gettext, language)]


def window_texts(windows: Iterable[Mapping[str, Any]], gettext: Gettext, language: Language) -> list[str]:
    """Return the windows of an enquiry's answers as people read them."""
    return [
        window_text(
            date.fromisoformat(each["start"]),
            date.fromisoformat(each["end"]),
            int(each.get("flex") or 0),
            gettext,
            language,
        )
        for each in windows
    ]


def earlier_answer_rows(
    kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language
) -> list[tuple[str, str]]:
    """Return as (label, value) what this kind does not ask and others do: told before the enquiry became this kind.

    Together with `answer_rows` it shows every answer once, whatever the kind.
    """
    left = {field: value for field, value in answers.items() if field not in asked(kind)}
    rows = [row for other in Kind for row in answer_fields(other, left, gettext, language)]
    return list({field: (label, value) for field, label, value in rows}.values())


def window_text(start: date, end: date, flex: int, gettext: Gettext, language: Language) -> str:
    """Return one window of dates: `Tue 9 Mar – Thu 11 Mar 2027 (± 2 days)`, `2027年3月9日（二）至3月11日（四）`."""
    text = short_range(start, end, language)
    if not flex:
        return text
    slack = gettext("± 1 day") if flex == 1 else gettext("± %(days)s days") % {"days": flex}
    return bracketed(text, slack, language)
