"""What a planner should know of the runs beside the figures: what was built, what to doubt."""

from __future__ import annotations

from math import isinf

from logistics.analysis.comparison import Comparison
from logistics.analysis.definitions import QUANTILES


def built(comparison: Comparison) -> dict[str, list[str]]:
    """Return what was built for each network, line by line."""
    networks = comparison.run["networks"]
    return {name: networks[name]["built"] for name in comparison.names}


def doubts(comparison: Comparison) -> list[str]:
    """Return what may be wrong with the figures: limits too coarse, orders still under way."""
    return [*_coarse(comparison), *_under_way(comparison)]


def _coarse(comparison: Comparison) -> list[str]:
    networks, orders = comparison.run["networks"], comparison.run["orders_per_day"]
    return [
        f"{name}: at {orders:,} orders a day, limits of fewer than 30 parcels or workers are too"
        f" coarse to tell how scarce they are: {'; '.join(networks[name]['not_resolved'])}."
        for name in comparison.names
        if networks[name]["not_resolved"]
    ]


def _under_way(comparison: Comparison) -> list[str]:
    """Warn where parcels that had not arrived could still move a quantile.

    Each of them is older than the cool-down when the run ends, so it moves none below that.
    """
    cool_down = comparison.run["cool_down_days"]
    warnings = []
    for name in comparison.names:
        figures = comparison.figures[name]
        still = figures["under_way_rate"].estimate
        moved = [
            p
            for p in QUANTILES["delivery_days"]
            if still > 0
            and figures[f"delivery_days.p{p}"].estimate > cool_down
            and not (
                isinf(figures[f"delivery_days.p{p}"].estimate)
                and figures["delivered_rate"].estimate + still < p / 100
            )
        ]
        if moved:
            which = " and ".join(
                [", ".join(map(str, moved[:-1])), str(moved[-1])][not moved[:-1] :]
            )
            warnings.append(
                f"{name}: {still:.2%} of the parcels were still under way when the run ended, so"
                f" the days within which {which} of 100 are delivered are not settled, and the mean leaves"
                f" the slowest out; give them more days to arrive (--cool-down-days, now"
                f" {cool_down})."
            )
    return warnings
