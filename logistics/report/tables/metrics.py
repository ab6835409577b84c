"""Tables of metrics: networks, pairs of them, shoppers, ranges, causes and steps between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

from logistics.analysis.comparison import Comparison, Pair, pair_name, pairs_of
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.registry import (
    CASE_METRICS,
    CAUSE_METRICS,
    LATE_STEPS,
    NETWORK_METRICS,
    PAIRED_METRICS,
    Definition,
    sections,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.causes import SLOWEST, cause_hours
from logistics.report.tables.table import Column, Metric, Number, Row, Table, network_columns
from logistics.report.text.ranges import Ranges, heading

PAIRED_ROWS = (
    "difference_days.mean",
    *(f"difference_days.p{p}" for p in (10, 50, 90)),
    "faster.first",
    "faster.same",
    "faster.second",
    "damage_difference",
    "both_delivered_rate",
    "correlation",
    "run_correlation",
    "interval_width_ratio",
    "parcels",
)

PAIRED_DEFINITION = (
    "The same orders and random draws in both networks. Differences are second minus first, over"
    " parcels delivered in both; above 0 the second is slower, or damages more. Faster: over all"
    " parcels, where one never delivered counts as slower. The last ratio: width of the confidence"
    " interval of the mean difference, compared with independent orders for each network."
)

CASES_DEFINITION = (
    "All runs together; in parentheses the exact confidence interval for that many parcels. A week"
    " or more: 7 elapsed 24-hour days, or never delivered. Damaged: of those delivered. Expected:"
    " from the probability of damage on each parcel's route instead of what happened to it, which"
    " is more precise where counts are small."
)

RANGES_NOTE = (
    "Wide: the median, and what 90% of the draws of the assumptions lie between, random variation"
    " included. Narrow: all as assumed, the 95% confidence interval from random variation alone."
    " Driven by: share of the wide range, of assumptions that are sure to matter."
)


def networks_table(result: Comparison) -> Table:
    """Return every metric of every network, each section with its definition.

    The rows of whole orders are left out while every order is one parcel.
    """
    rows: list[Row] = []
    found = result.metrics.values()
    split = any(one["orders"].estimate != one["parcels"].estimate for one in found)
    for section in sections():
        if section.title == "Whole orders" and not split:
            continue
        rows.append(Row(section.title, note=section.definition))
        rows += metric_rows({name: NETWORK_METRICS[name] for name in section.metrics},
                            [result.metrics[name] for name in result.names])  # fmt: skip
    caption = "Networks, given the same orders" if len(result.names) > 1 else "All metrics"
    return Table("networks", caption, network_columns(result), tuple(rows))


def every_metric_table(result: Comparison) -> Table:
    """Return every metric of every network in the order of `summary.csv`, the shoppers' too."""
    shoppers = {f"cases.{case}.{name}": known for case in CASES
                for name, known in CASE_METRICS.items()}  # fmt: skip
    rows = metric_rows(
        {**NETWORK_METRICS, **shoppers}, [result.estimates_of(name) for name in result.names]
    )
    return Table("networks", "All metrics", network_columns(result), tuple(rows))


def differences_table(result: Comparison, names: Sequence[str] = PAIRED_ROWS) -> Table:
    """Return the differences pair by pair. `names`: of the metrics, in order."""
    rows = metric_rows(
        {name: PAIRED_METRICS[name] for name in names}, [pair for _, _, pair in result.pairs()]
    )
    pairs = tuple(pair_column(result, pair, pair) for pair in pairs_of(result.names))
    caption = "The same orders, one network against another"
    return Table("differences", caption, pairs, tuple(rows), PAIRED_DEFINITION)


def shoppers_table(result: Comparison) -> Table:
    """Return the two shoppers, with the counts behind each share."""
    rows: list[Row] = []
    for case, what in CASES.items():
        rows.append(Row(what.title))
        for name, known in CASE_METRICS.items():
            cells = (_shopper_cell(result.cases[one], case, name) for one in result.names)
            rows.append(Row(known.label, tuple(cells), known.text, (known.label, name)))
    return Table("cases", "Two shoppers", network_columns(result), tuple(rows), CASES_DEFINITION)


def ranges_table(ranges: Ranges) -> Table:
    """Return the two intervals of every metric, and the drivers of the wide one."""
    rows = []
    for response, found in ranges.items():
        middle = Estimate(found.range.middle, found.range.low, found.range.high)
        drivers = (f"{one.name} {max(one.share, 0.0):.0%}" for one in found.drivers.factors)
        cells = (
            Metric(middle, response.definition),
            Metric(found.narrow, response.definition),
            ", ".join(drivers) or "none is sure",
        )
        rows.append(Row(heading(response), cells, keys=(response.who, response.title)))
    shown = (
        Column("wide: assumptions anywhere in their ranges",
               sheet=("wide: middle", "wide: low", "wide: high")),
        Column("narrow: random variation only",
               sheet=("narrow: estimate", "narrow: low", "narrow: high")),
        Column("driven by"),
    )  # fmt: skip
    return Table("ranges", "Two intervals, not to be confused", shown, tuple(rows), RANGES_NOTE)


def causes_table(result: Comparison) -> Table:
    """Return the mean hours by cause of all and of the slowest 5%, by network."""
    groups = (("All delivered parcels", "all", 0), ("The slowest 5% of them", "speed", SLOWEST))
    rows: list[Row] = []
    for title, key, group in groups:
        hours = [cause_hours(result, name, key, group) for name in result.names]
        rows.append(Row(title))
        rows += [
            Row(known.label, tuple(Number(one[cause], "hours") for one in hours), known.text)
            for cause, known in CAUSE_METRICS.items()
        ]
        total = tuple(Number(sum(one.values()), "hours") for one in hours)
        rows.append(Row("total", total, on_sheet=False))
    note = "Mean hours over delivered parcels. The causes add up to click-to-door time."
    return Table("causes", "Hours by cause", network_columns(result), tuple(rows), note)


def waterfall_table(result: Comparison, pairs: Sequence[Pair]) -> Table:
    """Return the steps of each pair in hours and in the share late."""
    falls = [result.waterfalls[pair_name(*pair)] for pair in pairs]
    hours, late = [fall.steps for fall in falls], [fall.late_steps for fall in falls]
    changes = {name: known.of_a_change() for name, known in CAUSE_METRICS.items()}
    rows = [
        Row("Click-to-door hours", note="mean over parcels delivered in both"),
        _sums("first network", "hours", [fall.first_hours for fall in falls]),
        *metric_rows(changes, hours),
        _sums("second network", "hours", [fall.second_hours for fall in falls]),
        Row("Share late", note="over all parcels; never delivered is late; steps in points of 100"),
        _sums("first network", "share", [fall.first_late for fall in falls]),
        *metric_rows(LATE_STEPS, late),
        _sums("second network", "share", [fall.second_late for fall in falls]),
    ]
    shown = tuple(pair_column(result, pair, (pair_name(*pair),)) for pair in pairs)
    caption = "Step by step from the first network to the second"
    return Table("waterfall", caption, shown, tuple(rows))


def metric_rows(
    known: Mapping[str, Definition], estimates: Sequence[Mapping[str, Estimate]]
) -> list[Row]:
    """Return a row for each metric, with a cell for each column of `estimates`."""
    return [
        Row(
            definition.label,
            tuple(Metric(column[name], definition) for column in estimates),
            definition.text,
            (definition.label, name),
        )
        for name, definition in known.items()
    ]


def pair_column(result: Comparison, pair: Pair, keys: tuple[str, ...]) -> Column:
    """Return the column of two networks."""
    first, second = map(result.label, pair)
    return Column(f"{first} (first), {second} (second)", keys)


def _shopper_cell(estimates: Mapping[str, Estimate], case: str, name: str) -> Metric:
    estimate, known = estimates[f"{case}.{name}"], CASE_METRICS[name]
    if known.unit != "share" or name.endswith("expected") or isnan(estimate.estimate):
        return Metric(estimate, known)
    total = estimates[f"{case}.{'delivered' if name == 'damaged' else 'parcels'}"].estimate
    return Metric(estimate, known, f"{estimate.estimate * total:,.0f} of {total:,.0f}:")


def _sums(label: str, unit: str, estimates: Sequence[Estimate]) -> Row:
    definition = Definition(unit, label, "")
    return Row(label, tuple(Metric(one, definition) for one in estimates))
