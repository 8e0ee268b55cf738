"""Colours of an email from the one brand colour: dark enough to carry white text, light enough for the dark page."""

from dataclasses import dataclass
from functools import lru_cache

DARK_PAGE = "#191616"
WHITE = "#ffffff"
_BLACK = "#000000"
LEGIBLE = 4.5
_SHAPE = 3.0
_STEPS = 50


@dataclass(frozen=True)
class Palette:
    """`fill` carries white text on the light page, `dark_fill` on the dark one; `link`, `dark_link` are text."""

    fill: str
    link: str
    dark_fill: str
    dark_link: str


@lru_cache(16)
def palette(brand: str) -> Palette:
    """Return the colours for a brand colour such as `#8f1329`."""
    fill = _towards(brand, _BLACK, against=WHITE, ratio=LEGIBLE)
    return Palette(
        fill=fill,
        link=fill,
        dark_fill=_towards(fill, WHITE, against=DARK_PAGE, ratio=_SHAPE),
        dark_link=_towards(brand, WHITE, against=DARK_PAGE, ratio=7.0),
    )


def contrast(one: str, other: str) -> float:
    """Return the ratio of contrast of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _towards(colour: str, goal: str, *, against: str, ratio: float) -> str:
    """Return the colour, moved towards a goal only as far as it must to stand out."""
    for step in range(_STEPS + 1):
        mixed = _mix(colour, goal, step / _STEPS)
        if contrast(mixed, against) >= ratio:
            return mixed
    return goal


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def _luminance(colour: str) -> float:
    parts = (channel / 255 for channel in _channels(colour))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
