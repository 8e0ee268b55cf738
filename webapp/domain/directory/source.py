"""The networks' file: its shape as frozen values, and `load`, which checks the whole file before any of it is used."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, ConfigDict, StrictInt, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from webapp.vocabulary import Group, Language

MAX_SIMILAR = 3
STRICT = ConfigDict(extra="forbid")
WORDS_FOR_FAULTS = {"missing": "is missing", "unexpected_keyword_argument": "is not a key that is known here"}

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
# Where a fact was read: the university's own page, another public page, no one's page, or nowhere yet.
Origin = Literal["page", "verified", "knowledge", "unverified"]
Fact = Annotated[
    str,
    StringConstraints(
        pattern=r"^(acronym|name\.[a-z]+|founded|founded_by|administered_by|supported_by|members|countries|role"
        r"|role_note|page_link)$"
    ),
]
_KEYS = {language.suffix: language for language in Language}


def _known(key: str) -> str:
    if key not in _KEYS:
        raise ValueError("is not a language that is known here")
    return key


def _english(texts: dict[str, str | None]) -> dict[str, str | None]:
    if not texts.get(Language.EN):
        raise ValueError("is missing in English")
    return texts


# Words that are shown, by language; a network's name only where it is official.
Text = Annotated[dict[Annotated[str, AfterValidator(_known)], Filled | None], AfterValidator(_english)]


@dataclass(frozen=True, config=STRICT)
class SourceTerm:
    """One tag of a vocabulary."""

    tag: Tag
    label: Text


@dataclass(frozen=True, config=STRICT)
class FormerName:
    """A name that a network no longer uses; never its label."""

    name: Filled
    source: Origin
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT)
class Members:
    """A figure exactly as stated; what it counts is in the unit, so figures of two networks do not compare."""

    count: Filled
    unit: Filled
    qualifier: Filled | None = None


@dataclass(frozen=True, config=STRICT)
class Countries:
    """Where a network is: as the source words it, as country tags, and as one line to show."""

    as_on_page: Filled
    label: Text
    tags: tuple[Tag, ...]
    count: StrictInt | None = None
    unit: Filled | None = None
    qualifier: Filled | None = None
    names: tuple[Filled, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Website:
    """A network's own site; no address where none was found."""

    url: Address | None
    source: Origin
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT)
class Source:
    """Where some facts of a network were read. Evidence is free text, not always an address. For the office."""

    facts: tuple[Fact, ...]
    source: Origin
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT)
class SourceNetwork:
    """One network; `size` is the only wording of its figure that may be shown, and None means that none may."""

    order: StrictInt
    slug: Tag
    group: Group
    acronym: Filled | None
    name: Text
    name_source: Origin
    former_names: tuple[FormerName, ...]
    founded: StrictInt | None
    founded_by: Text | None
    administered_by: Text | None
    supported_by: tuple[Filled, ...]
    members: tuple[Members, ...]
    countries: Countries
    regions: tuple[Tag, ...]
    scope: tuple[Tag, ...]
    size: Text | None
    summary: Text
    description: Text
    activities: tuple[Text, ...]
    role: Text
    role_note: Text | None
    website: Website
    cautions: tuple[Filled, ...]
    sources: tuple[Source, ...]
    similar: tuple[Tag, ...]


@dataclass(frozen=True, config=STRICT)
class Meta:
    """Whose statements these are, and of which day."""

    source_page: Address
    as_of: date
    institution: Text
    stated_by: Text
    rule: Filled
    contact: Filled
    contact_email: Filled | None
    without_read_more: tuple[Tag, ...]


@dataclass(frozen=True, config=STRICT)
class DirectorySource:
    """The whole file; networks in the order in which they are shown."""

    meta: Meta
    groups: tuple[SourceTerm, ...]
    scopes: tuple[SourceTerm, ...]
    regions: tuple[SourceTerm, ...]
    networks: tuple[SourceNetwork, ...]


# Both are safe; the one in C, where PyYAML has it, is eight times as quick.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> DirectorySource:
    """Read and check the file; raise one ValueError that lists every fault.

    Hazard: a key repeated in one mapping goes unnoticed, and the later one wins.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError as fault:
        raise ValueError(f"{path.name} is not YAML: {fault}") from fault
    faults = list(_disagreements(raw)) if isinstance(raw, dict) else []
    try:
        source = TypeAdapter(DirectorySource).validate_python(raw)
    except ValidationError as fault:
        faults = [*_misshapen(fault, raw), *faults]
    if faults:
        raise ValueError("\n".join([f"{path.name} has {len(faults)} fault(s):", *faults]))
    return source


def _misshapen(fault: ValidationError, raw: object) -> Iterator[str]:
    """Yield what has a wrong shape, each with its place; networks by slug rather than by number."""
    for error in fault.errors(include_url=False):
        place = ".".join(str(step) for step in _by_slug(error["loc"], raw)) or "the file"
        yield f"{place}: {WORDS_FOR_FAULTS.get(error['type'], error['msg'])}"


def _by_slug(place: tuple[int | str, ...], raw: object) -> tuple[int | str, ...]:
    match place:
        case ("networks", int(index), *rest) if isinstance(raw, dict):
            network = raw["networks"][index]
            return (_name(network) if isinstance(network, dict) else f"networks.{index}", *map(str, rest))
    return place


def _disagreements(raw: Mapping[str, object]) -> Iterator[str]:
    """Yield what is well-formed but does not fit together; says nothing about parts that have a wrong shape."""
    networks = _mappings(raw, "networks")
    yield from _untranslated(raw, networks)
    if not networks:
        yield "networks: there is none"
    for key in ("order", "slug"):
        for value in _repeated([network.get(key) for network in networks]):
            yield f"networks: {key} {value} appears more than once"
    vocabularies = {name: _mappings(raw, name) for name in ("groups", "scopes", "regions")}
    for name, terms in vocabularies.items():
        for tag in _repeated([term.get("tag") for term in terms]):
            yield f"{name}: tag {tag} appears more than once"
    tags = {name: {str(term.get("tag")) for term in terms} for name, terms in vocabularies.items()}
    slugs = {str(network.get("slug")) for network in networks}
    for network in networks:
        for fault in _disagreements_of(network, tags, slugs):
            yield f"{_name(network)}.{fault}"


def _untranslated(raw: Mapping[str, object], networks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield texts that lack a language of the file: those in which it names the institution."""
    meta = raw.get("meta")
    named = meta.get("institution") if isinstance(meta, dict) else None
    languages = list(named) if isinstance(named, dict) else []
    parts: list[tuple[str, object]] = [(_name(network), network) for network in networks]
    for kind in ("groups", "scopes", "regions"):
        parts += [(f"{kind}.{term.get('tag')}", term) for term in _mappings(raw, kind)]
    for place, part in parts:
        yield from _gaps(place, part, languages)


def _gaps(place: str, part: object, languages: Sequence[str]) -> Iterator[str]:
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from _gaps(f"{place}.{number}", each, languages)
    elif isinstance(part, dict) and Language.EN in part:
        yield from (f"{place}.{language}: is missing" for language in languages if not part.get(language))
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from _gaps(f"{place}.{key}", each, languages) if key != "name" else ()


def _disagreements_of(network: Mapping[str, object], tags: Mapping[str, set[str]], slugs: set[str]) -> Iterator[str]:
    known = {"scope": tags["scopes"], "regions": tags["regions"], "similar": slugs - {str(network.get("slug"))}}
    for key, allowed in known.items():
        used = _strings(network, key)
        yield from (f"{key}: {tag} is not known" for tag in used if tag not in allowed)
        yield from (f"{key}: {tag} appears more than once" for tag in _repeated(used))
    group = network.get("group")
    if isinstance(group, str) and group not in tags["groups"]:
        yield f"group: {group} has no label in groups"
    if len(_strings(network, "similar")) > MAX_SIMILAR:
        yield f"similar: more than {MAX_SIMILAR}"
    name = network.get("name")
    yield from _half_named(name) if isinstance(name, dict) else ()


def _half_named(name: Mapping[str, object]) -> Iterator[str]:
    for language in Language:
        scripts = [other.suffix for other in Language if other.base == language.base]
        if name.get(language.suffix) and any(other in name and not name[other] for other in scripts):
            yield f"name: {language} in one script only"


def _name(network: Mapping[str, object]) -> str:
    return f"networks.{network.get('slug') or network.get('order') or 'without slug'}"


def _mappings(raw: Mapping[str, object], key: str) -> list[dict[str, object]]:
    value = raw.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _strings(network: Mapping[str, object], key: str) -> list[str]:
    value = network.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _repeated(values: Sequence[object]) -> list[str]:
    counted = Counter(str(value) for value in values if value is not None)
    return [value for value, count in counted.items() if count > 1]
