"""The finished runs of a study, point by point, as metrics with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import Accumulator, Comparison, pair_name, pairs_of
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS, Response
from logistics.analysis.statistics.intervals import LEVEL, Estimate
from logistics.studies.points import Point
from logistics.studies.progress import aim_of, judged, needs
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.inputs.faults import whole_file

Floats = NDArray[np.float64]

_LOOKS = 30
_GO_ON = "a study with a finished run; resume with  logistics study resume"


@dataclass(frozen=True)
class Surer:
    """A quantile with wider intervals, so that differences of two of them hold.

    `alone`: the difference from the first point holds with 95%; `together`: those of all points.
    """

    alone: Estimate
    together: Estimate


@dataclass(frozen=True, eq=False)
class PointResult:
    """What the finished runs of one point say.

    `replications`: finished. `metrics`: by network or 'first vs second', then by name. `values`: of
    each response, one a replication. `surer`: of responses that are quantiles.
    """

    point: Point
    replications: int
    metrics: Mapping[str, Mapping[str, Estimate]]
    values: Mapping[Response, Floats]
    surer: Mapping[Response, Surer]


@dataclass(frozen=True, eq=False)
class StudyResult:
    """A study with what its finished runs say.

    `planned`: all points. `points`: those with a finished run. `responses`: of every network, then
    of every pair. `failures`: by point, why it could not be run. `first`: the first of `points` in
    full. `imprecise`: by point, what its runs are not enough for, their budget being spent.
    `convergence`: of the first point, each response after so many runs.
    """

    study: Study
    planned: tuple[Point, ...]
    points: tuple[PointResult, ...]
    responses: tuple[Response, ...]
    failures: Mapping[str, str]
    first: Comparison
    imprecise: Mapping[str, str] = field(default_factory=dict)
    convergence: Mapping[int, Mapping[Response, Estimate]] = field(default_factory=dict)


def responses_of(study: Study, names: Sequence[str]) -> tuple[Response, ...]:
    """Return the responses of each network, then of each pair, in the order of the study."""
    pairs = [pair_name(*two) for two in pairs_of(names)]
    return tuple(
        Response(who, name)
        for group, known in ((names, NETWORK_METRICS), (pairs, PAIRED_METRICS))
        for who in group
        for name in study.responses
        if name in known
    )


def study_result(study: Study, store: Store) -> StudyResult:
    """Read the finished runs of a study, point by point.

    Of a point, the runs count whose numbers come without a gap; a point that could not be run is
    left out. Raises InputError if no run is finished, or a file is damaged.
    """
    planned, failures = store.points(), store.failures()
    usable = [one for one in planned if one.name not in failures]
    finished = store.finished()
    usable = [one for one in usable if 0 in finished[one.name]]
    if not usable:
        problem = "no run has finished" + (": every point failed" if failures else " yet")
        raise whole_file(store.path, problem, _GO_ON)
    responses = responses_of(study, usable[0].plan.names)
    first: Comparison | None = None
    results, imprecise = [], {}
    convergence: dict[int, dict[Response, Estimate]] = {}
    for point in usable:
        watch = responses if first is None else ()
        runs, settling = _accumulated(store, point, finished[point.name], watch)
        convergence = convergence or settling
        # the same whenever they were made: no seconds
        comparison = runs.comparison({**store.run_facts(point), "seconds": None})
        first = first or comparison
        aim = aim_of(study, point.plan.replications)
        if aim.targets and len(runs) >= aim.most and (text := needs(judged(runs, aim))):
            imprecise[point.name] = text
        results.append(_point_result(point, runs, comparison, responses, len(usable)))
    assert first is not None
    why = {name: str(one["error"]) for name, one in failures.items()}
    return StudyResult(
        study, planned, tuple(results), responses, why, first, imprecise, convergence
    )


def _accumulated(
    store: Store, point: Point, finished: Sequence[int], watch: Sequence[Response]
) -> tuple[Accumulator, dict[int, dict[Response, Estimate]]]:
    """Return the runs of a point, from the first to the last before a gap.

    And after how many of them what was watched had which value: some thirty looks.
    """
    runs, numbers = Accumulator(), set(finished)
    step = max(1, len(numbers) // _LOOKS)
    looks: dict[int, dict[Response, Estimate]] = {}
    while len(runs) in numbers:
        runs.add(store.read_run(point.name, len(runs)))
        made = len(runs)
        if watch and (made <= _LOOKS // 2 or made % step == 0 or made not in numbers):
            looks[made] = {one: runs.of[one.who].estimate(one.name) for one in watch}
    return runs, looks


def _point_result(
    point: Point,
    runs: Accumulator,
    comparison: Comparison,
    responses: Sequence[Response],
    points: int,
) -> PointResult:
    quantiles = [one for one in responses if one.is_quantile]
    levels = 1 - (1 - LEVEL) / 2, 1 - (1 - LEVEL) / 2 / max(1, points - 1)
    return PointResult(
        point=point,
        replications=len(runs),
        metrics={**comparison.metrics, **comparison.paired},
        values={one: runs.of[one.who].values(one.name) for one in responses},
        surer={
            one: Surer(*(runs.of[one.who].estimate(one.name, level) for level in levels))
            for one in quantiles
        },
    )
