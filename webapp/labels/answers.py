"""The answers of an enquiry as rows of label and value, and windows of dates."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp import questions
from webapp.i18n import bracketed, listed, short_range
from webapp.labels.reading import Gettext, country_name
from webapp.questions import Question, Shape
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


def _text(value: Any, _question: Question, _reader: _Reader) -> str:
    return str(value).strip()


def _need(value: Any, _question: Question, reader: _Reader) -> str:
    return reader.gettext("Needed") if value else reader.gettext("Not needed")


def _days(value: Any, _question: Question, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 day")
    return reader.gettext("%(count)s days") % {"count": value}


def _people(value: Any, _question: Question, reader: _Reader) -> str:
    if value == 1:
        return reader.gettext("1 person")
    return reader.gettext("%(count)s people") % {"count": value}


def _one(value: Any, question: Question, reader: _Reader) -> str:
    return reader.word(question.choices, value)


def _many(value: Any, question: Question, reader: _Reader) -> str:
    return reader.listed(reader.word(question.choices, each) for each in value)


def _ranked(value: Any, question: Question, reader: _Reader) -> str:
    words = [reader.word(question.choices, each) for each in value]
    return words[0] if len(words) == 1 else "\n".join(f"{n}. {word}" for n, word in enumerate(words, start=1))


def _windows(value: Any, _question: Question, reader: _Reader) -> str:
    return "\n".join(window_texts(value, reader.gettext, reader.language))


def _country(value: Any, _question: Question, reader: _Reader) -> str:
    return country_name(value, reader.language)


def _language(value: Any, _question: Question, _reader: _Reader) -> str:
    return Language(value).writing.name


_SHAPES: dict[Shape, Callable[[Any, Question, _Reader], str]] = {
    Shape.LINE: _text,
    Shape.TEXT: _text,
    Shape.EMAIL: _text,
    Shape.PHONE: _text,
    Shape.CHOICE: _one,
    Shape.CHOICES: _many,
    Shape.RANKED: _ranked,
    Shape.NEED: _need,
    Shape.NUMBER: _text,
    Shape.DAYS: _days,
    Shape.PEOPLE: _people,
    Shape.WINDOWS: _windows,
    Shape.NETWORK: _text,
    Shape.COUNTRY: _country,
    Shape.LANGUAGE: _language,
}
Fields = list[tuple[str, str, str]]


def answer_text(question: Question, value: Any, gettext: Gettext, language: Language) -> str:
    """Return an answer as people read it, "" for none. It is plain text (escape it); "\\n" parts its lines."""
    if value is None or value in ("", [], ()):
        return ""
    return _SHAPES[question.shape](value, question, _Reader(gettext, language))


def answer_fields(kind: Kind, answers: Mapping[str, Any], gettext: Gettext, language: Language) -> Fields:
    """Return what only this kind asks as (name, label, value), in the order of reading, without empty answers.

    Values are as `answer_text` writes them.
    """
    return _fields(questions.own(kind), answers, gettext, language)


def sender_fields(given: Mapping[str, Any], gettext: Gettext, language: Language) -> Fields:
    """Return what was given for `questions.SENDER`, as `answer_fields` returns answers."""
    return _fields(questions.SENDER, given, gettext, language)


def _fields(asked: Iterable[Question], given: Mapping[str, Any], gettext: Gettext, language: Language) -> Fields:
    read = ((each, answer_text(each, each.of(given), gettext, language)) for each in asked)
    return [(each.name, gettext(each.heading), text) for each, text in read if text]


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
    asked = questions.asked(kind)
    left = {name: value for name, value in answers.items() if name not in asked}
    if not left:
        return []
    rows = [row for other in Kind for row in answer_fields(other, left, gettext, language)]
    return list({name: (label, value) for name, label, value in rows}.values())


def window_text(start: date, end: date, flex: int, gettext: Gettext, language: Language) -> str:
    """Return one window of dates: `Tue 9 Mar – Thu 11 Mar 2027 (± 2 days)`, `2027年3月9日（二）至3月11日（四）`."""
    text = short_range(start, end, language)
    if not flex:
        return text
    slack = gettext("± 1 day") if flex == 1 else gettext("± %(days)s days") % {"days": flex}
    return bracketed(text, slack, language)
