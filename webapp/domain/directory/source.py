"""The networks' file: its shape as frozen values, and `load`, which checks the whole file before any of it is used."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, StrictInt, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from webapp.domain.directory.file_lines import read
from webapp.domain.directory.source_faults import disagreements, name_of
from webapp.vocabulary import Group, Language

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


@dataclass(frozen=True, config=STRICT, kw_only=True)
class SourceTerm:
    """One tag of a vocabulary."""

    tag: Tag
    label: Text


@dataclass(frozen=True, config=STRICT, kw_only=True)
class FormerName:
    """A name that a network no longer uses; never its label."""

    name: Filled
    source: Origin
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Members:
    """A figure exactly as stated; what it counts is in the unit, so figures of two networks do not compare."""

    count: Filled
    unit: Filled
    qualifier: Filled | None = None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Countries:
    """Where a network is: as the source words it, as country tags, and as one line to show."""

    label: Text
    as_on_page: Filled | None = None
    tags: tuple[Tag, ...] = ()
    count: StrictInt | None = None
    unit: Filled | None = None
    qualifier: Filled | None = None
    names: tuple[Filled, ...] = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Website:
    """A network's own site; no address where none was found."""

    url: Address | None
    source: Origin = "page"
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Source:
    """Where some facts of a network were read. Evidence is free text, not always an address. For the office."""

    facts: tuple[Fact, ...]
    source: Origin
    evidence: Filled | None = None
    note: Filled | None = None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class SourceNetwork:
    """One network; `size` is the only wording of its figure that may be shown, and None means that none may.

    Without `order`, networks are shown as the file has them.
    """

    slug: Tag
    group: Group
    name: Text
    summary: Text
    description: Text
    order: StrictInt | None = None
    acronym: Filled | None = None
    name_source: Origin = "page"
    former_names: tuple[FormerName, ...] = ()
    founded: StrictInt | None = None
    founded_by: Text | None = None
    administered_by: Text | None = None
    supported_by: tuple[Filled, ...] = ()
    members: tuple[Members, ...] = ()
    countries: Countries | None = None
    regions: tuple[Tag, ...] = ()
    scope: tuple[Tag, ...] = ()
    size: Text | None = None
    activities: tuple[Text, ...] = ()
    role: Text | None = None
    role_note: Text | None = None
    website: Website | None = None
    cautions: tuple[Filled, ...] = ()
    sources: tuple[Source, ...] = ()
    similar: tuple[Tag, ...] = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Meta:
    """Whose statements these are, and of which day. Texts are needed in the languages that name the institution."""

    source_page: Address
    as_of: date
    institution: Text | None = None
    stated_by: Text | None = None
    rule: Filled | None = None
    contact: Filled | None = None
    contact_email: Filled | None = None
    without_read_more: tuple[Tag, ...] = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class DirectorySource:
    """The whole file; networks in the order in which they are shown."""

    meta: Meta
    networks: tuple[SourceNetwork, ...]
    groups: tuple[SourceTerm, ...] = ()
    scopes: tuple[SourceTerm, ...] = ()
    regions: tuple[SourceTerm, ...] = ()


def load(path: Path) -> DirectorySource:
    """Read and check the file; raise one ValueError that lists every fault, each with its line."""
    raw, lines = read(path)
    faults = [*lines.repeated, *disagreements(raw)] if isinstance(raw, dict) else []
    try:
        source = TypeAdapter(DirectorySource).validate_python(raw)
    except ValidationError as fault:
        faults = [*_misshapen(fault, raw), *faults]
    if faults:
        told = sorted({(lines.of(fault), fault) for fault in faults})
        listed = [f"line {line}: {fault}" for line, fault in told]
        raise ValueError("\n".join([f"{path.name} has {len(listed)} fault(s):", *listed]))
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
            return (name_of(network) if isinstance(network, dict) else f"networks.{index}", *map(str, rest))
    return place
