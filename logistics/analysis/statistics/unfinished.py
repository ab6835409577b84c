"""What parcels still under way at the horizon can do to a percentile.

A parcel under way has waited some days already and will take at least those. Had every one arrived
right then, percentiles would be as good as they can be; had none ever arrived, as bad. The truth
lies between the two limits, whatever becomes of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from logistics.analysis.statistics.intervals import Band, Estimate, quantile_interval


@dataclass(frozen=True)
class Limits:
    """The least and the most that a percentile can be once no parcel is under way.

    `label`: such as 'P95'. `low`, `high`: each with its interval over the runs; +inf is not
    reached. `under_way`: parcels still under way, all runs together.
    """

    label: str
    low: Estimate
    high: Estimate
    under_way: int

    @property
    def open(self) -> bool:
        """Tell whether parcels under way leave the percentile open."""
        return self.low.estimate != self.high.estimate


def limits_between(best: Band, worst: Band, p: float, under_way: int) -> Limits:
    """Return the limits of the p-quantile from two distributions of all parcels' days.

    `best`: had those under way arrived at the horizon; `worst`: the latest they may, or never.
    """
    low, high = quantile_interval(best, p), quantile_interval(worst, p)
    return Limits(f"P{100 * p:g}", low, high, under_way)
