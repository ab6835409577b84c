"""Maps of the markets: one color scale for all networks of a comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import Comparison, pair_name, pairs_of
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.report.pictures.drawing import GREY, Drawing
from logistics.report.pictures.map_sheets import (
    LAND,
    Cell,
    Headline,
    Ramp,
    cells_layer,
    dot,
    few,
    ramp_legend,
    sheet,
)
from logistics.report.pictures.outlines import market_places
from logistics.report.pictures.scales import Scale, diverging, sequential
from logistics.report.text.wording import signed
from networks.geography import load_markets

Floats = NDArray[np.float64]

NOT_REACHED = "#1a1a1a"
FEWEST = 10
"""Parcels of a market below which half of them, or a share, says nothing."""
FEWEST_TAIL = 40
"""Likewise for the slowest of 20: two parcels lie beyond."""


MOST_DOTS = 60
"""Markets with orders up to which each has a dot at its center."""
SPARSE_BORDERS = "#c4c4c0"


@dataclass(frozen=True)
class _Metric:
    """What a map shows: where it comes from and how it is written."""

    title: str
    unit: str
    fewest: int
    number: Callable[[float], str]
    words: Callable[[float], str]
    high_is_dark: bool = True


def plot_median_days_map(result: Comparison, network: str) -> Drawing:
    """Draw the median delivery time of each market, in days."""
    metric = _days("Median delivery time by market", FEWEST)
    return _markets_map(result, network, metric, lambda totals: totals.quantile(0.5))


def plot_p95_days_map(result: Comparison, network: str) -> Drawing:
    """Draw the P95 delivery time of each market, in days."""
    metric = _days("P95 delivery time by market", FEWEST_TAIL)
    return _markets_map(result, network, metric, lambda totals: totals.quantile(0.95))


def plot_within_dates_map(result: Comparison, network: str, k: int = 2) -> Drawing:
    """Draw the share of parcels to each market delivered within `k` dates (0 to 7)."""
    metric = _Metric(
        f"Share delivered within {k} date{'s' * (k != 1)} of the order date",
        "% of a market's parcels",
        FEWEST,
        lambda value: f"{value * 100:.0f}",
        lambda value: f"{value:.0%}",
        high_is_dark=False,
    )
    return _markets_map(result, network, metric, lambda totals: totals.share("within_dates")[k])


def plot_difference_map(result: Comparison, first: str, second: str) -> Drawing:
    """Draw by how many days the second network is slower for the same orders, market by market.

    All pairs of a comparison have the same scale.
    """
    shown, parcels = _difference(result, first, second)
    every = [_difference(result, *two)[0] for two in pairs_of(result.names)]
    metric = _Metric(
        "Difference in delivery time for the same orders, mean",
        "days more (orange) or fewer (blue)",
        FEWEST,
        lambda value: f"{value:+g}" if value else "0",
        lambda value: f"{signed(value, 1)} days",
    )
    headline = Headline(metric.title, f"{second} minus {first}", _note(result))
    markets = _Values(shown, parcels, has_orders(result))
    return _drawn(headline, metric, markets, diverging(np.concatenate(every)))


def _difference(result: Comparison, first: str, second: str) -> tuple[Floats, NDArray[np.int64]]:
    """Return (markets,) mean differences in days, NaN for too few parcels, and the parcels."""
    days = np.asarray(result.waterfalls[pair_name(first, second)].market_days, np.float64)
    parcels = np.minimum(_parcels(result, first), _parcels(result, second))
    return np.where(parcels < FEWEST, np.nan, days), parcels


def has_orders(result: Comparison) -> NDArray[np.bool_]:
    """Return (markets,) whether any order came from there: a scenario may leave markets out."""
    return np.asarray(sum(_parcels(result, name) for name in result.names)) > 0


@dataclass(frozen=True)
class _Values:
    """By market: the value (NaN: too few parcels, +inf: not reached) and the parcels.

    `asked`: whether any order came from there.
    """

    values: Floats
    parcels: NDArray[np.int64]
    asked: NDArray[np.bool_]


def _markets_map(
    result: Comparison, network: str, metric: _Metric, values: Callable[[GroupTotals], Floats]
) -> Drawing:
    totals = {name: result.group_totals[name]["market"] for name in result.names}
    by_network = {
        name: np.where(one.parcels < metric.fewest, np.nan, values(one))
        for name, one in totals.items()
    }
    every = np.concatenate(list(by_network.values()))
    scale = sequential(every, metric.high_is_dark)
    headline = Headline(metric.title, network, _note(result))
    of_network = _Values(by_network[network], _parcels(result, network), has_orders(result))
    return _drawn(headline, metric, of_network, scale)


def _drawn(headline: Headline, metric: _Metric, markets: _Values, scale: Scale) -> Drawing:
    names = load_markets().names
    cells = [
        _cell(name, value, parcels, metric, scale) if asked else Cell(LAND, f"{name}: no orders")
        for name, value, parcels, asked in zip(
            names,
            markets.values.tolist(),
            markets.parcels.tolist(),
            markets.asked.tolist(),
            strict=True,
        )
    ]
    ramp = Ramp(scale, metric.unit, metric.number, _others(metric, markets))
    if not _are_sparse(markets.asked):
        return sheet(headline, cells_layer(cells), ramp_legend(ramp))
    rows, places = np.flatnonzero(markets.asked).tolist(), market_places().tolist()
    dots = [dot(places[row][0], places[row][1], cells[row]) for row in rows]
    return sheet(headline, [*cells_layer(cells, SPARSE_BORDERS), *dots], ramp_legend(ramp))


def _others(metric: _Metric, markets: _Values) -> list[tuple[str, str]]:
    """Return the legend of what has no color of the scale."""
    unknown = np.isnan(markets.values) & markets.asked
    enough = markets.parcels >= metric.fewest
    never, nobody = int(np.isposinf(markets.values).sum()), int((~markets.asked).sum())
    neither = int((unknown & enough).sum())
    found = [(NOT_REACHED, f"not reached: {_counted(never)}")] if never else []
    found += [(NOT_REACHED, f"not delivered in both: {_counted(neither)}")] if neither else []
    found.append(few(metric.fewest, int((unknown & ~enough).sum())))
    return [*found, (LAND, f"no orders: {_counted(nobody)}")] if nobody else found


def _are_sparse(asked: NDArray[np.bool_]) -> bool:
    """Tell whether so few markets have orders that each gets a dot: cities' cells are tiny."""
    return int(asked.sum()) <= MOST_DOTS


def _counted(markets: int) -> str:
    return f"{markets} market{'s' * (markets != 1)}"


def _cell(name: str, value: float, parcels: int, metric: _Metric, scale: Scale) -> Cell:
    counted = f"{parcels:,} parcel{'s' * (parcels != 1)}"
    if isnan(value) and parcels >= metric.fewest:
        return Cell(NOT_REACHED, f"{name}: not delivered in both ({counted})")
    if isnan(value):
        return Cell(GREY, f"{name}: too few ({counted})")
    if not isfinite(value):
        return Cell(NOT_REACHED, f"{name}: not reached ({counted})")
    return Cell(scale.color(value), f"{name}: {metric.words(value)} ({counted})")


def _days(title: str, fewest: int) -> _Metric:
    return _Metric(
        title,
        "days since the order (24 hours each)",
        fewest,
        lambda value: f"{value:g}",
        lambda value: f"{value:.1f} days",
    )


def _parcels(result: Comparison, network: str) -> NDArray[np.int64]:
    return np.asarray(result.group_totals[network]["market"].parcels, np.int64)


def _note(result: Comparison) -> str:
    runs = "One run" if result.replications == 1 else f"{result.replications} runs together"
    dots = " (dot)" if _are_sparse(has_orders(result)) else ""
    return f"{runs}. A market is a ZIP3 area, drawn as what lies nearest to its center{dots}."
