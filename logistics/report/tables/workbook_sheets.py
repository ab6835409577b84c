"""The sheets of `summary.xlsx`: what stands in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.analysis.measures.registry import (
    CASE_FIGURES,
    CAUSE_FIGURES,
    LATE_STEPS,
    PAIRED_FIGURES,
    Definition,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.page import CHECKED, Background
from logistics.report.pictures.catalog import has_group
from logistics.report.pictures.causes import SLOWEST
from logistics.report.pictures.market_maps import FEWEST, FEWEST_TAIL, has_orders
from logistics.report.pictures.times import mean_days, share_late
from logistics.report.text.answer import answer, gains
from logistics.report.text.caveats import built, doubts, warm_ups
from logistics.report.text.ranges import Ranges, headlines
from logistics.report.text.wording import held_together, times_run, verdicts
from logistics.vocabulary import CAUSES
from networks.geography import load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

if TYPE_CHECKING:
    from logistics.experiments.added_capacity import AddedCapacity

_HOURS = Definition("hours", "", "")

Value = str | float | int | date | None


@dataclass(frozen=True)
class Number:
    """A number and its unit, which decides how it is shown."""

    value: float
    unit: str


Row = Sequence[Value | Number]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its headings, its rows, and how many columns stay in sight."""

    name: str
    headings: tuple[str, ...]
    rows: Iterable[Row]
    frozen_columns: int = 1


def sheets(result: Comparison, background: Background) -> Iterable[Sheet]:
    """Yield every sheet that the figures allow."""
    yield Sheet("answer", ("the answer",), ([text] for text in _answer(result)), 0)
    if result.ranges:
        yield ranges_sheet(result.ranges)
    yield _figures_sheet(result)
    if result.paired:
        yield _differences_sheet(result)
    if result.group_totals:
        yield _causes_sheet(result)
    if result.waterfalls:
        yield _waterfall_sheet(result)
    if has_group(result, "market"):
        yield _markets_sheet(result)
    if result.group_totals:
        yield _dates_sheet(result)
        yield _weekdays_sheet(result)
    if result.places:
        yield _bottlenecks_sheet(result)
    if background.added_capacities:
        yield _reliefs_sheet(background.added_capacities)
    if result.damage:
        yield _damage_sheet(result)
    yield _shoppers_sheet(result)
    if background.assumptions:
        yield _assumptions_sheet(result, background)
    yield Sheet("about", ("what", ""), _about(result, background))


def ranges_sheet(ranges: Ranges) -> Sheet:
    """Return the two intervals of every figure, and what drives the wide one."""
    headings = (
        "who", "figure", "wide: middle", "wide: low", "wide: high", "narrow: estimate",
        "narrow: low", "narrow: high", "driven by",
    )  # fmt: skip
    rows: list[Row] = []
    for response, found in ranges.items():
        spread, narrow = found.range, found.narrow
        ends = (narrow.estimate, narrow.low, narrow.high)
        numbers = (spread.middle, spread.low, spread.high, *ends)
        drivers = (f"{one.name} {max(one.share, 0.0):.0%}" for one in found.drivers.factors)
        cells = (Number(value, response.definition.unit) for value in numbers)
        rows.append((response.who, response.title, *cells, ", ".join(drivers)))
    return Sheet("two intervals", headings, rows, 2)


def _answer(result: Comparison) -> list[str]:
    told = [
        *headlines(result),
        *answer(result),
        *verdicts(result),
        held_together(result),
        *gains(result),
    ]
    texts = [text for text in (*told, times_run(result)) if text]
    return texts + (doubts(result) if "networks" in result.run else [])


def _figures_sheet(result: Comparison) -> Sheet:
    headings = ("network", "figure", "name", "estimate", "low", "high", "unit", "definition")
    rows = [
        (network, definition.label, name, *_three(figure, definition))
        for network, name, figure, definition in result.lines()
        if network in result.figures
    ]
    return Sheet("networks", headings, rows, 3)


def _differences_sheet(result: Comparison) -> Sheet:
    headings = (
        "first",
        "second",
        "figure",
        "name",
        "estimate",
        "low",
        "high",
        "unit",
        "definition",
    )
    rows = [
        (first, second, known.label, name, *_three(figures[name], known))
        for first, second, figures in result.pairs()
        for name, known in PAIRED_FIGURES.items()
    ]
    return Sheet("differences", headings, rows, 3)


def _causes_sheet(result: Comparison) -> Sheet:
    rows = [
        (network, of, CAUSE_FIGURES[cause].label, Number(hours, "hours"), CAUSE_FIGURES[cause].text)
        for network in result.names
        for of, key, group in (("all delivered", "all", 0), ("slowest 5%", "speed", SLOWEST))
        for cause, hours in zip(
            CAUSES, result.group_totals[network][key].mean_hours()[:, group].tolist(), strict=True
        )
    ]
    return Sheet("causes", ("network", "of", "cause", "mean hours", "definition"), rows, 3)


def _waterfall_sheet(result: Comparison) -> Sheet:
    headings = ("pair", "of", "step", "estimate", "low", "high", "unit", "definition")
    hours, share = Definition("hours", "", ""), Definition("share", "", "")
    rows: list[Row] = []
    for pair, fall in result.waterfalls.items():
        ends = ("first network", "second network")
        rows.append((pair, "hours", ends[0], *_three(fall.first_hours, hours)))
        for cause in CAUSES:
            known = CAUSE_FIGURES[cause]
            rows.append((pair, "hours", known.label, *_three(fall.steps[cause], known)))
        rows.append((pair, "hours", ends[1], *_three(fall.second_hours, hours)))
        rows.append((pair, "share late", ends[0], *_three(fall.first_late, share)))
        for name, known in LATE_STEPS.items():
            rows.append((pair, "share late", known.label, *_three(fall.late_steps[name], known)))
        rows.append((pair, "share late", ends[1], *_three(fall.second_late, share)))
    return Sheet("waterfall", headings, rows, 3)


def _markets_sheet(result: Comparison) -> Sheet:
    what = ("parcels", "half within, days", "95 of 100 within, days", "within 2 dates", "on time")
    headings = ("market", "name", "state", *(f"{n}: {one}" for n in result.names for one in what))
    columns = []
    for name in result.names:
        tally = result.group_totals[name]["market"]
        columns.append(
            (
                tally.parcels.tolist(),
                tally.quantile(0.5).tolist(),
                tally.quantile(0.95).tolist(),
                tally.share("within_dates")[2].tolist(),
                tally.share("on_time").tolist(),
            )
        )
    markets, asked = load_markets(), has_orders(result)
    known = zip(markets.ids, markets.names, markets.states, strict=True)
    rows = (
        (*about, *(cell for column in columns for cell in _market_cells(column, row)))
        for row, about in enumerate(known)
        if asked[row]
    )
    return Sheet("by market", headings, rows, 2)


def _market_cells(column: tuple[list[Any], ...], row: int) -> tuple[Value | Number, ...]:
    parcels, half, most, within, on_time = (values[row] for values in column)
    enough, tail = parcels >= FEWEST, parcels >= FEWEST_TAIL
    return (
        Number(parcels, "parcels"),
        Number(half, "days") if enough else None,
        Number(most, "days") if tail else None,
        Number(within, "share") if enough else None,
        Number(on_time, "share") if enough else None,
    )


def _dates_sheet(result: Comparison) -> Sheet:
    first = date.fromisoformat(result.run["first_day"])
    what = ("parcels", *(f"within {k} dates" for k in range(1, 8)), "on time", "mean days")
    headings = ("order date", *(f"{name}: {one}" for name in result.names for one in what))
    group_totals = [result.group_totals[name]["order_date"] for name in result.names]
    rows: list[Row] = [
        (
            first + timedelta(days=at),
            *(cell for tally in group_totals for cell in _of_date(tally, at)),
        )
        for at in range(max(len(tally) for tally in group_totals))
    ]
    return Sheet("by date", headings, rows)


def _of_date(tally: GroupTotals, at: int) -> list[Number]:
    within, hours = tally.share("within_dates")[1:8, at], tally.mean_hours()[:, at]
    return [
        Number(int(tally.parcels[at]), "parcels"),
        *(Number(share, "share") for share in within.tolist()),
        Number(float(tally.share("on_time")[at]), "share"),
        Number(float(hours.sum() / 24), "days"),
    ]


def _weekdays_sheet(result: Comparison) -> Sheet:
    what = ("parcels", "mean days", "late")
    headings = ("ordered on", *(f"{name}: {one}" for name in result.names for one in what))
    columns = [
        (
            result.group_totals[name]["weekday"].parcels.tolist(),
            mean_days(result, name, "weekday").tolist(),
            share_late(result, name, "weekday").tolist(),
        )
        for name in result.names
    ]
    units = ("parcels", "days", "share")
    rows: list[Row] = [
        (day, *(Number(values[row], unit)
                for column in columns for values, unit in zip(column, units, strict=True)))
        for row, day in enumerate(WEEKDAY_NAMES)
    ]  # fmt: skip
    return Sheet("by weekday", headings, rows)


def _shoppers_sheet(result: Comparison) -> Sheet:
    headings = (
        "shopper", "network", "figure", "name", "estimate", "low", "high", "unit", "definition",
    )  # fmt: skip
    rows = [
        (what.title, network, known.label, name,
         *_three(result.cases[network][f"{case}.{name}"], known))
        for case, what in CASES.items()
        for network in result.names
        for name, known in CASE_FIGURES.items()
    ]  # fmt: skip
    return Sheet("two shoppers", headings, rows, 3)


def _reliefs_sheet(added_capacities: Mapping[str, Sequence[AddedCapacity]]) -> Sheet:
    """Return what more capacity at single bottlenecks did to the same orders."""
    figures = (
        "hours saved for each parcel there", "minutes saved per parcel of the network",
        "mean days before", "mean days after", "95 of 100 within, days, before",
        "95 of 100 within, days, after",
    )  # fmt: skip
    headings = (
        "network", "place", "kind", "more capacity", "how many, real", "how many, sample",
        "parcels a day there",
        *(f"{name}{end}" for name in figures for end in ("", ": low", ": high")),
    )  # fmt: skip
    rows: list[Row] = [
        (network, one.bottleneck.place, one.bottleneck.kind, one.addition.what,
         Number(one.addition.real, "parcels"), Number(one.addition.sample, "parcels"),
         Number(one.parcels_per_day, "parcels"),
         *(cell for figure, unit in _saved(one) for cell in _three(figure, unit)[:3]))
        for network, found in added_capacities.items()
        for one in found
    ]  # fmt: skip
    return Sheet("more capacity", headings, rows, 2)


def _saved(one: AddedCapacity) -> list[tuple[Estimate, Definition]]:
    """Return what capacity saves, in the order of the sheet's columns."""
    days, minutes = Definition("days", "", ""), Definition("minutes", "", "")
    return [
        (one.saved_hours, _HOURS),
        (_minutes(one.saved_days), minutes),
        *((figure, days) for figure in (*one.mean_days, *one.p95_days)),
    ]


def _minutes(days: Estimate) -> Estimate:
    return Estimate(*(value * 1440 for value in (days.estimate, days.low, days.high)))


def _bottlenecks_sheet(result: Comparison) -> Sheet:
    headings = (
        "network", "place", "kind", "waiting for", "minutes per order", "hours per parcel there",
        "parcels a day", "busy or full",
    )  # fmt: skip
    rows = [
        (
            name,
            one.place,
            one.kind,
            one.waits_for,
            Number(one.hours_per_order * 60, "days"),
            Number(one.hours, "days"),
            Number(one.parcels_per_day, "parcels"),
            Number(one.busy, "share"),
        )
        for name, places in result.places.items()
        for one in places.bottlenecks(20)
    ]
    return Sheet("bottlenecks", headings, rows, 2)


def _damage_sheet(result: Comparison) -> Sheet:
    headings = ("network", "place", "touch", "damaged, of delivered", "expected, of delivered")
    rows = [
        (name, place, kind, Number(happened, "share"), Number(expected, "share"))
        for name, one in result.damage.items()
        for (place, kind), (happened, expected) in one.rates().items()
    ]
    return Sheet("damage", headings, rows, 3)


def _assumptions_sheet(result: Comparison, background: Background) -> Sheet:
    headings = ("figure", *result.names, "meaning", "where it comes from")
    rows = [
        (one.path, *(one.values.get(name, "") for name in result.names), one.meaning, one.origin)
        for one in background.assumptions
    ]
    return Sheet("assumptions", headings, rows)


def _about(result: Comparison, background: Background) -> list[tuple[str, Value]]:
    plain = [
        (key, value if isinstance(value, str | int | float) else str(value))
        for key, value in result.run.items()
        if key not in ("networks", "versions", "seconds")
    ]
    rows: list[tuple[str, Value]] = [*plain]
    if "networks" in result.run:
        rows += [(f"built: {name}", "; ".join(lines)) for name, lines in built(result).items()]
        rows += [
            (f"not resolved: {name}", "; ".join(one["not_resolved"]) or "nothing")
            for name, one in result.run["networks"].items()
        ]
    rows += [(f"warm-up: {name}", text) for name, text in warm_ups(result).items()]
    rows += [(f"version: {one}", text) for one, text in result.run.get("versions", {}).items()]
    return [*rows, ("checks passed", CHECKED), ("to repeat it, in this folder", background.command)]


def _three(figure: Estimate, definition: Definition) -> tuple[Number | Value, ...]:
    """Return estimate, low, high, unit and definition."""
    unit = definition.unit
    ends = (figure.low, figure.high) if figure.has_interval else (None, None)
    low, high = (None if end is None else Number(end, unit) for end in ends)
    return Number(figure.estimate, unit), low, high, unit, definition.text
