"""A difference of two shares of the same parcels: by runs and by the parcels that differ."""

from __future__ import annotations

import math

import numpy as np
import pytest

from logistics.analysis.statistics.intervals import (
    Estimate,
    difference_interval,
    mean_interval,
    outward,
    score_reach,
)
from logistics.analysis.statistics.stopping import (
    Target,
    cannot_tell,
    progress_of_difference,
    runs_to_tell,
)


def test_where_no_pair_differs_it_is_as_wide_as_a_share_of_none() -> None:
    z = 1.959964
    below, above = score_reach(0, 0, 208, 0.95)
    assert below == above == pytest.approx(z**2 / (208 + z**2))


def test_the_score_test_is_met_at_both_ends() -> None:
    first, second, pairs = 12, 5, 200
    below, above = score_reach(first, second, pairs, 0.95)
    for difference in ((second - first) / pairs - below, (second - first) / pairs + above):
        assert abs(score(first, second, pairs, difference)) == pytest.approx(1.959964, abs=1e-4)


def score(first: int, second: int, pairs: int, difference: float) -> float:
    """Tango's statistic, its nuisance by a search over the likelihood."""
    tried = np.linspace(
        max(0.0, -difference), (1 - abs(difference)) / 2 + max(0, -difference), 10**6
    )
    tried = tried[1:-1]
    rest = 1 - 2 * tried - difference
    usable = (rest > 0) & (tried + difference > 0)
    tried, rest = tried[usable], rest[usable]
    likelihood = (
        second * np.log(tried + difference)
        + first * np.log(tried)
        + (pairs - first - second) * np.log(rest)
    )
    q = tried[likelihood.argmax()]
    variance = pairs * (2 * q + difference - difference**2)
    return float((second - first - pairs * difference) / math.sqrt(variance))


def test_students_interval_stands_where_it_is_wider() -> None:
    runs = [0.01, -0.02, 0.03]
    assert difference_interval(runs, 5, 7, 30_000) == mean_interval(runs)
    assert difference_interval(runs, 0, 0, 0) == mean_interval(runs)
    assert not difference_interval([0.1], 5, 7, 100).has_interval
    assert math.isnan(difference_interval([math.nan], 0, 0, 0).estimate)


def test_a_target_of_a_difference_counts_parcels_as_well_as_runs() -> None:
    runs = np.full(10, 0.01)  # all alike: Student's t would have no width
    progress = progress_of_difference(Target("damage", half_width=0.005), runs, 10, 20, 1_000)
    shown = difference_interval(runs, 10, 20, 1_000)
    assert progress.estimate == shown
    assert progress.half_width == pytest.approx(shown.high - 0.01)
    assert 0.01 < progress.half_width < 0.015
    assert progress.needed is not None
    later = progress.needed / 10
    reach = score_reach(10 * later, 20 * later, 1_000 * later, 0.95)
    assert max(reach) <= 0.005


def test_a_difference_that_runs_agree_on_but_few_parcels_show_asks_for_more_runs() -> None:
    runs = [0.01, 0.011]
    shown = Estimate(0.0105, -0.0105, 0.03)
    assert runs_to_tell(runs) == 0
    assert runs_to_tell(runs, shown=shown) == 7  # four times the runs for half the width, and one
    assert cannot_tell(runs, shown=shown) == "cannot tell yet, about 7 more runs needed"
    assert runs_to_tell([-one for one in runs], shown=Estimate(-0.0105, -0.03, 0.0105)) == 7


@pytest.mark.parametrize(
    ("low", "high", "decimals", "ends"),
    [
        (0.29, 0.29, 2, (0.29, 0.29)),
        (-0.21, 0.12, 1, (-0.3, 0.2)),
        (4.1, math.inf, 1, (4.1, math.inf)),
        (1203.2, 1205.1, 0, (1203.0, 1206.0)),
    ],
)
def test_ends_are_rounded_away_from_each_other(
    low: float, high: float, decimals: int, ends: tuple[float, float]
) -> None:
    assert outward(low, high, decimals) == ends
