"""What a visitor of the directory looks for, and the networks that match."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from webapp.domain.directory.listing import Entry, Word
from webapp.domain.search import folding
from webapp.models import Network, Term
from webapp.vocabulary import DirectoryOrder, TermKind

Listed = TypeVar("Listed", Network, Entry)


@dataclass(frozen=True)
class DirectorySearch:
    """What a visitor looks for; empty fields do not filter."""

    text: str = ""
    scope: str = ""
    region: str = ""
    group: str = ""

    def __bool__(self) -> bool:
        return any((self.text.strip(), self.scope, self.region, self.group))


def holding(found: Sequence[Listed], text: str, terms: Mapping[TermKind, Sequence[Term | Word]]) -> list[Listed]:
    """Return the networks that hold every term of a text in what visitors can read of them, in any language.

    Each is read anew, so ask once and filter what it returns. All are returned where there is no text.
    """
    if not text.strip():
        return list(found)
    wanted = folding.terms(text)
    labels = {(kind, term.tag): " ".join(term.label.values()) for kind, listed in terms.items() for term in listed}
    return [network for network in found if wanted and folding.holds(_search_text(network, labels), wanted)]


def matching(found: Sequence[Listed], search: DirectorySearch) -> list[Listed]:
    """Return the networks that meet every filter of a search; its text is for `holding`."""
    return [
        network
        for network in found
        if (not search.scope or search.scope in network.scope)
        and (not search.region or search.region in network.regions)
        and (not search.group or search.group == network.group)
    ]


def ordered(found: Sequence[Entry], order: DirectoryOrder, language: str) -> list[Entry]:
    """Return networks by what they are called in a language, by year from the oldest, or by size from the largest.

    Those without a year or a number come last. A size is the largest number in its English words, whatever it counts.
    """
    if order is DirectoryOrder.NAME:
        return sorted(
            found, key=lambda entry: folding.searchable(entry.acronym or entry.name.get(language, entry.name["en"]))
        )
    if order is DirectoryOrder.YEAR:
        return sorted(found, key=lambda entry: (entry.founded is None, entry.founded))
    return sorted(found, key=_counted, reverse=True)


def _counted(entry: Entry) -> int:
    said = entry.size["en"] if entry.size else ""
    return max((int(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*", said)), default=-1)


def _search_text(network: Network | Entry, labels: Mapping[tuple[TermKind, str], str]) -> str:
    """Return what a network's pages say, a line for each text: all but figures' sources and the office's cautions."""
    localised = (network.name, network.founded_by, network.administered_by, network.size, network.summary)
    localised += (network.description, *network.activities, network.role, network.role_note)
    tags = {TermKind.GROUP: [network.group.value], TermKind.SCOPE: network.scope, TermKind.REGION: network.regions}
    texts = [
        *(text for texts in (*localised, network.countries.get("label")) for text in (texts or {}).values()),
        *(labels.get((kind, tag), tag) for kind, given in tags.items() for tag in given),
        *(former["name"] for former in network.former_names),
        *network.supported_by,
        *network.countries.get("names", ()),
        *(str(fact or "") for fact in (network.acronym, network.slug, network.founded, network.website)),
    ]
    return "\n".join(map(folding.searchable, texts))
