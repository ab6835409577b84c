"""A map as a sheet of paper: headline, the country, something on it, a legend below."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from html import escape

from logistics.report.pictures.drawing import FONT, INK, SOFT, Drawing, text, tooltip
from logistics.report.pictures.outlines import (
    HEIGHT,
    TENTHS,
    WIDTH,
    border_path,
    cell_paths,
    nation_path,
)
from logistics.report.pictures.style import Scale

LAND = "#f3f3f0"
"""The country where nothing is drawn on it."""

Shade = tuple[str, str]
"""A color and what it stands for."""

_LINE = 30  # height of a line of text
_LEGEND = 92
_MARGIN = 14
_CHARACTERS = 66  # in a line of the headline
_RAMP = 420  # width of the legend's colors
_STOPS = 16


def sheet(
    title: str, networks: str, note: str, body: Iterable[str], legend: Iterable[str]
) -> Drawing:
    """Return a map with its headline and legend.

    `title`: the metric. `note`: what one must know to read it. Too long lines are broken.
    """
    lines = [
        *((line, 25, {"font_weight": "bold"}) for line in textwrap.wrap(title, _CHARACTERS)),
        *((line, 21, {}) for line in textwrap.wrap(networks, _CHARACTERS + 10)),
        *((line, 19, {"fill": SOFT}) for line in textwrap.wrap(note, _CHARACTERS + 22)),
    ]
    top = _MARGIN + _LINE * len(lines)
    height = top + HEIGHT + _LEGEND
    words = ". ".join(line for line, *_ in lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}"',
        f' width="{WIDTH:g}" height="{height:g}" role="img" font-family="{FONT}"',
        f' aria-label="{escape(title)}"><desc>{escape(words)}</desc>',
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="white"/>',
        f'<g transform="translate(0 {top})">',
        *body,
        f'<g transform="translate(0 {HEIGHT + 4})">',
        *legend,
        "</g></g>",
        *(  # last: a map may reach beyond its frame
            text(_MARGIN, _MARGIN + _LINE * (row + 0.75), line, size, **attributes)
            for row, (line, size, attributes) in enumerate(lines)
        ),
        "</svg>",
    ]
    return Drawing("".join(parts))


def cells_layer(cells: Sequence[Shade], borders: str = "#fff") -> list[str]:
    """Return the markets' cells within the nation's outline, and the borders over them."""
    shapes = (
        f'<path d="{path}" fill="{color}">{tooltip(words)}</path>'
        for path, (color, words) in zip(cell_paths(), cells, strict=True)
    )
    everywhere = 10 * WIDTH
    sea = f"M-{everywhere},-{everywhere}h{3 * everywhere}v{3 * everywhere}h-{3 * everywhere}z"
    return [
        f"<g {TENTHS}>",
        *shapes,
        "</g>",
        f'<g {TENTHS} stroke-width="9">',
        f'<path d="{border_path()}" fill="none" stroke="{borders}" pointer-events="none"/>',
        # a white sea around the nation: the same to see as cutting the cells, and quicker to draw
        f'<path d="{sea}{nation_path()}" fill="#fff" fill-rule="evenodd" stroke="#8a8a86"/>',
        "</g>",
    ]


def plain_layer() -> list[str]:
    """Return the empty country, to draw upon."""
    return [
        f'<g {TENTHS} stroke-width="10">',
        f'<path d="{nation_path()}" fill="{LAND}" stroke="#8a8a86"/>',
        f'<path d="{border_path()}" fill="none" stroke="#c4c4c0"/></g>',
    ]


def ramp_legend(
    scale: Scale, unit: str, number: Callable[[float], str], others: Sequence[Shade]
) -> list[str]:
    """Return the colors of a scale with their numbers, and what the other colors mean."""
    left = _MARGIN + 6
    stops = (
        f'<stop offset="{row / _STOPS:g}" stop-color="{scale.shade(row / _STOPS)}"/>'
        for row in range(_STOPS + 1)
    )
    parts = [
        text(left, 14, unit),
        '<linearGradient id="ramp">', *stops, "</linearGradient>",
        f'<rect x="{left}" y="22" width="{_RAMP}" height="18" fill="url(#ramp)"/>',
    ]  # fmt: skip
    for value in scale.ticks():
        x = left + _RAMP * (value - scale.low) / (scale.high - scale.low)
        parts.append(f'<path d="M{x:g},40v6" stroke="{INK}"/>')
        parts.append(text(round(x, 1), 64, number(value), text_anchor="middle"))
    return [*parts, *swatches(others, left + _RAMP + 40)]


def swatches(colors: Sequence[Shade], left: float) -> list[str]:
    """Return little squares, one below the other, with what each color means."""
    return [
        f'<rect x="{left:g}" y="{4 + 27 * row:g}" width="18" height="18" fill="{color}"'
        f' stroke="#888"/>' + text(left + 27, 19 + 27 * row, words)
        for row, (color, words) in enumerate(colors)
    ]
