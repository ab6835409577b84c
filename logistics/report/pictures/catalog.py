"""The catalog of charts: the file name of each, its place on the page, how to read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from math import isfinite
from pathlib import Path

from logistics.analysis.comparison import PAIR_MARK, Comparison, pair_name
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report import pictures as draw
from logistics.report.pictures.causes import has_busy_places
from logistics.report.pictures.drawing import Drawing, Picture, plain_of, svg_of
from logistics.report.pictures.map_sheets import market_places
from logistics.report.pictures.place_maps import Facilities
from logistics.report.pictures.studies import plot_two_intervals
from logistics.report.rendering import rendered_apart
from logistics.report.text.answer import shown_pairs
from logistics.report.text.wording import delivers
from logistics.runtime.output_folders import not_written, write_whole

_WEEK = 7


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
    """A kind of chart that a report has once.

    `plot`: draws it of a comparison. `totals`: the group totals it needs, '' for none.
    """

    name: str
    section: str
    caption: str
    plot: Callable[..., Picture]
    totals: str = ""


_ONCE = (
    _Kind("delivery_times", "distributions",
          "Read across: days until that share is delivered. Read up: the share delivered by then.",
          draw.plot_delivery_times),
    _Kind("delivery_histograms", "",
          "Each bar is six hours: deliveries come in the waves of the delivery routes.",
          draw.plot_delivery_histograms),
    _Kind("by_order_date", "dates",
          "Dips are order dates whose parcels wait: weekends, holidays, a full network.",
          draw.plot_by_order_date, "order_date"),
    _Kind("hours_by_cause", "causes",
          "Each bar is a network's mean click-to-door hours, in the order of the route; below it"
          " the same for its slowest 5%.",
          draw.plot_hours_by_cause, "all"),
    _Kind("by_weekday", "weekdays",
          "An order placed just before non-working days waits for them.",
          draw.plot_by_weekday, "weekday"),
    _Kind("damage", "damage",
          "What damaged the parcels that arrived damaged, and what handling and packaging alone"
          " would predict.", draw.plot_damage),
)  # fmt: skip


def charts(result: Comparison, sites: Mapping[str, Facilities]) -> Iterator[Chart]:
    """Yield every chart that the results allow. `sites`: the facilities of each network."""
    yield from charts_of_ranges(_labelled(result))
    some = any(delivers(estimates) for estimates in result.metrics.values())
    # in a single week, order dates are weekdays
    week = all(len(of.get("order_date", ())) <= _WEEK for of in result.group_totals.values())
    for kind in _ONCE:
        allowed = (some or kind.section in ("distributions", "dates", "")) and not (
            week and kind.section == "weekdays"
        )
        if allowed and has_group(result, kind.totals):
            yield Chart(kind.name, kind.section, kind.caption, kind.plot(result))
    files = slugs(result.names)
    yield from _of_markets(result, files)
    yield from _of_pairs(result, files)
    yield from _of_places(result, sites, files)


def _labelled(result: Comparison) -> dict[Response, TwoIntervals]:
    """Return the ranges with the labels of networks instead of their names."""

    def label(who: str) -> str:
        return PAIR_MARK.join(
            result.label(name) if name in result.names else name for name in who.split(PAIR_MARK)
        )

    return {replace(one, who=label(one.who)): found for one, found in result.ranges.items()}


def charts_of_ranges(ranges: Mapping[Response, TwoIntervals]) -> Iterator[Chart]:
    """Yield a picture for each metric that has two intervals, all networks in it."""
    for name in dict.fromkeys(response.name for response in ranges):
        same = {response: found for response, found in ranges.items() if response.name == name}
        caption = f"How far random variation and assumptions move the {next(iter(same)).title}."
        picture = plot_two_intervals(same)
        yield Chart(f"two-intervals-{name.replace('.', '-')}", "ranges", caption, picture)


def save_charts(found: Iterable[Chart], folder: Path) -> list[Chart]:
    """Draw charts in a process of its own; write each as SVG and PNG into a folder, which is made.

    Returns them drawn.

    Raises WorkerError if that process ends, and then writes nothing; OutputError if the disk
    refuses.
    """
    charts = list(found)
    drawn = rendered_apart([plain_of(chart.picture) for chart in charts])
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from None
    for chart, (svg, png) in zip(charts, drawn, strict=True):
        write_whole(folder / f"{chart.name}.svg", svg.encode())
        write_whole(folder / f"{chart.name}.png", png)
    pictures = (Drawing(svg) for svg, _ in drawn)
    return [replace(chart, picture=one) for chart, one in zip(charts, pictures, strict=True)]


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


def has_group(result: Comparison, key: str) -> bool:
    """Tell whether every network has the group totals `key`; '' stands for no such need.

    By market, one of the markets on the map.
    """
    groups = [result.group_totals.get(name, {}).get(key) for name in result.names]
    size = len(market_places()) if key == "market" else None
    return not key or all(one is not None and size in (None, len(one)) for one in groups)


def _of_markets(result: Comparison, files: Mapping[str, str]) -> Iterator[Chart]:
    for name in result.names if has_group(result, "market") else ():
        caption = f"{result.label(name)}: P95 delivery time of each market, in days rounded up."
        picture = draw.plot_p95_days_map(result, name)
        yield Chart(f"map_p95_days_{files[name]}", "maps", caption, picture, "P95 delivery time")


def _of_pairs(result: Comparison, files: Mapping[str, str]) -> Iterator[Chart]:
    for first, second in shown_pairs(result):
        fall = result.waterfalls.get(pair_name(first, second))
        if fall is None:
            continue
        end = f"{files[first]}_to_{files[second]}"
        if isfinite(fall.first_hours.estimate):
            hours = (
                "Click-to-door hours, step by step from the first network to the second: orange"
                " adds hours, blue saves them."
            )
            picture = draw.plot_hours_waterfall(result, first, second)
            yield Chart(f"waterfall_hours_{end}", "waterfall", hours, picture)
        if has_group(result, "market"):
            slower = "The darker, the more days longer the slower network takes."
            drawn = draw.plot_difference_map(result, first, second)
            yield Chart(f"map_difference_{end}", "maps", slower, drawn, "Which is slower where")


def _of_places(
    result: Comparison, sites: Mapping[str, Facilities], files: Mapping[str, str]
) -> Iterator[Chart]:
    placed = [name for name in result.names if name in result.places and name in sites]
    for name in placed:
        caption = f"{result.label(name)}: its facilities; the larger the circle, the more parcels."
        drawn = draw.plot_facilities_map(result, name, sites[name])
        group = "Where the facilities are"
        yield Chart(f"map_facilities_{files[name]}", "maps", caption, drawn, group)
    for name in placed:
        caption = f"{result.label(name)}: the largest flows from state to state."
        drawn = draw.plot_flows_map(result, name, sites[name])
        yield Chart(f"map_flows_{files[name]}", "maps", caption, drawn, "Where the parcels travel")
    for name in result.names:
        if has_busy_places(result, name):
            caption = f"{result.label(name)}: dark hours are those in which workers have no slack."
            picture = draw.plot_utilization_by_hour(result, name, sites.get(name))
            yield Chart(f"utilization_{files[name]}", "bottlenecks", caption, picture)
