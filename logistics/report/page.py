"""`report.html`: the answer on the first screen, and what is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from logistics.analysis.comparison import Comparison, pair_name, pairs_of
from logistics.report.layout import Front, Section, Tile, rendered
from logistics.report.pictures.catalog import Chart, has_group, slugs
from logistics.report.pictures.interactive import Interactive
from logistics.report.pictures.style import OKABE_ITO
from logistics.report.tables import groups, metrics, provenance
from logistics.report.tables.effects import effects_by_date_table, effects_table
from logistics.report.tables.table import Table
from logistics.report.text.answer import (
    answer,
    by_speed,
    farthest_pair,
    gains,
    shown_pairs,
    slowest,
)
from logistics.report.text.assumptions import Assumption
from logistics.report.text.caveats import caveats_of
from logistics.report.text.effects import effect_lines
from logistics.report.text.headline import (
    MOST_CAVEATS,
    answer_cells,
    gravest_caveats,
    headline_sentences,
    sample_line,
    why_lines,
)
from logistics.report.text.ranges import headlines
from logistics.report.text.wording import delivers, held_together, times_run, verdicts
from networks.geography import load_po_box_areas

_HERO = 290  # pixels
_PLACES = 5  # of a network where parcels wait; the workbook has more
_MANY = 4  # networks whose tables need narrow columns


@dataclass(frozen=True)
class Live:
    """The charts with switches, by name, and the script that draws them."""

    charts: Mapping[str, Interactive] = field(default_factory=dict)
    library: str = ""


def page(
    result: Comparison,
    charts: Sequence[Chart],
    background: provenance.Background,
    live: Live | None = None,
) -> str:
    """Return the page as HTML; without `live`, every chart is a picture."""
    view = _View(result, charts, live or Live())
    sections = _sections(view, background)
    return rendered(_front(view), sections, _methods(result, background), view.live.library)


@dataclass(frozen=True)
class _View:
    """A comparison with all that was drawn of it."""

    result: Comparison
    charts: Sequence[Chart]
    live: Live

    def of(self, *names: str) -> list[Chart]:
        """Return the pictures of parts of the catalog."""
        return [chart for chart in self.charts if chart.section in names]

    def live_section(self, name: str, title: str, *parts: str) -> Section:
        """Return a section with a live chart. `parts`: of the catalog; the first is its still."""
        drawn = self.of(*parts[:1])
        still = next((one for one in drawn if one.name.endswith(self._first_shown())), None)
        still = still or next(iter(drawn), None)
        live = self.live.charts.get(name)
        rest = [chart for chart in self.of(*parts[1:]) if chart is not still]
        return Section(name, title, live=live, still=still, charts=rest)

    def _first_shown(self) -> tuple[str, ...]:
        """Return how the files of what a live chart shows first end: the pair, the slower."""
        files = slugs(self.result.names)
        if len(files) < 2:
            return tuple(files.values())
        pair = farthest_pair(self.result)
        return (
            f"_{'_to_'.join(files[name] for name in pair)}",
            f"_days_{files[slowest(self.result)]}",
        )


def _front(view: _View) -> Front:
    result = view.result
    *most, last = map(result.label, result.names)
    title, *second = headline_sentences(result)
    gravest = gravest_caveats(result) if result.run.get("networks") else []
    hero = view.live_section("times", "", "distributions")
    if hero.live:  # all of it on the first screen
        hero = replace(hero, live=replace(hero.live, spec={**hero.live.spec, "height": _HERO}))
    return Front(
        title=title,
        second=second,
        kind=f"The same orders through {', '.join(most)} and {last}" if most else last,
        lead=sample_line(result),
        answer=[f"The what-if changes {line}" for line in effect_lines(result)],
        tiles=_tiles(result),
        hero=hero if hero.has_content else None,
        sure=gravest[:MOST_CAVEATS],
        more_caveats=max(len(gravest) - MOST_CAVEATS, 0),
        why=why_lines(result),
        many=len(result.names) > _MANY,
        version=result.run.get("versions", {}).get("logistics", ""),
    )


def _tiles(result: Comparison) -> list[Tile]:
    """Return a tile for each network, the fastest first."""
    networks = result.run.get("networks", {})
    tiles = {
        name: Tile(
            result.label(name),
            name,
            networks.get(name, {}).get("title", ""),
            OKABE_ITO[row % len(OKABE_ITO)],
            answer_cells(result, name),
        )
        for row, name in enumerate(result.names)
    }
    return [tiles[name] for name in by_speed(result)]


def _sections(view: _View, background: provenance.Background) -> Iterator[Section]:
    """Yield the sections in order, each with the charts and tables that the results allow."""
    result = view.result
    grouped = result.group_totals
    some = any(delivers(estimates) for estimates in result.metrics.values())
    yield _why(view, some)
    where = view.live_section("where", "Where", "maps")
    maps = [one for one in view.of("maps") if one.name.startswith(("map_fac", "map_flows"))]
    markets = market_search(result) if has_group(result, "market") else None
    yield replace(where, markets=markets, more_charts=maps, printed=True)
    by_date = [groups.weekdays_table(result), groups.dates_table(result)] if grouped else []
    yield replace(view.live_section("when", "When", "dates", "weekdays"), more_tables=by_date)
    damage = [groups.damage_table(result)] if result.damage and some else []
    lacking = _undelivered(result, "no damage to report")
    harmed = view.live_section("damage", "Damage", "damage")
    yield replace(harmed, more_tables=damage, words=lacking)
    sites = background.facilities
    waits = [groups.bottlenecks_table(result, _PLACES, sites)] if result.places else []
    if background.added_capacities:
        waits.append(groups.added_capacity_table(background.added_capacities))
    yield replace(view.live_section("bottlenecks", "Bottlenecks", "bottlenecks"), tables=waits)
    changed = [effects_table(result)] if result.effects else []
    days = [effects_by_date_table(result)] if result.effects else []
    yield Section("effects", "What if", changed, effect_lines(result), more_tables=days)
    yield Section("shoppers", "Two shoppers", [metrics.shoppers_table(result)])
    of = {replace(one, who=result.label(one.who)): found for one, found in result.ranges.items()}
    ranges = [metrics.ranges_table(of)] if of else []
    yield Section("ranges", "How certain", ranges, headlines(result), more_charts=view.of("ranges"))


def _why(view: _View, some: bool) -> Section:
    """Return what makes one network slower: the steps between two, and the hours of each."""
    result = view.result
    pairs = [pair for pair in shown_pairs(result) if pair_name(*pair) in result.waterfalls]
    nothing = [
        f"{result.label(first)} and {result.label(second)}: no parcel was delivered in both, so"
        " there are no hours to compare."
        for first, second in pairs
        if not isfinite(result.waterfalls[pair_name(first, second)].first_hours.estimate)
    ]
    grouped = bool(result.group_totals)
    lacking = _undelivered(result, "no click-to-door hours") if grouped else []
    tables = [metrics.waterfall_table(result, pairs)] if pairs and some else []
    tables += [metrics.causes_table(result)] if grouped and some else []
    section = view.live_section("why", "Why", "waterfall", "causes")
    return replace(section, words=[*nothing, *lacking], more_tables=tables, printed=True)


def market_search(result: Comparison) -> dict[str, Any]:
    """Return what the search finds: each market with its cells, network by network."""
    table = groups.markets_table(result)
    heads = [column.heading for column in table.columns if column.on_page]
    labels = [result.label(name) for name in result.names]
    measures = [head.removeprefix(f"{labels[0]}: ") for head in heads[: len(heads) // len(labels)]]
    markets = [
        [str(row.keys[0]), str(row.keys[1]), [
            "-" if cell is None else str(cell) for cell in table.shown(row)]]
        for row in table.rows
    ]  # fmt: skip
    boxes = {box[1:]: market[1:] for box, market in load_po_box_areas().items()}
    return {
        "networks": labels, "measures": measures, "markets": markets, "boxes": boxes,
        "note": table.note,
    }  # fmt: skip


def _methods(result: Comparison, background: provenance.Background) -> Iterator[Section]:
    """Yield what is folded at the end of the page."""
    others = dict(zip(pairs_of(result.names), verdicts(result), strict=True))
    if others:  # the answer is about one pair
        del others[farthest_pair(result)]
    said = [times_run(result), *answer(result), *others.values()]
    said += [held_together(result), *gains(result)]
    all_metrics = [metrics.networks_table(result)]
    all_metrics += [metrics.differences_table(result)] if result.paired else []
    yield Section("figures", "All metrics", all_metrics, [*filter(None, said)])
    told = caveats_of(result) if result.run.get("networks") else []
    yield Section("caveats", "Caveats", words=told)
    inputs = background.assumptions
    if inputs:
        table: Table = provenance.assumptions_table(inputs, result.names)
        yield Section("assumptions", "Inputs", [table], [_inputs_words(inputs)])
    facts = provenance.comparison_facts(result, background.command)
    yield Section("made", "How it was made", [provenance.made_table(facts)])


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
        f"{result.label(name)} delivers no parcel, so it has {lacking}."
        for name in result.names
        if not delivers(result.metrics[name])
    ]
