"""Cells become values, or a problem that names what is wrong; nothing that was typed is lost where it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp import tidying
from webapp.tidying import emails
from webapp.tidying.roster import days, names
from webapp.tidying.roster.columns import EVERY, OF_PASSPORT, Column, Shape
from webapp.tidying.roster.days import Order
from webapp.tidying.roster.sheet import Cell, Kind

_YES = frozenset(
    ("yes", "y", "true", "1", "x", "ja", "oui", "si", "是", "需要", "要", "需", "有", "同意", "✓", "✔", "√")
)
_NO = frozenset(
    ("no", "n", "false", "0", "-", "nein", "否", "不", "不需要", "不要", "无", "無", "没有", "沒有", "不同意", "✗", "×")
)
_ORDER_WORDS = {
    "family_first": "familyfirst, surnamefirst, lastfirst, familynamefirst, lastnamefirst, eastern, 姓在前, 姓先, "
    "先姓后名, 先姓後名",
    "given_first": "givenfirst, firstnamefirst, givennamefirst, western, 名在前, 名先, 先名后姓, 先名後姓",
}
_ORDERS = {word.strip(): order for order, words in _ORDER_WORDS.items() for word in words.split(",")}
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9/<-]*", re.IGNORECASE)
# No cell of a list is as long; what is, is not looked at any closer.
_NEVER = 5000
# Without these no letter for a visa can be written.
FOR_LETTER = ("nationality", "birth_date", "passport_number")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, a row (no column) or the whole (no row); a warning keeps nothing from being saved."""

    why: str
    row: int | None = None
    column: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    is_warning: bool = False


@dataclass(frozen=True)
class Rules:
    """What one cell alone does not say: the order of days in each column, today, and whether blanks want a letter."""

    today: date
    orders: Mapping[str, Order | None] = field(default_factory=dict)
    letter: bool = False


def checked(number: int, cells: Mapping[str, Cell], rules: Rules) -> tuple[dict[str, str], list[Problem]]:
    """Return a row's values by column, with a value for each, and its problems. What is wrong stays as it was typed."""
    values: dict[str, str] = dict.fromkeys(EVERY, "")
    problems: list[Problem] = []
    for name, column in EVERY.items():
        cell = cells.get(name, Cell(""))
        values[name], found = _value(column, cell, rules)
        problems += [Problem(each.why, number, name, each.data, each.is_warning) for each in found]
    values["invitation_letter"] = values["invitation_letter"] or ("yes" if rules.letter else "no")
    if not values["name_order"]:
        first = names.family_first(values["family_name"], values["given_name"])
        values["name_order"] = "family_first" if first else "given_first"
    return values, [*problems, *_of_row(number, values, {each.column for each in problems}, rules)]


def _of_row(number: int, values: dict[str, str], wrong: set[str | None], rules: Rules) -> list[Problem]:
    found = []
    if not values["family_name"] and not values["given_name"] and not {"family_name", "given_name"} & wrong:
        found.append(Problem("name", number, "family_name"))
    given = [name for name in OF_PASSPORT if values[name]]
    if values["invitation_letter"] == "no" and given:
        found.append(Problem("not needed", number, "invitation_letter", {"columns": given}, is_warning=True))
    missing = [name for name in FOR_LETTER if not values[name]]
    if values["invitation_letter"] == "yes" and missing:
        found.append(Problem("for letter", number, missing[0], {"columns": missing}, is_warning=True))
    if "passport_expiry" not in wrong and "" < values["passport_expiry"] < rules.today.isoformat():
        found.append(Problem("expired", number, "passport_expiry", is_warning=True))
    return found


def _value(column: Column, cell: Cell, rules: Rules) -> tuple[str, list[Problem]]:
    if len(cell.text) > _NEVER:
        return cell.text[: column.limit], [Problem("long", data={"limit": column.limit, "count": len(cell.text)})]
    text = names.kept(cell.text)
    if cell.kind is Kind.FORMULA:
        return "", [Problem("formula")]
    if cell.kind is Kind.FAULT:
        return text, [Problem("fault", data={"text": text})]
    if fault := tidying.broken(cell.text):
        return text, [Problem("broken", data={"before": fault.before})]
    if len(text) > column.limit:
        return text, [Problem("long", data={"limit": column.limit, "count": len(text)})]
    return _SHAPES[column.shape](column.name, text, cell, rules) if text else ("", [])


def _line(_name: str, text: str, _cell: Cell, _rules: Rules) -> tuple[str, list[Problem]]:
    return text, []


def _email(_name: str, text: str, _cell: Cell, _rules: Rules) -> tuple[str, list[Problem]]:
    try:
        return emails.read(text), []
    except emails.NoAddress as error:
        return text, [Problem("email", data={"why": error.why, "part": error.part, "character": error.character})]


def _order(_name: str, text: str, _cell: Cell, _rules: Rules) -> tuple[str, list[Problem]]:
    found = _ORDERS.get(re.sub(r"[\W_]+", "", tidying.folded(text)).lower())
    return (found, []) if found else (text, [Problem("order")])


def _answer(_name: str, text: str, _cell: Cell, _rules: Rules) -> tuple[str, list[Problem]]:
    word = tidying.folded(text).lower()
    if word in _YES:
        return "yes", []
    return ("no", []) if word in _NO else (text, [Problem("answer", data={"text": text})])


def _day(name: str, text: str, _cell: Cell, rules: Rules) -> tuple[str, list[Problem]]:
    day = days.read(text, rules.orders.get(name))
    if day is None:
        other = any(days.read(text, order) for order in Order)
        return text, [Problem("day order" if other else "day", data={"text": text})]
    if name == "birth_date" and day > rules.today:
        return text, [Problem("unborn")]
    return day.isoformat(), []


def _code(_name: str, text: str, cell: Cell, _rules: Rules) -> tuple[str, list[Problem]]:
    plain = re.sub(r"\s+", "", tidying.folded(text))
    if _SHORTENED.fullmatch(plain):
        return text, [Problem("shortened", data={"text": text})]
    if not _CODE.fullmatch(plain):
        return text, [Problem("code", data={"text": text})]
    return plain, [Problem("number", data={"text": plain}, is_warning=True)] if cell.kind is Kind.NUMBER else []


_SHAPES = {
    Shape.LINE: _line,
    Shape.EMAIL: _email,
    Shape.ORDER: _order,
    Shape.ANSWER: _answer,
    Shape.DAY: _day,
    Shape.CODE: _code,
}
