"""What a planner should know of the runs beside the figures: what was built, what to doubt."""

from __future__ import annotations

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
    """Warn where parcels that had not arrived could still move a quantile."""
    warnings = []
    for name in comparison.names:
        still = comparison.figures[name]["under_way_rate"].estimate
        *most, last = [str(p) for p in _unsettled(comparison, name)] or [""]
        if last:
            which = f"{', '.join(most)} and {last}" if most else last
            warnings.append(
                f"{name}: {still:.2%} of the parcels were still under way when the run ended, so"
                f" the days within which {which} of 100 are delivered are not settled, and the"
                " mean leaves the slowest out; give them more days to arrive (--cool-down-days,"
                f" now {comparison.run['cool_down_days']})."
            )
    return warnings


def _unsettled(comparison: Comparison, name: str) -> list[int]:
    """Return the quantiles that parcels still under way could move.

    Each of those is older than the cool-down when the run ends, so it moves none below that; and
    a quantile that would not be reached if they all arrived is not theirs to move.
    """
    figures, cool_down = comparison.figures[name], comparison.run["cool_down_days"]
    still, delivered = (figures[key].estimate for key in ("under_way_rate", "delivered_rate"))
    return [
        p
        for p in QUANTILES["delivery_days"]
        if still > 0
        and figures[f"delivery_days.p{p}"].estimate > cool_down
        and delivered + still >= p / 100
    ]
