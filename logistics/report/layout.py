"""The parts of a page, and how they become one HTML file that asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from logistics.report.pictures.catalog import Chart
from logistics.report.pictures.drawing import FONT, with_own_ids
from logistics.report.pictures.interactive import Interactive
from logistics.report.tables.table import Cell, Metric, Number, Table, cell_parts
from logistics.report.text.headline import AnswerCell

_SVG = re.compile(r"<svg\b([^>]*)>")
_VIEW = re.compile(r'\bviewBox="[^"]*"')
_WIDTH = re.compile(r'\bwidth="([0-9.]+)')
_LEAST_SORTED = 5  # rows below which nobody sorts a table


@dataclass(frozen=True)
class Section:
    """A part of the page.

    `live`: a chart with switches; `still`: the picture in its place where no script runs. `charts`
    and `tables` are shown, `more_charts` and `more_tables` folded. `markets`: what the search box
    finds. `printed`: it is part of the two pages on paper.
    """

    name: str
    title: str
    tables: Sequence[Table] = ()
    words: Sequence[str] = ()
    live: Interactive | None = None
    still: Chart | None = None
    charts: Sequence[Chart] = ()
    more_tables: Sequence[Table] = ()
    more_charts: Sequence[Chart] = ()
    markets: Mapping[str, Any] | None = None
    printed: bool = False

    @property
    def has_content(self) -> bool:
        """Whether there is anything to show."""
        drawn = self.live or self.still or self.charts or self.more_charts
        return bool(drawn or self.tables or self.more_tables or self.words)


@dataclass(frozen=True)
class Tile:
    """A network's answer. `color`: that of the network in every chart."""

    label: str
    name: str
    title: str
    color: str
    cells: Sequence[AnswerCell]


@dataclass(frozen=True)
class Front:
    """The first screen.

    `second`: further headlines. `hero`: its chart. `sure`: how far to trust it, of `more_doubts`
    the methods tell. `why`: line by line.
    """

    title: str
    lead: str
    kind: str = "Delivery networks, parcel by parcel"
    second: Sequence[str] = ()
    answer: Sequence[str] = ()
    tiles: Sequence[Tile] = ()
    hero: Section | None = None
    sure: Sequence[str] = ()
    more_doubts: int = 0
    why: Sequence[str] = ()
    caveats: Sequence[str] = ()
    many: bool = False
    version: str = ""


def rendered(
    front: Front, sections: Iterable[Section], methods: Iterable[Section] = (), library: str = ""
) -> str:
    """Return a page as HTML, without the sections that have nothing to show.

    `methods`: sections folded at its end. `library`: the script that draws live charts; without it
    their stills are shown.
    """
    shown, folded = ([one for one in part if one.has_content] for part in (sections, methods))
    scripts = [*filter(None, [library]), _text("report.js")]
    return (
        _environment()
        .get_template("report.html")
        .render(
            front=front,
            sections=shown,
            methods=folded,
            live=bool(library),
            specs=_specs([front.hero, *shown] if library else []),
            style=_text("report.css"),
            scripts=scripts,
            hashes=" ".join(f"'{_hash(script)}'" for script in scripts),
        )
    )


def inline(chart: Chart) -> str:
    """Return a picture's SVG for the page: ids of its own, a name, as wide as there is room."""
    svg = with_own_ids(chart.svg, f"{chart.name}:")
    svg = svg[svg.index("<svg") :]
    width, view = _WIDTH.search(svg), _VIEW.search(svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view[0] if view else ""} class="picture"'
        f' font-family="{FONT}" style="max-width:{1.3 * float(width[1]) if width else 1000:.0f}px"'
        f' role="img" aria-labelledby="picture-{chart.name}">'
    )
    return _SVG.sub(lambda _: head, svg, count=1)


def cell_html(cell: Cell) -> Markup:
    """Return a cell: numbers to the right, an estimate and its interval apart.

    >>> cell_html(Number(1234.0, "parcels"))
    Markup('<td class="n">1,234</td>')
    """
    if isinstance(cell, Metric):
        parts = [Markup("<span>{}</span>").format(part.replace(" ", "\u00a0"))
                 for part in cell.parts()]  # fmt: skip
        return Markup('<td class="n">{}</td>').format(Markup(" ").join(parts))
    kind = Markup(' class="n"') if isinstance(cell, Number | int | float) else ""
    return Markup("<td{}>{}</td>").format(kind, " ".join(cell_parts(cell)))


def is_sortable(table: Table) -> bool:
    """Tell whether each column of a table has one unit, in enough rows to sort."""
    enough = sum(bool(row.cells) for row in table.rows) >= _LEAST_SORTED
    return enough and all(len(units) <= 1 for units in _units(table))


def numeric_columns(table: Table) -> set[int]:
    """Return which columns of a table hold numbers; that of the labels is 0."""
    return {at for at, units in enumerate(_units(table), 1) if units and "str" not in units}


def json_text(value: Any) -> Markup:
    """Return a value as JSON that no HTML parser takes for its own.

    >>> json_text("</script>")
    Markup('"\\\\u003c/script\\\\u003e"')
    """
    text = json.dumps(value, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _units(table: Table) -> Iterator[set[str]]:
    """Yield the units in each column."""
    rows = (table.shown(row) for row in table.rows if row.cells)
    for column in zip(*rows, strict=True):
        yield {_unit(cell) for cell in column if cell is not None}


def _unit(cell: Cell) -> str:
    if isinstance(cell, Metric):
        return cell.definition.unit
    return cell.unit if isinstance(cell, Number) else type(cell).__name__


def _specs(sections: Iterable[Section | None]) -> dict[str, dict[str, Any]]:
    """Return the specification of each live chart, which names what it shows."""
    charts = [one.live for one in sections if one and one.live]
    return {chart.name: {**chart.spec, "description": chart.title} for chart in charts}


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("logistics.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    # the only texts that are not escaped: what was drawn here, and the page's own style and script
    environment.filters["drawn"] = lambda chart: Markup(inline(chart))
    environment.filters["own"] = Markup
    environment.filters["data"] = json_text
    environment.filters["shown"] = cell_html
    environment.filters["numeric"] = numeric_columns
    environment.tests["sortable"] = is_sortable
    return environment


def _text(name: str) -> str:
    folder = resources.files("logistics.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")
