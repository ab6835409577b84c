"""What the statistics say of series whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.differences import difference_of_means
from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.departures import dock
from benchmarks.known_answers.judging import Count, Runs
from benchmarks.known_answers.queues import busy_starts, together
from benchmarks.known_answers.small_world import DAY, HOUR, RUNS, World, chance, every, lane
from benchmarks.long_series import batch_means, batches, quantile_ranks, warm_up
from benchmarks.selection import dudewicz_dalal_h, kim_nelson, ocba_shares, rinott_h
from logistics.analysis.statistics.intervals import mean_interval, t_quantile
from logistics.analysis.statistics.stopping import runs_needed

Floats = NDArray[np.float64]

EXPERIMENTS = 2_000
STARTED = 500
"""Customers after which a queue that started empty has forgotten it."""


def sample(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute the mean of a few runs and its interval."""
    data = answer.parameters["data"]
    figure = mean_interval(data)
    half = figure.high - figure.estimate
    variance = (half / t_quantile(len(data), 0.95)) ** 2 * len(data)
    return {"mean": figure.estimate, "variance": variance, "ci95_half_width": half}


def runs_to_make(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute the interval of ten runs, and how many runs two goals need."""
    p = answer.parameters
    figure = mean_interval(p["data"], p["conf"])
    return {
        "mean": figure.estimate,
        "half_width": figure.high - figure.estimate,
        "n_for_abs": runs_needed(p["data"], p["conf"], half_width=p["abs_error"]),
        "n_for_rel": runs_needed(p["data"], p["conf"], relative=p["rel_error"]),
    }


def two_designs(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compare two designs, paired and as if they had nothing to do with each other."""
    p = answer.parameters
    first, second = np.array(p["x1"]), np.array(p["x2"])
    paired = mean_interval(first - second, p["conf"])
    apart = difference_of_means(first, second, p["conf"])
    return {
        "paired_mean": paired.estimate,
        "paired_ci": [paired.low, paired.high],
        "welch_ci": [apart.low, apart.high],
    }


def first_customers(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate the first customers of a day, many days over."""
    waits = _first_25(answer, seed)
    return {"d25": Runs(waits.reshape(RUNS, -1).mean(axis=1))}


def t_coverage(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Count how often the interval of a few runs holds the true mean."""
    p = answer.parameters
    sets = _first_25(answer, seed).reshape(-1, p["n"])
    return {"coverage": _held(sets, p["true_mean"], p["nominal"])}


def _first_25(answer: Answer, seed: int) -> Floats:
    """Return the mean wait of the first customers, many times over."""
    p = answer.parameters
    customers = p.get("customers") or p["n_customers"]
    blocks = [
        busy_starts(seed + 1000 * part, customers, 4_000, 130.0, p["mean_service"])
        for part in range(RUNS)
    ]
    return np.concatenate([block.mean(axis=1) for block in blocks])


def _held(sets: Floats, truth: float, level: float) -> Count:
    figures = [mean_interval(one, level) for one in sets]
    return Count(sum(one.low <= truth <= one.high for one in figures), len(figures))


def batch_means_of_a_queue(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Count how often the interval from stretches of one long run holds the true mean wait."""
    p = answer.parameters
    rate = p["lambda_"]
    assert rate == 1.0
    parts = 4
    longest = 2560 + STARTED
    waits = np.concatenate([
        busy_starts(seed + 1000 * part, longest, EXPERIMENTS // parts, 200.0, 1 / p["mu"])
        for part in range(parts)
    ])  # fmt: skip
    found = {}
    for name, first in (("coverage_start_empty", 0), ("coverage_start_stationary", STARTED)):
        series = waits[:, first : first + p["n"]]
        figures = [batch_means(one, p["batches"], p["nominal"]) for one in series]
        held = sum(one.low <= p["truth"] <= one.high for one in figures)
        found[name] = Count(held, len(figures))
    return found


def batch_means_of_a_series(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Do the same with a series that remembers its last value in part."""
    p = answer.parameters
    phi, n, count = p["phi"], p["n"], p["batches"]
    experiments = 40_000
    rng = chance(seed, 0, answer.id)
    value = rng.normal(0.0, 1 / math.sqrt(1 - phi * phi), experiments)
    series = np.empty((experiments, n))
    for step in range(n):
        series[:, step] = value
        value = phi * value + rng.normal(size=experiments)
    means = np.array([batches(one, count) for one in series])
    estimate = means.var(axis=1, ddof=1) / count
    figures = [batch_means(one, count, p["nominal"]) for one in series]
    held = sum(one.low <= 0.0 <= one.high for one in figures)
    spread = means.mean(axis=1).reshape(RUNS, -1)
    return {
        "coverage": Count(held, experiments),
        "var_of_mean": Runs((spread**2).mean(axis=1)),
        "expected_batch_means_estimate_of_var_of_mean": Runs(
            estimate.reshape(RUNS, -1).mean(axis=1)
        ),
    }


def same_parcels_other_trucks(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Send the same orders through a lane every four hours and one every three."""
    p = answer.parameters
    days = 10
    first, second = (World(dock(lane(every(round(p[f"headway_{name}"])))), days) for name in "AB")
    runs = []
    for r in range(RUNS):
        ticks = DAY + np.sort(chance(seed, r, answer.id).integers(0, days * DAY, 20_000))
        wait = [w.run(ticks, seed, r).columns["wait_departure"] / HOUR for w in (first, second)]
        runs.append(_spread(*wait))
    return together(runs)


def same_luck_other_roads(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Send the same trucks over two roads; a truck's luck is its own on both."""
    days = 8
    worlds = []
    for name in "AB":
        mean, sd = answer.parameters[f"mean_sd_{name}"]
        road = lane(every(1), hours=mean, transit_cv=sd / mean)
        worlds.append(World(dock(road), days, later_order_days=3))
    ticks = DAY + np.arange(1440 * days) * HOUR + HOUR // 2
    runs = []
    for r in range(RUNS):
        runs.append(
            _spread(*(w.run(ticks, seed, r).columns["transit"] / (60 * HOUR) for w in worlds))
        )
    return together(runs)


def _spread(first: Floats, second: Floats) -> dict[str, float]:
    difference = first - second
    return {
        "mean_diff": float(difference.mean()),
        "var_diff_crn": float(difference.var(ddof=1)),
    }


def ranks(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute the ranks between which a quantile lies."""
    p = answer.parameters
    found = quantile_ranks(p["n"], p["p"], p["conf"])
    return {
        "lower_rank": found.lower, "upper_rank": found.upper, "exact_coverage": found.coverage
    }  # fmt: skip


def constants(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute the constants for picking the best of several."""
    p = answer.parameters
    if "c" in p:
        found = kim_nelson(p["k"], p["n0"], 1 - p["alpha"], p["c"])
        return {"eta": found.eta, "h2": found.h2}
    if "h1" in answer.expected:
        return {"h1": {str(k): dudewicz_dalal_h(k, p["n0"], p["P_star"]) for k in p["k"]}}
    return {"h": {str(k): rinott_h(k, p["n0"], p["P_star"]) for k in p["k"]}}


def shares_of_runs(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Spread a number of runs over networks of known means and variances."""
    p = answer.parameters
    share = ocba_shares(p["means"], p["variances"], smallest_is_best=p["objective"] == "min")
    return {"allocation": (share * p["budget"]).tolist()}


def where_to_cut(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Find where a series has settled."""
    p = answer.parameters
    series = p.get("data") or _SERIES[p["series"]]
    five, one = warm_up(series), warm_up(series, batch=1)
    return {
        "mser5_truncated_batches": five.values // 5,
        "mser5_truncated_observations": five.values,
        "mser5_statistic": five.statistic,
        "mser5_truncated_mean": five.mean,
        "truncated_mean": five.mean,
        "hits_half_sample_bound": not five.settled,
        "mser1_truncated_observations": one.values,
        "mser1_statistic": one.statistic,
        "mser1_truncated_mean": one.mean,
        "untruncated_mean": float(np.mean(series)),
    }


_SERIES = {
    "step": [10.0] * 50 + [0.0] * 450,
    "constant": [7.0] * 100,
    "linear_never_settles": list(map(float, range(200))),
}
