"""What studies find, on answers written down by hand."""

import math

import numpy as np
import pytest
from small_studies import MEAN, NETWORK, NOTHING, P95, answered, point, studied

from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.screening import trajectories
from logistics.report.studies.answer import change_sentence
from logistics.studies.effects import (
    bars,
    changes,
    places_bearing,
    screened,
    wide,
    without_value,
)
from logistics.studies.results import PointResult
from logistics.studies.study import Study

GRID = Study(base=NETWORK, factors={"network.round": ["8 h", "9 h", "10 h"]})


def hours(value, values, quantile=NOTHING):
    return answered(point(f"p00{value}", {"network.round": f"{value} h"}, {}), values, quantile)


def test_points_with_the_same_luck_are_compared_run_by_run():
    # each run has its own luck, 0 to 3 days; ten hours add half a day to each of them
    luck = np.array([0.0, 1.0, 2.0, 3.0])
    first = hours(8, 1.0 + luck)
    second = hours(9, 1.0 + luck)
    third = hours(10, 1.5 + luck + np.array([0.01, -0.01, 0.01, -0.01]))
    same, slower = changes(studied(GRID, [first, second, third], None), MEAN)
    assert (same.figure.estimate, same.figure.low, same.figure.high) == (0.0, 0.0, 0.0)
    assert same.more_runs is None
    assert slower.figure.estimate == pytest.approx(0.5)
    assert slower.figure.low > 0.47
    assert slower.more_runs == 0
    assert slower.narrower < 0.01
    # two comparisons at once: each at 97.5%
    assert slower.together.low < slower.figure.low < slower.figure.high < slower.together.high


ON_TIME = Response(NETWORK, "on_time_rate")


def on_time(value: int, shares: list[float], parcels: int) -> PointResult:
    """A point of which each run has so many parcels and that share of them on time."""
    where = point(f"p{value}", {"network.round": f"{value} h"}, {})
    known = {NETWORK: {"parcels": Estimate(parcels * len(shares))}}
    return PointResult(where, len(shares), known, {ON_TIME: np.array(shares)}, {})


def test_a_share_that_changes_alike_in_every_run_is_as_sure_as_its_parcels_allow():
    first, same = on_time(8, [1.0, 1.0], 52), on_time(9, [1.0, 1.0], 52)
    worse = on_time(10, [51 / 52, 51 / 52], 52)  # one parcel of 52 in each of two runs
    none, fewer = changes(studied(GRID, [first, same, worse], None), ON_TIME)
    assert none.none
    assert not fewer.none
    assert (none.figure.low, none.figure.high) == pytest.approx((-0.0356, 0.0356), abs=1e-4)
    assert (fewer.figure.low, fewer.figure.high) == pytest.approx((-0.0674, 0.0171), abs=1e-4)
    assert fewer.more_runs > 0
    definition = ON_TIME.definition
    assert change_sentence(none, definition, "8 h").endswith("no difference from 8 h in any run.")
    assert "cannot tell yet, about" in change_sentence(fewer, definition, "8 h")


def test_a_change_that_cannot_be_told_says_how_many_runs_more():
    first, second = hours(8, [1.0, 1.0, 1.0, 1.0]), hours(9, [1.4, 0.8, 1.5, 1.1])
    (change,) = changes(studied(GRID, [first, second], None), MEAN)
    assert change.more_runs == 9


def test_only_runs_that_both_points_have_are_compared():
    first, second = hours(8, [1.0, 2.0]), hours(9, [2.0, 3.0, 90.0])
    (change,) = changes(studied(GRID, [first, second], None), MEAN)
    assert change.figure.estimate == 1.0


def test_a_difference_of_quantiles_holds_where_both_intervals_do():
    first = hours(8, [1.0, 1.0], Estimate(2.0, 1.75, 2.5))
    second = hours(9, [1.0, 1.0], Estimate(3.0, 2.75, 3.25))
    (change,) = changes(studied(GRID, [first, second], None), P95)
    assert change.figure == Estimate(1.0, 0.25, 1.5)
    never = hours(9, [1.0, 1.0], Estimate(math.inf, 3.0, math.inf))
    (change,) = changes(studied(GRID, [first, never], None), P95)
    assert math.isnan(change.figure.estimate)


HYPERCUBE = Study(base=NETWORK, assumptions="all", draws=40)


def drawn(number, places, values):
    settings = {name: f"{place:.3f}" for name, place in places.items()}
    return answered(point(f"p{number:03}", settings, places), values)


def hypercube(draws=40, spoilt=()):
    rng = np.random.default_rng(5)
    base = answered(point("p000", {}, {}), [10.0, 10.1, 9.9, 10.0])
    load, speed = rng.permutation(draws) / (draws - 1), rng.permutation(draws) / (draws - 1)
    points = [
        drawn(
            row + 1,
            {"network.load": a, "network.speed_kmh": b},
            [math.nan if row in spoilt else 8.0 + 4.0 * a],
        )
        for row, (a, b) in enumerate(zip(load.tolist(), speed.tolist(), strict=True))
    ]
    return studied(HYPERCUBE, [base, *points], None)


def test_the_wide_interval_holds_nine_tenths_of_the_draws_and_names_what_drives_it():
    found = wide(hypercube(), MEAN)
    # evenly from 8 to 12: 5% to 95% is 8.2 to 11.8
    assert found.range.low == pytest.approx(8.2, abs=0.15)
    assert found.range.high == pytest.approx(11.8, abs=0.15)
    assert found.range.draws == 40
    assert [one.name for one in found.drivers.factors] == ["network.load"]
    assert found.narrow.estimate == pytest.approx(10.0)
    assert found.narrow.high - found.narrow.low < 0.3


def test_what_a_network_does_not_have_cannot_drive_it():
    result = hypercube()
    for one in result.points[1:]:
        assert set(one.point.places) == {"network.load", "network.speed_kmh"}
    both = places_bearing(NETWORK, [result.points[1].point])
    assert [list(one) for one in both] == [["network.load", "network.speed_kmh"]]
    strange = point("p001", {}, {"network.sellers.handling": 0.1, "network.load": 0.2})
    assert places_bearing(NETWORK, [strange]) == [{"network.load": 0.2}]
    assert places_bearing(f"{NETWORK} vs other", [strange]) == [{"network.load": 0.2}]


def test_draws_without_an_answer_are_left_out_and_counted():
    assert wide(hypercube(spoilt=(3, 4)), MEAN).left_out == 2


def test_too_few_draws_have_no_wide_interval():
    assert wide(hypercube(draws=18), MEAN) is None
    assert wide(studied(GRID, [hours(8, [1.0])], None), MEAN) is None


def test_one_at_a_time_the_widest_bar_comes_first():
    study = Study(base=NETWORK, design="one at a time", factors=GRID.factors)
    base = answered(point("p000", {}, {}), [5.0, 6.0])
    ends = [("load", "low", 4.5), ("load", "high", 5.5), ("speed", "low", 7.0)]
    points = [
        answered(point(f"p{row:03}", {name: end}, {}), [value, value + 1.0])
        for row, (name, end, value) in enumerate(ends, 1)
    ]
    speed, load = bars(studied(study, [base, *points], None), MEAN)
    assert (speed.factor, speed.width) == ("speed", 2.0)
    assert (load.factor, load.width) == ("load", 1.0)
    assert [(value, figure.estimate) for value, figure in load.ends] == [
        ("low", -0.5),
        ("high", 0.5),
    ]


def screening(failed=()):
    study = Study(base=NETWORK, design="morris", assumptions="all", trajectories=6)
    names = ["load", "speed", "trailer"]
    paths = trajectories(names, 6, seed=3)
    planned, points = [], []
    for row, place in enumerate(paths.reshape(-1, 3).tolist()):
        places = dict(zip(names, place, strict=True))
        where = point(
            f"p{row:03}", {name: f"{value:.2f}" for name, value in places.items()}, places
        )
        planned.append(where)
        if where.name not in failed:
            days = 5.0 + 2.0 * places["load"] - 1.0 * places["speed"]
            points.append(answered(where, [days, days]))
    return studied(study, points, None, planned=planned)


def test_screening_finds_the_effects_of_a_straight_line():
    load, speed, trailer = screened(screening(), MEAN)
    assert (load.name, load.mu) == ("load", pytest.approx(2.0))
    assert (speed.name, speed.mu) == ("speed", pytest.approx(-1.0))
    assert (trailer.name, trailer.mu_star) == ("trailer", pytest.approx(0.0))


def test_only_the_steps_to_and_from_a_point_that_failed_are_left_out():
    found = screened(screening(failed=("p005",)), MEAN)
    assert found[0].mu == pytest.approx(2.0)
    assert sum(one.steps for one in found) == 6 * 3 - 2


def test_ends_at_which_a_percentile_is_not_reached_have_no_bar():
    never, reached = Estimate(np.inf, np.inf, np.inf), Estimate(4.0, 3.5, 4.5)
    study = Study(base=NETWORK, design="one at a time", factors=GRID.factors)

    def ends(*quantiles):
        settings = [{}, {"load": "low"}, {"load": "high"}]
        points = [
            answered(point(f"p{row:03}", of, {}), [5.0, 5.0], quantile)
            for row, (of, quantile) in enumerate(zip(settings, quantiles, strict=True))
        ]
        return studied(study, points, None)

    assert bars(ends(never, never, never), P95) == []
    assert bars(ends(never, reached, reached), P95) == [], "the change from never is none"
    (bar,) = bars(ends(reached, never, Estimate(5.5, 5.0, 6.0)), P95)
    assert [(value, moved.estimate) for value, moved in bar.ends] == [("high", 1.5)]
    assert without_value(ends(reached, never, reached), P95) == ["load low"]
