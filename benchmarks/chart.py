"""A drawing of how long pages take at each size, as SVG: a row for each page, a dot for each size."""

import math
from collections.abc import Sequence
from html import escape

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 900, 270, 30, 22, 64
_COLOURS = ("#0f6b4f", "#b3541e", "#4a4a9c", "#7a7a7a")
_TEXT = 'font-family="system-ui, sans-serif" font-size="13" fill="#1c1c1c"'


def drawn(pages: Sequence[tuple[str, Sequence[float]]], sizes: Sequence[int], title: str) -> str:
    """Return the chart. Milliseconds grow tenfold from line to line; each size has its own form, not a colour alone."""
    most = 10 ** math.ceil(math.log10(max(max(values) for _name, values in pages)))
    bottom = _TOP + _ROW * len(pages)

    def across(value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * max(0.0, math.log10(max(value, 1.0)) / math.log10(most))

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 40}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(title)}</title>',
        f'<rect width="{_WIDTH}" height="{bottom + 40}" fill="#fff"/>',
        f'<text x="16" y="24" {_TEXT} font-weight="600">{escape(title)}</text>',
    ]
    for number, size in enumerate(sizes):
        at = 16 + number * 170
        lines += [_mark(at + 6, 43, number), f'<text x="{at + 18}" y="48" {_TEXT}>{size:,} enquiries</text>']
    for power in range(round(math.log10(most)) + 1):
        x = across(10**power)
        lines.append(f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="#ccc"/>')
        lines.append(f'<text x="{x:.1f}" y="{bottom + 20}" {_TEXT} text-anchor="middle">{10**power:,} ms</text>')
    for row, (name, values) in enumerate(pages):
        y = _TOP + _ROW * row + 10
        lines.append(f'<text x="{_LEFT - 12}" y="{y + 5}" {_TEXT} text-anchor="end">{escape(name)}</text>')
        ends = [across(value) for value in values]
        lines.append(f'<line x1="{min(ends):.1f}" y1="{y}" x2="{max(ends):.1f}" y2="{y}" stroke="#bbb"/>')
        lines += [_mark(x, y, number) for number, x in enumerate(ends)]
    return "\n".join([*lines, "</svg>", ""])


def _mark(x: float, y: float, number: int) -> str:
    """Return the mark of a size: a circle, a square, a diamond, a ring."""
    colour = _COLOURS[number % len(_COLOURS)]
    return (
        f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{colour}"/>',
        f'<rect x="{x - 4.5:.1f}" y="{y - 4.5}" width="9" height="9" fill="{colour}"/>',
        f'<path d="M{x:.1f} {y - 6}l6 6-6 6-6-6z" fill="{colour}"/>',
        f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#fff" stroke="{colour}" stroke-width="2"/>',
    )[number % 4]
