"""What an entry of the directory says, in three shapes: its columns, plain JSON, and the fields that staff fill in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from webapp.models import Network
from webapp.vocabulary import Group, Language

# Facts with a text in each language; English is what the others fall back to.
NEEDED = ("name", "summary", "description")
TEXTS = (*NEEDED, "role", "role_note", "founded_by", "administered_by", "size")
WORDED = (*TEXTS, "activities", "countries")
# A line of the activities that has no translation.
AS_IN_ENGLISH = "-"
_LINES = ("supported_by", "cautions")
_LISTS = ("scope", "regions", "similar")
# The fields that are named otherwise than their column, which a person's record has too.
_NAMED = {"position": "place", "active": "shown"}
COLUMNS = (
    *TEXTS, *_LINES, *_LISTS, "activities", "countries", "former_names", "acronym", "founded", "group", "website",
    "source_url", "as_of", "position", "active",
)  # fmt: skip

Values = dict[str, Any]


def columns(network: Network) -> Values:
    """Return what staff may edit of a network, by column, as plain JSON."""
    return plain({name: getattr(network, name) for name in COLUMNS})


def edited(network: Network) -> list[str]:
    """Return the columns that no longer hold what the last import wrote; none where nothing was imported."""
    now = columns(network)
    return [name for name in COLUMNS if name in network.imported and network.imported[name] != now[name]]


def plain(values: Mapping[str, Any]) -> Values:
    """Return the values of columns as JSON holds them, so that they compare with what was imported."""
    found: Values = TypeAdapter(dict[str, Any]).dump_python(dict(values), mode="json")
    return found


def typed(values: Mapping[str, Any]) -> Values:
    """Return plain values as the columns hold them."""
    found = dict(values)
    if "as_of" in found:
        found["as_of"] = date.fromisoformat(found["as_of"])
    if "group" in found:
        found["group"] = Group(found["group"])
    return found


def field_of(fact: str, language: Language) -> str:
    """Return the name of the field that holds a fact's text in a language."""
    return f"{fact}_{language.suffix}"


def fields_of(column: str) -> list[str]:
    """Return the names of the fields that a column is edited in."""
    if column in WORDED:
        return [field_of(column, language) for language in Language]
    return [_NAMED.get(column, column)]


def flat(values: Mapping[str, Any]) -> Values:
    """Return plain values of columns as fields: texts by language, lists of words as lines, nothing as ""."""
    found: Values = {}
    for fact in TEXTS:
        found |= _by_language(fact, values[fact])
    found |= _by_language("countries", (values["countries"] or {}).get("label"))
    found |= {field_of("activities", language): _activities(values["activities"], language) for language in Language}
    found["former_names"] = "\n".join(former["name"] for former in values["former_names"])
    found |= {name: "\n".join(values[name]) for name in _LINES}
    found |= {name: list(values[name]) for name in _LISTS}
    found |= {name: values[name] or "" for name in ("acronym", "website", "source_url", "as_of", "group")}
    found["founded"] = values["founded"]
    return found | {field: values[column] for column, field in _NAMED.items() if column in values}


def _by_language(fact: str, texts: Mapping[str, str] | None) -> Values:
    return {field_of(fact, language): (texts or {}).get(language, "") for language in Language}


def _activities(given: list[Mapping[str, str]], language: Language) -> str:
    lines = [activity.get(language) or AS_IN_ENGLISH for activity in given]
    return "\n".join(lines) if any(line != AS_IN_ENGLISH for line in lines) else ""


def shaped(given: Mapping[str, Any], before: Mapping[str, Any]) -> Values:
    """Return fields as plain values of columns; `before` are the present ones, for what no field shows.

    Figures behind the wording of countries stay, and so does what is known of a former name.
    """
    found: Values = {fact: _texts(fact, given) or None for fact in TEXTS}
    label = _texts("countries", given)
    figures = {name: value for name, value in (before.get("countries") or {}).items() if name != "label"}
    found["countries"] = figures | ({"label": label} if label else {})
    found["activities"] = _shaped_activities(given)
    known = {former["name"]: former for former in before.get("former_names") or ()}
    unknown = {"source": "unverified", "evidence": None, "note": None}
    found["former_names"] = [known.get(name, {"name": name, **unknown}) for name in lines(given["former_names"])]
    found |= {name: lines(given[name]) for name in _LINES}
    found |= {name: list(given[name]) for name in _LISTS}
    found |= {name: given[name] or None for name in ("acronym", "website", "founded")}
    found |= {name: given[name] for name in ("source_url", "as_of", "group")}
    return found | {column: given[field] for column, field in _NAMED.items()}


def _texts(fact: str, given: Mapping[str, Any]) -> dict[str, str]:
    texts = {language.value: given[field_of(fact, language)] for language in Language}
    return {language: text for language, text in texts.items() if text}


def _shaped_activities(given: Mapping[str, Any]) -> list[dict[str, str]]:
    by_language = {language: lines(given[field_of("activities", language)]) for language in Language}
    return [
        {
            language.value: own[number]
            for language, own in by_language.items()
            if number < len(own) and own[number] != AS_IN_ENGLISH
        }
        for number in range(len(by_language[Language.EN]))
    ]


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.split("\n") if line.strip()]
