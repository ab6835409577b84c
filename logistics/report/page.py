"""`report.html`: one page for a board, which asks nothing of the network it is read on."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import isfinite

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from logistics.analysis.comparison import Comparison, pair_name
from logistics.report.background import Background
from logistics.report.pictures.catalog import Chart, has_group
from logistics.report.pictures.drawing import FONT, with_own_ids
from logistics.report.tables.causes import causes_table, waterfall_table
from logistics.report.tables.groups import dates_table, markets_table, weekdays_table
from logistics.report.tables.metrics import (
    differences_table,
    networks_table,
    ranges_table,
    shoppers_table,
)
from logistics.report.tables.places import added_capacity_table, bottlenecks_table, damage_table
from logistics.report.tables.provenance import assumptions_table, comparison_facts, made_table
from logistics.report.tables.table import Cell, Metric, Table, cell_parts
from logistics.report.text.answer import answer, farthest_pair, gains, shown_pairs
from logistics.report.text.caveats import caveats_of
from logistics.report.text.ranges import headlines
from logistics.report.text.wording import delivers, held_together, times_run, verdicts

_SVG = re.compile(r"<svg\b([^>]*)>")
_VIEW = re.compile(r'\bviewBox="[^"]*"')
_WIDTH = re.compile(r'\bwidth="([0-9.]+)')


@dataclass(frozen=True)
class Section:
    """A part of the page: what it says, its pictures, its tables."""

    name: str
    title: str
    words: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()

    def groups(self) -> dict[str, list[Chart]]:
        """Return the pictures by the heading they stand under; '' for none."""
        grouped: dict[str, list[Chart]] = {}
        for chart in self.charts:
            grouped.setdefault(chart.group, []).append(chart)
        return grouped

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.words or self.charts or self.tables)


@dataclass(frozen=True)
class Front:
    """The head of a page. `titles`: what each network is; `pairs`: further verdicts, in a list."""

    title: str
    lead: str
    answer: Sequence[str]
    caveats: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    pairs: Sequence[str] = ()
    many: bool = False
    version: str = ""


def page(result: Comparison, charts: Sequence[Chart], background: Background) -> str:
    """Return the page as HTML."""
    front = Front(
        title=_title(result),
        lead=_lead(result),
        answer=[*headlines(result), *answer(result)],
        caveats=caveats_of(result) if "networks" in result.run else [],
        titles=_titles(result),
        pairs=_pairs(result),
        many=len(result.names) > 4,
        version=result.run.get("versions", {}).get("logistics", ""),
    )
    return rendered(front, _sections(result, charts, background))


def rendered(front: Front, sections: Sequence[Section]) -> str:
    """Return a page as HTML, without the sections that have nothing to show."""
    script = _text("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            front=front,
            sections=[one for one in sections if not one.is_empty],
            style=_text("report.css"),
            script=script,
            script_hash=f"sha256-{digest}",
        )
    )


def inline(chart: Chart) -> str:
    """Return a picture's SVG for the page: ids of its own, a name, as wide as there is room."""
    svg = with_own_ids(chart.svg, f"{chart.name}:")
    svg = svg[svg.index("<svg") :]
    width, view = _WIDTH.search(svg), _VIEW.search(svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view[0] if view else ""} class="picture"'
        f' font-family="{FONT}" style="max-width:{float(width[1]) if width else 800:.0f}px"'
        f' role="img" aria-labelledby="{chart.name}">'
    )
    return _SVG.sub(lambda _: head, svg, count=1)


def cell_text(cell: Cell) -> str:
    """Return a cell as text; an estimate may only be broken before its interval."""
    if isinstance(cell, Metric):
        return " ".join(part.replace(" ", "\u00a0") for part in cell.parts())
    return " ".join(cell_parts(cell))


def _title(result: Comparison) -> str:
    *most, last = result.names
    return f"The same orders through {', '.join(most)} and {last}" if most else last


def _lead(result: Comparison) -> str:
    run = result.run
    parts = []
    if "days" in run:
        parts.append(
            f"{run['days']} day{'s' * (run['days'] > 1)} of orders from {run['first_day']},"
            f" a sample of {run['orders_per_day']:,} orders a day."
        )
    return " ".join([*parts, times_run(result)])


def _titles(result: Comparison) -> dict[str, str]:
    """Return what each network is, in a few words, where its scenario says so."""
    networks = result.run.get("networks", {})
    titles = {name: networks.get(name, {}).get("title", "") for name in result.names}
    return {name: title for name, title in titles.items() if title}


def _pairs(result: Comparison) -> list[str]:
    """Return the verdicts of the pairs that the answer is not about."""
    if len(result.names) < 3:
        return []
    told = farthest_pair(result)
    said = zip(result.pairs(), verdicts(result), strict=True)
    return [verdict for (first, second, _), verdict in said if (first, second) != told]


def _sections(result: Comparison, charts: Sequence[Chart], background: Background) -> list[Section]:
    def of(section: str) -> list[Chart]:
        return [chart for chart in charts if chart.section == section]

    several, told = len(result.names) > 1, bool(result.group_totals)
    some = any(delivers(figures) for figures in result.metrics.values())
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    falls = [waterfall_table(result, pairs)] if pairs and some else []
    figures = [networks_table(result), *([differences_table(result)] if several else [])]
    return [
        Section("ranges", "Two intervals", charts=of("ranges"),
                tables=[ranges_table(result.ranges)] if result.ranges else []),
        Section("figures", "Metrics", _how_sure(result), tables=figures),
        Section("distributions", "When the parcels arrive", charts=of("distributions")),
        Section("dates", "By order date", charts=of("dates"),
                tables=[dates_table(result)] if told else []),
        Section("causes", "Where the hours go",
                _undelivered(result, "no click-to-door hours") if told else [],
                of("causes"), [causes_table(result)] if told and some else []),
        Section("waterfall", "Why one is slower than the other", _unequalled(result),
                of("waterfall"), falls),
        Section("weekdays", "By the weekday of the order", charts=of("weekdays"),
                tables=[weekdays_table(result)] if told else []),
        Section("damage", "Damage", _undelivered(result, "no damage to report"), of("damage"),
                [damage_table(result)] if result.damage and some else []),
        Section("maps", "Across the country", charts=of("maps"),
                tables=[markets_table(result)] if has_group(result, "market") else []),
        Section("bottlenecks", "Where parcels wait for capacity", charts=of("bottlenecks"),
                tables=[*([bottlenecks_table(result)] if result.places else []),
                        *map(added_capacity_table, filter(None, [background.added_capacities]))]),
        Section("shoppers", "Two shoppers", tables=[shoppers_table(result)]),
        _assumed(result, background),
        Section("made", "How it was made",
                tables=[made_table(comparison_facts(result, background.command))]),
    ]  # fmt: skip


def _how_sure(result: Comparison) -> list[str]:
    """Say what verdicts on several pairs go by, and what the same orders gained."""
    together = held_together(result)
    return [*([together] if together else []), *gains(result)]


def _undelivered(result: Comparison, lacking: str) -> list[str]:
    """Say of which networks there is nothing to show, because they deliver nothing."""
    return [
        f"{name} delivers no parcel, so it has {lacking}."
        for name in result.names
        if not delivers(result.metrics[name])
    ]


def _unequalled(result: Comparison) -> list[str]:
    """Say between which networks hours cannot be compared."""
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    return [
        f"{first} and {second}: no parcel was delivered in both, so there are no hours to compare."
        for first, second in pairs
        if not isfinite(result.waterfalls[pair_name(first, second)].first_hours.estimate)
    ]


def _assumed(result: Comparison, background: Background) -> Section:
    found = background.assumptions
    if not found:
        return Section("assumptions", "Inputs")
    sourced = sum(one.sourced for one in found)
    changed = sum(one.changed for one in found)
    words = [
        f"{len(found)} input values: {sourced} have a public source, the rest are assumed or"
        " chosen, most with a plausible range."
        + (f" {changed} differ from the defaults." if changed else "")
    ]
    table = assumptions_table(found, result.names)
    return Section("assumptions", "Inputs", words, tables=[table])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("logistics.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    # the only texts that are not escaped: what was drawn here, and the page's own style and script
    environment.filters["drawn"] = lambda chart: Markup(inline(chart))
    environment.filters["own"] = Markup
    environment.filters["shown"] = cell_text
    return environment


def _text(name: str) -> str:
    folder = resources.files("logistics.report") / "templates"
    return (folder / name).read_text(encoding="utf-8")
