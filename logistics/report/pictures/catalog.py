"""Every picture of a report, drawn once: its file name, where it stands, how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from math import isfinite
from pathlib import Path

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.responses import Response
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
from logistics.report.pictures.utilisation import has_busy_places, plot_utilisation_by_hour
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


def charts(result: Comparison, sites: Sites) -> Iterator[Chart]:
    """Yield every picture that the figures allow, in the order of the page."""
    some = any(delivers(figures) for figures in result.figures.values())
    yield from of_ranges(result.ranges)
    yield from _of_times(result)
    if some:
        yield from _of_causes(result)
    yield from _of_waterfalls(result)
    if some:
        yield from _of_weekdays(result)
        yield from _of_damage(result)
    yield from _of_markets(result)
    yield from _of_places(result, sites)


def of_ranges(ranges: Mapping[Response, TwoIntervals]) -> Iterator[Chart]:
    """Yield a picture for each figure that has two intervals, all networks in it."""
    for name in dict.fromkeys(response.name for response in ranges):
        same = {response: found for response, found in ranges.items() if response.name == name}
        caption = f"How far luck and the assumed figures move the {next(iter(same)).title}."
        picture = plot_two_intervals(same)
        yield Chart(f"two-intervals-{name.replace('.', '-')}", "ranges", caption, picture)


def save_charts(drawn: list[Chart], folder: Path) -> None:
    """Write each picture as SVG and PNG into a folder, which is made.

    Raises OSError if they cannot be written.
    """
    folder.mkdir(exist_ok=True)
    for chart in drawn:
        (folder / f"{chart.name}.svg").write_text(chart.svg, encoding="utf-8")
        (folder / f"{chart.name}.png").write_bytes(png_of(chart.svg))


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


def _of_times(result: Comparison) -> Iterator[Chart]:
    yield Chart(
        "delivery_histograms",
        "distributions",
        "Each bar is six hours: parcels come in the waves in which couriers leave.",
        plot_delivery_histograms(result),
    )
    yield Chart(
        "delivery_times",
        "distributions",
        "Read across: how long until that share has come. Read up: what share has come by then.",
        plot_delivery_times(result),
    )
    if has_group(result, "order_date"):
        yield Chart(
            "within_dates_by_order_date",
            "dates",
            "Dips show the days on which an order waits: weekends, holidays, a full network.",
            plot_within_dates(result, WITHIN_DATES),
        )


def _of_causes(result: Comparison) -> Iterator[Chart]:
    if has_group(result, "all"):
        yield Chart(
            "hours_by_cause",
            "causes",
            "Each bar is a network's mean hours from order to door, in the order of the way.",
            plot_hours_by_cause(result),
        )
    if has_group(result, "speed"):
        yield Chart(
            "hours_by_cause_slowest",
            "causes",
            "The same for the slowest 5% of each network's delivered parcels.",
            plot_slowest_hours_by_cause(result),
        )


def _of_waterfalls(result: Comparison) -> Iterator[Chart]:
    named = slugs(result.names)
    for first, second in shown_pairs(result):
        if pair_name(first, second) in result.waterfalls:
            fall = result.waterfalls[pair_name(first, second)]
            pair = f"{named[first]}_to_{named[second]}"
            if isfinite(fall.first_hours.estimate):
                yield Chart(
                    f"waterfall_hours_{pair}",
                    "waterfall",
                    "From the first network's hours, step by step, to the second's: orange adds"
                    " hours, blue takes them away.",
                    plot_hours_waterfall(result, first, second),
                )
            yield Chart(
                f"waterfall_late_{pair}",
                "waterfall",
                "From the first network's share late to the second's. 'Another promise': what the"
                " other promised date alone would change.",
                plot_late_waterfall(result, first, second),
            )


def _of_weekdays(result: Comparison) -> Iterator[Chart]:
    if has_group(result, "weekday"):
        yield Chart(
            "by_weekday",
            "weekdays",
            "An order placed before days on which nobody works waits for them.",
            plot_by_weekday(result),
        )


def _of_damage(result: Comparison) -> Iterator[Chart]:
    yield Chart(
        "damage_by_kind",
        "damage",
        "What broke the parcels that arrived damaged.",
        plot_damage_kinds(result),
    )
    yield Chart(
        "damage_expected",
        "damage",
        "Handling is what the way does to a parcel in neutral packaging; packaging adds the rest.",
        plot_damage_expected(result),
    )
    if has_group(result, "touches") and has_touches(result):
        yield Chart(
            "damage_by_touches",
            "damage",
            "More touches, more damage: dots off the line are luck, or a mix of other goods.",
            plot_damage_by_touches(result),
        )


def _of_markets(result: Comparison) -> Iterator[Chart]:
    """Yield one kind of map after the other, so that networks stand side by side."""
    if not has_group(result, "market"):
        return
    named = slugs(result.names)
    for name in result.names:
        yield Chart(
            f"map_median_days_{named[name]}",
            "maps",
            f"{name}: half of a market's parcels come within so many days.",
            plot_median_days_map(result, name),
            "How long half of the parcels take",
        )
    for name in result.names:
        yield Chart(
            f"map_p95_days_{named[name]}",
            "maps" if len(result.names) <= _MANY else "",
            f"{name}: 95 of 100 come within so many days.",
            plot_p95_days_map(result, name),
            "How long all but the slowest take",
        )
    for name in result.names:
        yield Chart(
            f"map_within_dates_{named[name]}",
            "maps",
            f"{name}: share delivered within {WITHIN_DATES} dates.",
            plot_within_dates_map(result, name, WITHIN_DATES),
            f"What comes within {WITHIN_DATES} dates",
        )
    for first, second in shown_pairs(result):
        if pair_name(first, second) in result.waterfalls:
            yield Chart(
                f"map_difference_{named[first]}_to_{named[second]}",
                "maps",
                f"Orange: {second} is slower there than {first}; blue: it is faster.",
                plot_difference_map(result, first, second),
                "Which is slower where",
            )


def _of_places(result: Comparison, sites: Sites) -> Iterator[Chart]:
    named = slugs(result.names)
    placed = [name for name in result.names if name in result.places and name in sites]
    for name in placed:
        yield Chart(
            f"map_facilities_{named[name]}",
            "maps",
            f"{name}: its facilities; the larger the circle, the more parcels pass.",
            plot_facilities_map(result, name, sites[name]),
            "Where the facilities stand",
        )
    most = most_on_lanes(result, sites)
    for name in placed:
        yield Chart(
            f"map_flows_{named[name]}",
            "maps",
            f"{name}: the lanes that move most, each bent to the right of the way it goes.",
            plot_flows_map(result, name, sites[name], most),
            "Where the parcels travel",
        )
    for name in result.names:
        if has_busy_places(result, name):
            yield Chart(
                f"utilisation_{named[name]}",
                "bottlenecks",
                f"{name}: dark hours are those in which the workers have no slack.",
                plot_utilisation_by_hour(result, name),
            )


def has_group(result: Comparison, key: str) -> bool:
    """Tell whether every network has a tally `key`; by market, one of the markets on the map."""
    groups = [result.group_totals.get(name, {}).get(key) for name in result.names]
    if key != "market":
        return all(group is not None for group in groups)
    return all(group is not None and len(group) == len(market_places()) for group in groups)
