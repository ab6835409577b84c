"""How far the answers of a comparison move while assumptions vary within their ranges.

Every assumed value of the scenarios is drawn from its stated range, many times over (a Latin
hypercube), and each draw is run once, with the orders and the random draws of the first run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from logistics.analysis.comparison import Replicate, pair_name, pairs_of
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.uncertainty import least_draws, two_intervals
from logistics.experiments.compare import Experiment
from logistics.experiments.plan import Plan
from logistics.experiments.replicate import RunSpec, replicate, run_spec_of
from logistics.experiments.workers.executors import Shared, same
from logistics.experiments.workers.pool import WorkerPool
from logistics.experiments.workers.progress import ASSUMPTIONS, Report, reported, silent
from logistics.studies.assumptions import ALL, assumption_factors
from logistics.studies.designs import design_points
from logistics.studies.effects import places_bearing
from logistics.studies.points import Point, with_setting
from networks.inputs.faults import whole_file

OF_NETWORKS = (
    "delivery_days.mean", "delivery_days.p50", "delivery_days.p95", "within_dates.2",
    "on_time_rate", "damage_rate", "loss_rate",
)  # fmt: skip
OF_PAIRS = ("difference_days.mean", "damage_difference")
"""Metrics with a wide interval, of each network and of each pair."""

_SEED = 1  # of the draws of the assumptions


def draws_of(what: Plan, draws: int) -> tuple[Point, ...]:
    """Return so many draws of all that is assumed in a plan, each a point; none for 0.

    Raises InputError for fewer draws than a range takes, scenarios without assumed values, or a
    draw that is no valid scenario.
    """
    if draws == 0:
        return ()
    if draws < least_draws():
        raise whole_file("assumptions", f"{draws} is too few", f"0, or {least_draws()} or more")
    factors = assumption_factors(what.scenarios, [ALL], [])
    if not factors:
        problem = "no value of these scenarios is assumed within a range"
        raise whole_file("assumptions", problem, "0")
    _, (_, *settings) = design_points("latin hypercube", factors, draws, seed=_SEED)
    points = []
    for one in settings:
        scenarios = tuple(with_setting(what.scenarios, factors, one))
        points.append(Point("", one.label, {}, one.places, replace(what, scenarios=scenarios)))
    return tuple(points)


def with_ranges(
    result: Experiment, draws: Sequence[Point], pool: WorkerPool, report: Report = silent
) -> Experiment:
    """Return an experiment whose comparison has the wide intervals, too; as it is without draws.

    Raises what a run of a draw raises.
    """
    if not draws:
        return result
    # each is for one task, with which it travels: nothing to be shared stays with the workers
    specs = (Shared(partial(same, run_spec_of(one.plan))) for one in draws)
    values: dict[int, dict[Response, float]] = {}
    for done in reported(pool.run(_run_once, specs), report, ASSUMPTIONS, len(draws)):
        values[done.number] = dict(_metrics(done.outcome()))
    ranges = {}
    narrow = {**result.comparison.metrics, **result.comparison.paired}
    for response in values[0]:
        who, name = response.who, response.name
        answers = np.array([values[row][response] for row in range(len(draws))])
        # of the run whose orders and random draws the draws share
        first = float(result.accumulated.of[who].values(name)[0])
        bounds, places = response.definition.bounds, places_bearing(who, draws)
        if found := two_intervals(narrow[who][name], answers, places, base=first, bounds=bounds):
            ranges[response] = found
    return replace(result, comparison=replace(result.comparison, ranges=ranges))


def _run_once(spec: Shared[RunSpec]) -> Replicate:
    return replicate(spec, 0, why=False)[0]


def _metrics(one: Replicate) -> Iterator[tuple[Response, float]]:
    """Yield the metrics of a run that have ranges."""
    for who, measured in one.measurements.items():
        for name in OF_NETWORKS:
            yield Response(who, name), measured.values[name]
    for two in pairs_of(list(one.measurements)):
        for name in OF_PAIRS:
            yield Response(pair_name(*two), name), one.pairs[two].values[name]
