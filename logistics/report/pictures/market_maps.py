"""Maps of the markets: one color scale for all networks of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import Comparison, pair_name, pairs_of
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.report.pictures.drawing import GRAY, INK, Drawing, tooltip
from logistics.report.pictures.map_sheets import (
    LAND,
    cells_layer,
    market_places,
    ramp_legend,
    sheet,
)
from logistics.report.pictures.style import Scale, diverging, runs_words, sequential
from logistics.report.text.wording import signed
from networks.geography import load_markets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOT_REACHED = "#1a1a1a"
FEWEST = 10
"""Parcels of a market below which their median, or a share, says nothing."""
FEWEST_TAIL = 40
"""Likewise for the P95: two parcels lie beyond."""

_MOST_DOTS = 60  # markets with orders up to which each has a dot at its center
_SPARSE_BORDERS = "#c4c4c0"
_UNSHADED = {
    "not reached": NOT_REACHED, "not delivered in both": NOT_REACHED, "too few": GRAY,
    "no orders": LAND,
}  # fmt: skip
"""Colors of the markets that have none of the scale, by why."""


@dataclass(frozen=True)
class _Metric:
    """What a map shows, and how it is written in the legend and the tooltips."""

    title: str
    unit: str
    number: Callable[[float], str]
    words: Callable[[float], str]
    fewest: int = FEWEST


def plot_median_days_map(result: Comparison, network: str) -> Drawing:
    """Draw the median delivery time of each market, in days."""
    return _quantile_map(result, network, "Median", 0.5, FEWEST)


def plot_p95_days_map(result: Comparison, network: str) -> Drawing:
    """Draw the P95 delivery time of each market, in days."""
    return _quantile_map(result, network, "P95", 0.95, FEWEST_TAIL)


def plot_within_dates_map(result: Comparison, network: str, k: int = 2) -> Drawing:
    """Draw the share of parcels to each market delivered within `k` dates (0 to 7)."""
    metric = _Metric(
        f"Share delivered within {k} date{'s' * (k != 1)} of the order date",
        "% of a market's parcels",
        lambda value: f"{value * 100:.0f}",
        lambda value: f"{value:.0%}",
    )
    return _of_network(
        result, network, metric, lambda totals: totals.share("within_dates")[k], dark_is_high=False
    )


def plot_difference_map(result: Comparison, first: str, second: str) -> Drawing:
    """Draw by how many days the second network is slower for the same orders, market by market.

    All pairs of a comparison have the same scale.
    """
    shown, parcels = _difference(result, first, second)
    every = [_difference(result, *two)[0] for two in pairs_of(result.names)]
    metric = _Metric(
        "Difference in delivery time for the same orders, mean",
        "days more (orange) or fewer (blue)",
        lambda value: f"{value:+g}" if value else "0",
        lambda value: f"{signed(value, 1)} days",
    )
    scale = diverging(np.concatenate(every))
    return _drawn(result, f"{second} minus {first}", metric, scale, shown, parcels)


def has_orders(result: Comparison) -> NDArray[np.bool_]:
    """Return (markets,) whether any order came from there: a scenario may leave markets out."""
    return np.asarray(sum(_parcels(result, name) for name in result.names)) > 0


def _difference(result: Comparison, first: str, second: str) -> tuple[Floats, Ints]:
    """Return (markets,) mean differences in days, NaN for too few parcels, and the parcels."""
    days = np.asarray(result.waterfalls[pair_name(first, second)].market_days, np.float64)
    parcels = np.minimum(_parcels(result, first), _parcels(result, second))
    return np.where(parcels < FEWEST, np.nan, days), parcels


def _quantile_map(
    result: Comparison, network: str, label: str, part: float, fewest: int
) -> Drawing:
    metric = _Metric(
        f"{label} delivery time by market",
        "days since the order (24 hours each)",
        lambda value: f"{value:g}",
        lambda value: f"{value:.1f} days",
        fewest,
    )
    return _of_network(result, network, metric, lambda totals: totals.quantile(part))


def _of_network(
    result: Comparison,
    network: str,
    metric: _Metric,
    values: Callable[[GroupTotals], Floats],
    dark_is_high: bool = True,
) -> Drawing:
    by_network = {
        name: np.where(of["market"].parcels < metric.fewest, np.nan, values(of["market"]))
        for name, of in result.group_totals.items()
    }
    scale = sequential(np.concatenate(list(by_network.values())), dark_is_high)
    return _drawn(result, network, metric, scale, by_network[network], _parcels(result, network))


def _drawn(
    result: Comparison, networks: str, metric: _Metric, scale: Scale, values: Floats, parcels: Ints
) -> Drawing:
    """Draw markets by value (NaN: too few parcels, +inf: not reached), and their parcels."""
    asked = has_orders(result)
    cases = {
        "no orders": ~asked,
        "not reached": np.isposinf(values),
        "not delivered in both": np.isnan(values) & (parcels >= metric.fewest),
        "too few": np.isnan(values),
    }
    unshaded = np.select(list(cases.values()), list(cases), "").tolist()
    columns = (load_markets().names, values.tolist(), parcels.tolist(), unshaded)
    cells = []
    for name, value, count, why in zip(*columns, strict=True):
        counted = "" if why == "no orders" else f" ({count:,} parcel{'s' * (count != 1)})"
        color = _UNSHADED[why] if why else scale.color(value)
        cells.append((color, f"{name}: {why or metric.words(value)}{counted}"))
    legend = ramp_legend(scale, metric.unit, metric.number, _others(unshaded, metric.fewest))
    body, dots = cells_layer(cells), ""
    if asked.sum() <= _MOST_DOTS:  # each gets a dot, too: cities' cells are tiny
        dots = " (dot)"
        body = cells_layer(cells, _SPARSE_BORDERS)
        body += [_dot(row, *cells[row]) for row in np.flatnonzero(asked).tolist()]
    note = "A market is a ZIP3 area, drawn as what lies nearest to its center"
    note = f"{runs_words(result)} {note}{dots}."
    return sheet(metric.title, networks, note, body, legend)


def _others(unshaded: Sequence[str], fewest: int) -> list[tuple[str, str]]:
    """Return the legend of what has no color of the scale."""
    found = []
    for why, color in _UNSHADED.items():
        markets = unshaded.count(why)
        if markets or why == "too few":
            title = f"fewer than {fewest} parcels" if why == "too few" else why
            found.append((color, f"{title}: {markets} market{'s' * (markets != 1)}"))
    return found


def _dot(market: int, color: str, words: str) -> str:
    x, y = market_places()[market]
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{color}" stroke="{INK}">'
        f"{tooltip(words)}</circle>"
    )


def _parcels(result: Comparison, network: str) -> Ints:
    return np.asarray(result.group_totals[network]["market"].parcels, np.int64)
