"""What of the networks' file is well-formed but does not fit together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from webapp.vocabulary import Language

MAX_SIMILAR = 3


def disagreements(raw: Mapping[str, object]) -> Iterator[str]:
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
            yield f"{name_of(network)}.{fault}"


def _untranslated(raw: Mapping[str, object], networks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield texts that lack a language of the file: those in which it names the institution."""
    meta = raw.get("meta")
    named = meta.get("institution") if isinstance(meta, dict) else None
    languages = list(named) if isinstance(named, dict) else []
    parts: list[tuple[str, object]] = [(name_of(network), network) for network in networks]
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
    if isinstance(group, str) and tags["groups"] and group not in tags["groups"]:
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


def name_of(network: Mapping[str, object]) -> str:
    """Return how faults call a network."""
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
