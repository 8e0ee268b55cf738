"""How much of what was posted a draft holds: more than any field takes, and so little that no one fills a disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flask_babel import gettext
from wtforms import Field

from webapp import questions
from webapp.questions import Questionnaire
from webapp.tidying import storable
from webapp.vocabulary import Kind
from webapp.web.fields import ChoiceField, ChoicesField
from webapp.web.public.forms import build, parts_of

_TEXT = 50_000
_IN_ALL = 300_000
_CHOICES, _CHOICE = 50, 200


@dataclass(frozen=True)
class Cut:
    """A field of which not all is kept, and what its sender reads."""

    name: str
    said: str


def within(sent: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[str]], list[Cut]]:
    """Return what is kept of what was sent, by field, in a shape that the database takes, and what is cut.

    The shortest fields come first: what gives way is the longest, which no form would have taken.
    """
    whole = {name: [storable(value) for value in values] for name, values in sent.items()}
    kept: dict[str, list[str]] = {}
    room, chosen = _IN_ALL, _chosen()
    for name in sorted(whole, key=lambda name: (_length(whole[name]), name)):
        kept[name] = _choices(whole[name], room) if name in chosen else _text(whole[name], room)
        room -= _length(kept[name])
    return kept, [_cut(name, whole[name], kept[name]) for name in whole if kept[name] != whole[name]]


def _length(values: Sequence[str]) -> int:
    return sum(map(len, values))


def _text(values: Sequence[str], room: int) -> list[str]:
    """The first of what was sent: the form reads no other."""
    return [values[0][: min(_TEXT, room)]] if values else []


def _choices(values: Sequence[str], room: int) -> list[str]:
    return [value[:_CHOICE] for value in values[: min(_CHOICES, room // _CHOICE)]]


def _chosen() -> frozenset[str]:
    return _chosen_of(tuple(questions.TABLE.values()))


@cache
def _chosen_of(_asks: tuple[Questionnaire, ...]) -> frozenset[str]:
    fields = (field for kind in Kind for field in parts_of(build(kind, None)))
    return frozenset(field.name for field in fields if isinstance(field, ChoiceField | ChoicesField))


def _cut(name: str, sent: Sequence[str], kept: Sequence[str]) -> Cut:
    label = _field(name).label.text
    if name in _chosen():
        said = gettext(
            "%(label)s: too much was sent; the first %(most)s choices are kept, each in at most %(limit)s characters.",
            label=label,
            most=_CHOICES,
            limit=_CHOICE,
        )
    else:
        counts = {"kept": f"{_length(kept):,}", "sent": f"{_length(sent):,}"}
        said = gettext(
            "%(label)s: of %(sent)s characters, only the first %(kept)s are kept here. "
            "Keep a copy of the rest, and send it as a file.",
            label=label,
            **counts,
        )
    return Cut(name, said)


def _field(name: str) -> Field:
    return next(field for kind in Kind for field in parts_of(build(kind, None)) if field.name == name)
