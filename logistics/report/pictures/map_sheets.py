"""A map as a sheet of paper: headline, the country, something on it, a legend below."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from logistics.report.pictures.drawing import (
    GREY,
    INK,
    SOFT,
    Drawing,
    Type,
    document,
    text,
    tooltip,
)
from logistics.report.pictures.outlines import TENTHS, border_path, cell_paths, nation_path
from logistics.report.pictures.projection import HEIGHT, WIDTH
from logistics.report.pictures.scales import Scale

LAND = "#f3f3f0"
"""The country where nothing is drawn on it."""

_LINE = 30  # height of a line of text
_LEGEND = 92
_MARGIN = 14
_CHARACTERS = 66  # in a line of the headline
_RAMP = 420  # width of the legend's colors
_STOPS = 16


@dataclass(frozen=True)
class Headline:
    """What stands over a map: the metric, the networks, and what one must know to read it."""

    title: str
    networks: str
    note: str = ""

    def lines(self) -> list[tuple[str, Type]]:
        """Return the lines of text, too long ones broken."""
        bold, soft = Type(25, INK, weight="bold"), Type(19, SOFT)
        named = textwrap.wrap(self.networks, _CHARACTERS + 10, break_long_words=True)
        noted = textwrap.wrap(self.note, _CHARACTERS + 22)
        return [
            *((line, bold) for line in textwrap.wrap(self.title, _CHARACTERS)),
            *((line, Type(21, INK)) for line in named),
            *((line, soft) for line in noted),
        ]


@dataclass(frozen=True)
class Cell:
    """How a market is shown: a color and what its tooltip says."""

    color: str
    words: str


@dataclass(frozen=True)
class Ramp:
    """The legend of a color scale: its unit, how its numbers are written, and other colors."""

    scale: Scale
    unit: str
    number: Callable[[float], str]
    others: Sequence[tuple[str, str]] = field(default=())


def sheet(headline: Headline, body: Iterable[str], legend: Iterable[str]) -> Drawing:
    """Return a map with its headline and legend."""
    lines = headline.lines()
    top = _MARGIN + _LINE * len(lines)
    written = [
        text(_MARGIN, _MARGIN + _LINE * (row + 0.75), line, how)
        for row, (line, how) in enumerate(lines)
    ]
    words = ". ".join(line for line, _ in lines)
    parts = [
        f'<g transform="translate(0 {top})">',
        *body,
        f'<g transform="translate(0 {HEIGHT + 4})">',
        *legend,
        "</g></g>",
        *written,  # last: a map may reach beyond its frame
    ]
    return Drawing(document((WIDTH, top + HEIGHT + _LEGEND), headline.title, words, parts))


def cells_layer(cells: Sequence[Cell], borders: str = "#fff") -> list[str]:
    """Return the markets' cells within the nation's outline, and the borders over them."""
    shapes = (
        f'<path d="{path}" fill="{cell.color}">{tooltip(cell.words)}</path>'
        for path, cell in zip(cell_paths(), cells, strict=True)
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


def ramp_legend(ramp: Ramp) -> list[str]:
    """Return the colors with their numbers, and what the other colors mean."""
    left, scale = _MARGIN + 6, ramp.scale
    stops = (
        f'<stop offset="{row / _STOPS:g}" stop-color="{scale.shade(row / _STOPS)}"/>'
        for row in range(_STOPS + 1)
    )
    strip = [
        '<linearGradient id="ramp">', *stops, "</linearGradient>",
        f'<rect x="{left}" y="22" width="{_RAMP}" height="18" fill="url(#ramp)"/>',
    ]  # fmt: skip
    ticks = []
    for value in scale.ticks():
        x = left + _RAMP * (value - scale.low) / (scale.high - scale.low)
        ticks.append(f'<path d="M{x:g},40v6" stroke="{INK}"/>')
        ticks.append(text(round(x, 1), 64, ramp.number(value), Type(18, INK, "middle")))
    unit = text(left, 14, ramp.unit, Type(18))
    return [unit, *strip, *ticks, *swatches(ramp.others, left + _RAMP + 40)]


def swatches(colors: Sequence[tuple[str, str]], left: float, top: float = 4) -> list[str]:
    """Return little squares, one below the other, with what each color means."""
    return [
        f'<rect x="{left:g}" y="{top + 27 * row:g}" width="18" height="18" fill="{color}"'
        f' stroke="#888"/>' + text(left + 27, top + 27 * row + 15, words, Type(18))
        for row, (color, words) in enumerate(colors)
    ]


def dot(x: float, y: float, cell: Cell) -> str:
    """Return a dot that shows a market whose cell may be too small to be seen."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{cell.color}" stroke="{INK}">'
        f"{tooltip(cell.words)}</circle>"
    )


def circle(x: float, y: float, radius: float, color: str, words: str) -> str:
    """Return a circle with a tooltip."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{escape(color)}"'
        f' fill-opacity=".72" stroke="#fff" stroke-width=".8">{tooltip(words)}</circle>'
    )


def few(parcels: int, markets: int) -> tuple[str, str]:
    """Return the grey of a legend: markets with fewer than so many parcels."""
    return GREY, f"fewer than {parcels} parcels: {markets} market{'s' * (markets != 1)}"
