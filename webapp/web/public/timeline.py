"""Networks on a line of years: where each one's dot is, and which decades are named."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.directory.listing import Entry

# The line has so many places; the style sheet has a class for each. Fewer networks than three make no line.
PLACES = 40
_FEWEST = 3
# Where letters of a name no longer fit beside its dot, it is written before it.
_SIZES = ((5, "s"), (9, "m"), (14, "l"))
_TURNS = {"s": 33, "m": 29, "l": 25, "xl": 20}


@dataclass(frozen=True)
class Dot:
    """A network on the line; `size` is how long its name is, `turned` where that is written before the dot."""

    network: Entry
    year: int
    place: int
    size: str
    turned: bool


@dataclass(frozen=True)
class Timeline:
    """The years that the line goes from and to, its dots by year, and (year, place) of each decade."""

    first: int
    last: int
    dots: list[Dot]
    decades: list[tuple[int, int]]


def timeline(networks: Sequence[Entry], this_year: int) -> Timeline | None:
    """Return the line of networks whose year is known, up to this year; None where they are too few."""
    dated = sorted(
        ((entry.founded, entry) for entry in networks if entry.founded and entry.founded <= this_year),
        key=lambda pair: pair[0],
    )
    if len(dated) < _FEWEST:
        return None
    first = dated[0][0]
    span = max(this_year - first, 1)

    def place(year: int) -> int:
        return 1 + round((year - first) * (PLACES - 1) / span)

    step = 10 * -(-span // 90)
    decades = [
        (year, place(year)) for year in range(-(-first // step) * step, this_year + 1, step) if place(year) < PLACES - 2
    ]
    return Timeline(first, this_year, [_dot(entry, year, place(year)) for year, entry in dated], decades)


def _dot(entry: Entry, year: int, place: int) -> Dot:
    length = len(entry.short_name)
    size = next((name for most, name in _SIZES if length <= most), "xl")
    return Dot(entry, year, place, size, place > _TURNS[size])
