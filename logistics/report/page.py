"""`report.html`: one page for a board, which asks nothing of the network it is read on."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import isfinite
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from logistics.analysis.comparison import Comparison, pair_name, pairs_of
from logistics.report.pictures.catalog import Chart, has_group
from logistics.report.pictures.drawing import FONT, with_own_ids
from logistics.report.tables import groups, metrics, provenance
from logistics.report.tables.table import Cell, Metric, Table, cell_parts
from logistics.report.text.answer import answer, farthest_pair, gains, shown_pairs
from logistics.report.text.assumptions import Assumption
from logistics.report.text.caveats import caveats_of, sample_note
from logistics.report.text.ranges import headlines
from logistics.report.text.wording import delivers, held_together, times_run, verdicts

_SVG = re.compile(r"<svg\b([^>]*)>")
_VIEW = re.compile(r'\bviewBox="[^"]*"')
_WIDTH = re.compile(r'\bwidth="([0-9.]+)')


@dataclass(frozen=True)
class Section:
    """A part of the page: what it says, its tables, and the charts that name it."""

    name: str
    title: str
    tables: Sequence[Table] = ()
    words: Sequence[str] = ()


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


def page(result: Comparison, charts: Sequence[Chart], background: provenance.Background) -> str:
    """Return the page as HTML."""
    *most, last = result.names
    networks = result.run.get("networks", {})
    titles = {name: networks.get(name, {}).get("title", "") for name in result.names}
    others = dict(zip(pairs_of(result.names), verdicts(result), strict=True))
    if others:  # the answer is about one pair
        del others[farthest_pair(result)]
    front = Front(
        title=f"The same orders through {', '.join(most)} and {last}" if most else last,
        lead=" ".join(filter(None, [orders_words(result.run), times_run(result)])),
        answer=[*headlines(result), *answer(result)],
        caveats=caveats_of(result) if networks else [],
        titles={name: title for name, title in titles.items() if title},
        pairs=list(others.values()),
        many=len(result.names) > 4,
        version=result.run.get("versions", {}).get("logistics", ""),
    )
    return rendered(front, _sections(result, background), charts)


def rendered(front: Front, sections: Iterable[Section], charts: Sequence[Chart]) -> str:
    """Return a page as HTML, without the sections that have nothing to show."""
    script = _text("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    pictures: dict[str, dict[str, list[Chart]]] = {}
    for chart in charts:
        pictures.setdefault(chart.section, {}).setdefault(chart.group, []).append(chart)
    return (
        _environment()
        .get_template("report.html")
        .render(
            front=front,
            sections=[one for one in sections if one.words or one.tables or one.name in pictures],
            pictures=pictures,
            style=_text("report.css"),
            script=script,
            script_hash=f"sha256-{digest}",
        )
    )


def orders_words(run: Mapping[str, Any]) -> str:
    """Say what orders a run measures; '' where its facts do not tell."""
    if "days" not in run:
        return ""
    words = (
        f"{run['days']} day{'s' * (run['days'] > 1)} of orders from {run['first_day']},"
        f" a sample of {run['orders_per_day']:,} orders a day."
    )
    return " ".join(filter(None, [words, sample_note(run)]))


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


def _sections(result: Comparison, background: provenance.Background) -> Iterator[Section]:
    """Yield the sections in order, each with the tables that the results allow."""
    some = any(delivers(estimates) for estimates in result.metrics.values())
    grouped, inputs = result.group_totals, background.assumptions
    ranges = [metrics.ranges_table(result.ranges)] if result.ranges else []
    yield Section("ranges", "Two intervals", ranges)
    all_metrics = [metrics.networks_table(result)]
    all_metrics += [metrics.differences_table(result)] if result.paired else []
    gained = [*filter(None, [held_together(result)]), *gains(result)]
    yield Section("figures", "Metrics", all_metrics, gained)
    yield Section("distributions", "When the parcels arrive")
    yield Section("dates", "By order date", [groups.dates_table(result)] if grouped else [])
    hours = [metrics.causes_table(result)] if grouped and some else []
    lacking = _undelivered(result, "no click-to-door hours") if grouped else []
    yield Section("causes", "Where the hours go", hours, lacking)
    yield _steps(result, some)
    weekdays = [groups.weekdays_table(result)] if grouped else []
    yield Section("weekdays", "By the weekday of the order", weekdays)
    damage = [groups.damage_table(result)] if result.damage and some else []
    yield Section("damage", "Damage", damage, _undelivered(result, "no damage to report"))
    markets = [groups.markets_table(result)] if has_group(result, "market") else []
    yield Section("maps", "Across the country", markets)
    waits = [groups.bottlenecks_table(result)] if result.places else []
    if background.added_capacities:
        waits.append(groups.added_capacity_table(background.added_capacities))
    yield Section("bottlenecks", "Where parcels wait for capacity", waits)
    yield Section("shoppers", "Two shoppers", [metrics.shoppers_table(result)])
    if inputs:
        table = provenance.assumptions_table(inputs, result.names)
        yield Section("assumptions", "Inputs", [table], [_inputs_words(inputs)])
    facts = provenance.comparison_facts(result, background.command)
    yield Section("made", "How it was made", [provenance.made_table(facts)])


def _steps(result: Comparison, some: bool) -> Section:
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    nothing = [
        f"{first} and {second}: no parcel was delivered in both, so there are no hours to compare."
        for first, second in pairs
        if not isfinite(result.waterfalls[pair_name(first, second)].first_hours.estimate)
    ]
    tables = [metrics.waterfall_table(result, pairs)] if pairs and some else []
    return Section("waterfall", "Why one is slower than the other", tables, nothing)


def _inputs_words(found: Sequence[Assumption]) -> str:
    sourced, changed = (sum(getattr(one, of) for one in found) for of in ("sourced", "changed"))
    text = (
        f"{len(found)} input values: {sourced} have a public source, the rest are assumed or"
        " chosen, most with a plausible range."
    )
    return text + f" {changed} differ from the defaults." * bool(changed)


def _undelivered(result: Comparison, lacking: str) -> list[str]:
    """Say of which networks there is nothing to show, because they deliver nothing."""
    return [
        f"{name} delivers no parcel, so it has {lacking}."
        for name in result.names
        if not delivers(result.metrics[name])
    ]


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
