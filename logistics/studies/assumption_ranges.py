"""How far the answers of a comparison move while assumptions vary within their ranges.

Every assumed value of the scenarios is drawn from its stated range, many times over (a Latin
hypercube), and each draw is run once, with the orders and the random draws of the first run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from logistics.analysis.comparison import Replicate, pair_name, pairs_of
from logistics.analysis.measures.registry import Response, in_the_answer
from logistics.analysis.statistics.intervals import Estimate, Floats
from logistics.analysis.statistics.uncertainty import TwoIntervals, least_draws, two_intervals
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

_BESIDE_THE_ANSWER = ("within_dates.2", "loss_rate")
OF_PAIRS = ("difference_days.mean", "damage_difference")
"""Metrics of a pair that have a wide interval."""

_SEED = 1  # of the draws of the assumptions
BATCH = 20
"""Draws that are made at once while time is left."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What draws of the assumptions answered: (draws,) by metric.

    `points`: the draws.
    """

    points: Sequence[Point]
    values: Mapping[Response, Floats]

    def intervals(self, response: Response, narrow: Estimate, base: float) -> TwoIntervals | None:
        """Return the two intervals of a metric; None with too few draws that have it.

        `base`: its value in the run whose orders and random draws the draws share.
        """
        places = places_bearing(response.who, self.points)
        bounds = response.definition.bounds
        return two_intervals(narrow, self.values[response], places, base=base, bounds=bounds)


def of_networks() -> tuple[str, ...]:
    """Return the metrics of a network that have a wide interval: those of the answer, and more."""
    return (*in_the_answer(), *_BESIDE_THE_ANSWER)


def draws_of(what: Plan, draws: int, seed: int = _SEED) -> tuple[Point, ...]:
    """Return so many draws of all that is assumed in a plan, each a point; none for 0.

    `seed`: of the draws.

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
    _, (_, *settings) = design_points("latin hypercube", factors, draws, seed=seed)
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
    return _with(result, answers_of(draws, pool, report)) if draws else result


def with_ranges_in(
    result: Experiment, seconds: float, pool: WorkerPool, report: Report = silent
) -> Experiment:
    """Return an experiment with wide intervals from as many draws as some seconds allow.

    Draws come in batches, each a Latin hypercube of its own; the first is made whatever it takes.

    Raises what `draws_of` and the run of a draw raise.
    """
    started, made, values = time.monotonic(), list[Point](), dict[Response, Floats]()
    while True:
        batch = draws_of(result.plan, BATCH, _SEED + len(made))
        more = answers_of(batch, pool, report)
        made += batch
        values = {
            response: np.concatenate([values.get(response, np.zeros(0)), found])
            for response, found in more.values.items()
        }
        taken = time.monotonic() - started
        if taken * (1 + len(batch) / len(made)) > seconds:
            return _with(result, Answers(made, values))


def answers_of(draws: Sequence[Point], pool: WorkerPool, report: Report = silent) -> Answers:
    """Run each draw once.

    Raises what a run of a draw raises.
    """
    # each is for one task, with which it travels: nothing to be shared stays with the workers
    specs = (Shared(partial(same, run_spec_of(one.plan))) for one in draws)
    values: dict[int, dict[Response, float]] = {}
    for done in reported(pool.run(_run_once, specs), report, ASSUMPTIONS, len(draws)):
        values[done.number] = dict(_metrics(done.outcome()))
    rows = range(len(draws))
    return Answers(draws, {one: np.array([values[row][one] for row in rows]) for one in values[0]})


def _with(result: Experiment, answers: Answers) -> Experiment:
    narrow = {**result.comparison.metrics, **result.comparison.paired}
    ranges = {}
    for response in answers.values:
        who, name = response.who, response.name
        # of the run whose orders and random draws the draws share
        base = float(result.accumulated.of[who].values(name)[0])
        if found := answers.intervals(response, narrow[who][name], base):
            ranges[response] = found
    return replace(result, comparison=replace(result.comparison, ranges=ranges))


def _run_once(spec: Shared[RunSpec]) -> Replicate:
    return replicate(spec, 0, why=False)[0]


def _metrics(one: Replicate) -> Iterator[tuple[Response, float]]:
    """Yield the metrics of a run that have ranges."""
    for who, measured in one.measurements.items():
        for name in of_networks():
            if name in measured.values:  # a worker may not know a measure registered here
                yield Response(who, name), measured.values[name]
    for two in pairs_of(list(one.measurements)):
        for name in OF_PAIRS:
            yield Response(pair_name(*two), name), one.pairs[two].values[name]
