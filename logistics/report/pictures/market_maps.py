"""Maps of the markets in classes, as carriers draw days in transit.

All networks of a comparison have the same classes, so that their maps can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.report.pictures.drawing import GRAY, INK, Drawing, tooltip
from logistics.report.pictures.map_sheets import (
    LAND,
    Shade,
    cells_layer,
    class_legend,
    market_places,
    sheet,
)
from logistics.report.pictures.style import CLASSES, runs_words
from logistics.report.text.wording import signed
from networks.geography import load_markets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOT_REACHED = "#1a1a1a"
FEWEST = 10
"""Parcels of a market below which their median, or a share, says nothing."""
FEWEST_TAIL = 40
"""Likewise for the P95: two parcels lie beyond."""
NOT_SIMULATED = "Alaska, Hawaii and Puerto Rico are not simulated."

_MOST_DOTS = 60  # markets with orders up to which each has a dot at its center
_SPARSE_BORDERS = "#c4c4c0"
_UNSHADED = {
    "not reached": NOT_REACHED, "not delivered in both": NOT_REACHED, "too few": GRAY,
    "no orders": LAND,
}  # fmt: skip
"""Colors of the markets that have none of the classes, by why."""

DIFFERENCE = ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), ("same or less", "1", "2", "3", "4", "5", "6+"))
"""Limits of classes of days more, and what the classes are called."""


@dataclass(frozen=True)
class MarketMetric:
    """What a map shows of each market.

    `limits`: at or below the first is the first class (of a share, at or above). `labels`: of the
    classes, one more. `fewest`: parcels below which a market has no value.
    """

    title: str
    unit: str
    values: Callable[[GroupTotals], Floats]
    limits: tuple[float, ...]
    labels: tuple[str, ...]
    share: bool = False
    fewest: int = FEWEST

    def of(self, result: Comparison, network: str) -> Floats:
        """Return (markets,) values; NaN for too few parcels, +inf where not reached."""
        totals = result.group_totals[network]["market"]
        return np.where(totals.parcels < self.fewest, np.nan, self.values(totals))

    def words(self, value: float) -> str:
        """Return a value as a tooltip has it."""
        return f"{value:.0%}" if self.share else f"{value:.1f} days"


_DAYS = ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), ("1", "2", "3", "4", "5", "6", "7+"))
_SHARES = (
    (0.98, 0.95, 0.9, 0.8, 0.65, 0.5),
    ("98% or more", "95%", "90%", "80%", "65%", "50%", "less"),
)
_UNIT = "days since the order (24 hours each, rounded up)"
METRICS = {
    "p95": MarketMetric("P95 delivery time", _UNIT, lambda one: one.quantile(0.95), *_DAYS,
                        fewest=FEWEST_TAIL),
    "p50": MarketMetric("Median delivery time", _UNIT, lambda one: one.quantile(0.5), *_DAYS),
    "on_time": MarketMetric("Delivered on time", "of a market's parcels, at least",
                            lambda one: one.share("on_time"), *_SHARES, share=True),
    "within_2": MarketMetric("Delivered within 2 dates", "of a market's parcels, at least",
                             lambda one: one.share("within_dates")[2], *_SHARES, share=True),
}  # fmt: skip
"""What maps can show, by a short name."""


def classes(values: ArrayLike, limits: Sequence[float]) -> Ints:
    """Return the class of each value, 0 to the number of limits; limits may rise or fall.

    >>> classes([0.9, 1.0, 1.1, 9.0], (1.0, 2.0)).tolist(), classes([0.99, 0.2], (0.98, 0.5))
    ([0, 0, 1, 2], array([0, 2]))
    """
    sign = 1.0 if limits[0] < limits[-1] else -1.0
    found = np.searchsorted(sign * np.array(limits), sign * np.asarray(values, np.float64) - 1e-9)
    return np.asarray(found, np.int64)


def plot_p95_days_map(result: Comparison, network: str) -> Drawing:
    """Draw the P95 delivery time of each market, in days rounded up."""
    metric = METRICS["p95"]
    values, parcels = metric.of(result, network), parcels_of(result, network)
    return _drawn(result, result.label(network), metric, values, parcels)


def plot_difference_map(result: Comparison, first: str, second: str) -> Drawing:
    """Draw by how many days the slower of two networks is slower for the same orders, by market."""
    days = np.asarray(result.waterfalls[pair_name(first, second)].market_days, np.float64)
    parcels = np.minimum(parcels_of(result, first), parcels_of(result, second))
    if np.nansum(days * parcels) < 0:
        first, second, days = second, first, -days
    metric = MarketMetric(
        f"How many days longer {result.label(second)} take than {result.label(first)}",
        "days more, rounded up", lambda one: one.quantile(0.5), *DIFFERENCE,
    )  # fmt: skip
    shown = np.where(parcels < FEWEST, np.nan, days)
    words = "The same orders in both, mean of each market"
    return _drawn(result, words, metric, shown, parcels, lambda value: f"{signed(value, 1)} days")


def has_orders(result: Comparison) -> NDArray[np.bool_]:
    """Return (markets,) whether any order came from there: a scenario may leave markets out."""
    return np.asarray(sum(parcels_of(result, name) for name in result.names)) > 0


def parcels_of(result: Comparison, network: str) -> Ints:
    """Return (markets,) measured parcels."""
    return np.asarray(result.group_totals[network]["market"].parcels, np.int64)


def _drawn(
    result: Comparison, networks: str, metric: MarketMetric, values: Floats, parcels: Ints,
    number: Callable[[float], str] | None = None,
) -> Drawing:  # fmt: skip
    """Draw markets by value (NaN: too few parcels, +inf: not reached), and their parcels."""
    asked = has_orders(result)
    cases = {
        "no orders": ~asked,
        "not reached": np.isposinf(values),
        "not delivered in both": np.isnan(values) & (parcels >= metric.fewest),
        "too few": np.isnan(values),
    }
    unshaded = np.select(list(cases.values()), list(cases), "").tolist()
    shades = classes(np.nan_to_num(values, nan=0.0, posinf=inf), metric.limits).tolist()
    columns = (load_markets().names, values.tolist(), parcels.tolist(), unshaded, shades)
    cells = []
    for name, value, count, why, shade in zip(*columns, strict=True):
        counted = "" if why == "no orders" else f" ({count:,} parcel{'s' * (count != 1)})"
        color = _UNSHADED[why] if why else CLASSES[shade]
        cells.append((color, f"{name}: {why or (number or metric.words)(value)}{counted}"))
    shown = list(zip(CLASSES, metric.labels, strict=True))
    legend = class_legend(shown, metric.unit, _others(unshaded, metric.fewest))
    body, dots = cells_layer(cells), ""
    if asked.sum() <= _MOST_DOTS:  # each gets a dot, too: cities' cells are tiny
        dots = " (dot)"
        body = cells_layer(cells, _SPARSE_BORDERS)
        body += [_dot(row, *cells[row]) for row in np.flatnonzero(asked).tolist()]
    note = f"A market is a ZIP3 area, drawn as what lies nearest to its center{dots}."
    note = f"{runs_words(result)} {note} {NOT_SIMULATED}"
    return sheet(metric.title, networks, note, body, legend)


def _others(unshaded: Sequence[str], fewest: int) -> list[Shade]:
    """Return the legend of what is in no class."""
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
