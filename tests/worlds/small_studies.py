"""Results of studies made by hand: what each point answers is written down, nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate, mean_interval
from logistics.experiments.plan import Plan, plan
from logistics.studies.points import Point
from logistics.studies.results import PointResult, StudyResult, Surer
from logistics.studies.study import Study

NETWORK = "amazon-fulfillment"
NOTHING = Estimate(np.nan)
MEAN = Response(NETWORK, "delivery_days.mean")
P95 = Response(NETWORK, "delivery_days.p95")


def one_plan() -> Plan:
    return plan([NETWORK])


def point(name: str, settings: Mapping[str, str], places: Mapping[str, float]) -> Point:
    label = ", ".join(f"{key} {value}" for key, value in settings.items()) or "as it stands"
    return Point(name, label, settings, places, one_plan())


def answered(where: Point, values: Sequence[float], quantile: Estimate = NOTHING) -> PointResult:
    """A point whose runs had these mean days; `quantile`: its P95 with an interval."""
    mean = mean_interval(values)
    figures = {NETWORK: {"delivery_days.mean": mean, "delivery_days.p95": quantile}}
    runs = np.asarray(values, np.float64)
    surer = {P95: Surer(quantile, quantile)}
    return PointResult(where, len(runs), figures, {MEAN: runs, P95: runs}, surer)


def studied(
    study: Study,
    points: Sequence[PointResult],
    first: Comparison,
    *,
    planned: Sequence[Point] = (),
    failures: Mapping[str, str] = {},
) -> StudyResult:
    return StudyResult(
        study, tuple(planned) or tuple(one.point for one in points), tuple(points), (MEAN,),
        failures, first,
    )  # fmt: skip
