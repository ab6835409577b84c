"""The catalog of charts: the file name of each, its place on the page, how to read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from math import isfinite
from pathlib import Path
from typing import Any

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.pictures.causes import (
    plot_hours_by_cause,
    plot_hours_waterfall,
    plot_late_waterfall,
    plot_slowest_hours_by_cause,
)
from logistics.report.pictures.damage import (
    has_touches,
    plot_damage_by_touches,
    plot_damage_expected,
    plot_damage_kinds,
)
from logistics.report.pictures.delivery_times import plot_delivery_times
from logistics.report.pictures.drawing import Picture, png_of, svg_of
from logistics.report.pictures.market_maps import (
    plot_difference_map,
    plot_median_days_map,
    plot_p95_days_map,
    plot_within_dates_map,
)
from logistics.report.pictures.outlines import market_places
from logistics.report.pictures.place_maps import (
    most_on_lanes,
    plot_facilities_map,
    plot_flows_map,
)
from logistics.report.pictures.ranges import plot_two_intervals
from logistics.report.pictures.times import (
    plot_by_weekday,
    plot_delivery_histograms,
    plot_within_dates,
)
from logistics.report.pictures.utilization import has_busy_places, plot_utilization_by_hour
from logistics.report.text.answer import shown_pairs
from logistics.report.text.wording import delivers
from networks.schema import Facility

WITHIN_DATES = 2
"""Dates within which the share delivered is drawn."""

_MANY = 4  # networks above which the page leaves out the maps of the slowest 20th

Sites = Mapping[str, Mapping[str, Facility]]
"""The facilities of each network, by its name."""


@dataclass(frozen=True)
class Chart:
    """A picture with its caption; drawn when it is first asked for.

    `name`: of its files. `section`: of the page; '' if it is only a file. `group`: the heading
    within the section.
    """

    name: str
    section: str
    caption: str
    picture: Picture
    group: str = ""

    @cached_property
    def svg(self) -> str:
        """The picture as SVG."""
        return svg_of(self.picture)


@dataclass(frozen=True)
class _Kind:
    """A kind of chart that a report has once, or once for each network.

    `plot`: draws it, of a comparison or of one network of it. `caption`: may name the network as
    {name}. `totals`: the group totals it needs, '' for none.
    """

    name: str
    section: str
    caption: str
    plot: Callable[..., Picture]
    totals: str = ""
    group: str = ""

    def chart(self, result: Comparison, end: str = "", *of: Any) -> Chart:
        """Return the chart; `end`: of its file name; `of`: what it is drawn of, a name first."""
        caption = self.caption.format(name=of[0] if of else "")
        picture = self.plot(result, *of)
        return Chart(f"{self.name}{end}", self.section, caption, picture, self.group)


_WHEN = (
    _Kind("delivery_histograms", "distributions",
          "Each bar is six hours: deliveries come in the waves of the delivery routes.",
          plot_delivery_histograms),
    _Kind("delivery_times", "distributions",
          "Read across: days until that share is delivered. Read up: the share delivered by then.",
          plot_delivery_times),
    _Kind("within_dates_by_order_date", "dates",
          "Dips are order dates whose parcels wait: weekends, holidays, a full network.",
          plot_within_dates, "order_date"),
)  # fmt: skip
_CAUSES = (
    _Kind("hours_by_cause", "causes",
          "Each bar is a network's mean click-to-door hours, in the order of the route.",
          plot_hours_by_cause, "all"),
    _Kind("hours_by_cause_slowest", "causes",
          "The same for the slowest 5% of each network's delivered parcels.",
          plot_slowest_hours_by_cause, "speed"),
)  # fmt: skip
_HOURS_STEPS = _Kind(
    "waterfall_hours", "waterfall",
    "Click-to-door hours, step by step from the first network to the second: orange adds hours,"
    " blue saves them.", plot_hours_waterfall,
)  # fmt: skip
_LATE_STEPS = _Kind(
    "waterfall_late", "waterfall",
    "Share late, step by step from the first network to the second. 'Another promise': what the"
    " other promised date alone would change.", plot_late_waterfall,
)  # fmt: skip
_WEEKDAYS_AND_DAMAGE = (
    _Kind("by_weekday", "weekdays",
          "An order placed just before non-working days waits for them.",
          plot_by_weekday, "weekday"),
    _Kind("damage_by_kind", "damage", "What damaged the parcels that arrived damaged.",
          plot_damage_kinds),
    _Kind("damage_expected", "damage",
          "Handling: the expected damage in neutral packaging; packaging adds the rest.",
          plot_damage_expected),
    _Kind("damage_by_touches", "damage",
          "More handlings, more damage: dots off the line are random variation, or another mix of"
          " products.", plot_damage_by_touches, "touches"),
)  # fmt: skip
_MARKETS = (
    _Kind("map_median_days_", "maps", "{name}: median delivery time of each market, in days.",
          plot_median_days_map, "market", "Median delivery time"),
    _Kind("map_p95_days_", "maps", "{name}: P95 delivery time of each market, in days.",
          plot_p95_days_map, "market", "P95 delivery time"),
    _Kind("map_within_dates_", "maps", f"{{name}}: share delivered within {WITHIN_DATES} dates.",
          plot_within_dates_map, "market", f"Delivered within {WITHIN_DATES} dates"),
)  # fmt: skip
_FACILITIES = _Kind(
    "map_facilities_", "maps", "{name}: its facilities; the larger the circle, the more parcels.",
    plot_facilities_map, group="Where the facilities are",
)  # fmt: skip
_FLOWS = _Kind(
    "map_flows_", "maps",
    "{name}: the lanes that move most, each bent to the right of its direction.",
    plot_flows_map, group="Where the parcels travel",
)  # fmt: skip
_BUSY = _Kind(
    "utilisation_", "bottlenecks", "{name}: dark hours are those in which workers have no slack.",
    plot_utilization_by_hour,
)  # fmt: skip


def charts(result: Comparison, sites: Sites) -> Iterator[Chart]:
    """Yield every chart that the results allow, in the order of the page."""
    some = any(delivers(figures) for figures in result.metrics.values())
    yield from of_ranges(result.ranges)
    yield from _once(result, _WHEN)
    if some:
        yield from _once(result, _CAUSES)
    yield from _of_waterfalls(result)
    if some:
        yield from _once(result, _WEEKDAYS_AND_DAMAGE)
    yield from _of_markets(result)
    yield from _of_places(result, sites)


def of_ranges(ranges: Mapping[Response, TwoIntervals]) -> Iterator[Chart]:
    """Yield a picture for each metric that has two intervals, all networks in it."""
    for name in dict.fromkeys(response.name for response in ranges):
        same = {response: found for response, found in ranges.items() if response.name == name}
        caption = f"How far random variation and assumptions move the {next(iter(same)).title}."
        picture = plot_two_intervals(same)
        yield Chart(f"two-intervals-{name.replace('.', '-')}", "ranges", caption, picture)


def save_charts(drawn: list[Chart], folder: Path) -> None:
    """Write each picture as SVG and PNG into a folder, which is made.

    Raises OSError if they cannot be written.
    """
    folder.mkdir(exist_ok=True)
    for name, content in chart_files(drawn):
        (folder / name).write_bytes(content)


def chart_files(drawn: Iterable[Chart]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of the SVG and the PNG of each chart."""
    for chart in drawn:
        yield f"{chart.name}.svg", chart.svg.encode()
        yield f"{chart.name}.png", png_of(chart.svg)


def slug(text: str) -> str:
    """Return a text that can be part of a file name.

    >>> slug("A/B: <mine>")
    'A-B-mine'
    """
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")[:80] or "network"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return a slug for each name, no two alike even where upper and lower case are one.

    >>> slugs(["my net", "my-net", "My-Net"])
    {'my net': 'my-net', 'my-net': 'my-net-2', 'My-Net': 'My-Net-3'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = slug(name)
        numbered = (f"{plain}-{number}" for number in count(2))
        found[name] = next(one for one in chain([plain], numbered) if one.lower() not in taken)
        taken.add(found[name].lower())
    return found


def _once(result: Comparison, kinds: Sequence[_Kind]) -> Iterator[Chart]:
    for kind in kinds:
        if has_group(result, kind.totals) and (kind.totals != "touches" or has_touches(result)):
            yield kind.chart(result)


def _of_waterfalls(result: Comparison) -> Iterator[Chart]:
    named = slugs(result.names)
    for first, second in shown_pairs(result):
        fall = result.waterfalls.get(pair_name(first, second))
        end = f"_{named[first]}_to_{named[second]}"
        if fall is not None and isfinite(fall.first_hours.estimate):
            yield _HOURS_STEPS.chart(result, end, first, second)
        if fall is not None:
            yield _LATE_STEPS.chart(result, end, first, second)


def _of_markets(result: Comparison) -> Iterator[Chart]:
    """Yield one kind of map after the other, so that networks stand side by side."""
    if not has_group(result, "market"):
        return
    named = slugs(result.names)
    for kind in _MARKETS:
        for name in result.names:
            chart = kind.chart(result, named[name], name)
            hidden = kind.plot is plot_p95_days_map and len(result.names) > _MANY
            yield replace(chart, section="") if hidden else chart
    for first, second in shown_pairs(result):
        if pair_name(first, second) in result.waterfalls:
            caption = f"Orange: {second} is slower there than {first}; blue: it is faster."
            name = f"map_difference_{named[first]}_to_{named[second]}"
            picture = plot_difference_map(result, first, second)
            yield Chart(name, "maps", caption, picture, "Which is slower where")


def _of_places(result: Comparison, sites: Sites) -> Iterator[Chart]:
    named = slugs(result.names)
    placed = [name for name in result.names if name in result.places and name in sites]
    for name in placed:
        yield _FACILITIES.chart(result, named[name], name, sites[name])
    most = most_on_lanes(result, sites)
    for name in placed:
        yield _FLOWS.chart(result, named[name], name, sites[name], most)
    for name in result.names:
        if has_busy_places(result, name):
            yield _BUSY.chart(result, named[name], name)


def has_group(result: Comparison, key: str) -> bool:
    """Tell whether every network has the group totals `key`; '' stands for no such need.

    By market, one of the markets on the map.
    """
    groups = [result.group_totals.get(name, {}).get(key) for name in result.names]
    if key != "market":
        return not key or all(group is not None for group in groups)
    return all(group is not None and len(group) == len(market_places()) for group in groups)
