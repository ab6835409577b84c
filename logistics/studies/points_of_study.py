"""From a study to its points, every scenario of them checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from logistics.experiments.plan import Plan, plan
from logistics.scenario.fields import changed, overlap, text_of, unplaced
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import applied, read_what_ifs
from logistics.studies.designs import MOST_POINTS, DesignPoint, Size, count_of, design_points
from logistics.studies.factors import Factor
from logistics.studies.points import Point
from logistics.studies.resolve import ResolvedStudy, resolve
from logistics.studies.study import Study
from logistics.studies.vary import WHAT_IF
from networks.inputs.faults import Fault, InputError, refuse

_SHOWN = 10
"""Faulty points that are listed."""


def points_of(study: Study, folder: str | Path = "") -> tuple[Point, ...]:
    """Return the points of a study in the order of its design; paths start in the folder.

    Raises InputError with all that is wrong, a point that is no valid scenario among it.
    """
    return checked_points(study, Path(folder))


def checked_points(study: Study, folder: Path) -> tuple[Point, ...]:
    """Return the points of a study.

    Raises InputError for what is wrong in the study, by its keys, or in the files it names.
    """
    resolved = resolve(study, folder)
    refuse(_unfit(study, resolved.factors))
    size = Size(study.draws, study.trajectories, study.design_seed)
    settings = list(design_points(study.chosen_design, resolved.factors, size))
    maker = _Points(study, resolved, folder)
    width = max(3, len(str(len(settings) - 1)))
    points = [maker.point(f"p{row:0{width}}", one) for row, one in enumerate(settings)]
    maker.refuse(len(settings))
    return tuple(point for point in points if point is not None)


def _unfit(study: Study, factors: Sequence[Factor]) -> Iterator[Fault]:
    """Yield a fault where the design does not go with the factors, or is too large."""
    design, size = study.chosen_design, Size(study.draws, study.trajectories, study.design_seed)
    if design != "grid" and not factors:
        yield Fault.within("design", "has nothing to vary", "factors or assumptions", design)
        return
    if design in ("latin hypercube", "morris"):
        for one in factors:
            if not one.spread.ordered:
                problem = f"has values without an order, which a {design} cannot place"
                yield Fault.within(("factors", one.path), problem, "design: grid")
    count = count_of(design, factors, size)
    if count > MOST_POINTS:
        at = "factors" if study.factors else "assumptions"
        yield Fault.within(at, f"make {count:,} points", f"up to {MOST_POINTS:,}")


class _Points:
    """Makes points, and keeps what is wrong with those that are none."""

    def __init__(self, study: Study, resolved: ResolvedStudy, folder: Path) -> None:
        self.study = study
        self.resolved = resolved
        self.faults: list[Fault] = []
        self._what_if = cache(lambda text: read_what_ifs(text, folder))

    def point(self, name: str, setting: DesignPoint) -> Point | None:
        """Return a point; None if its scenarios are not valid."""
        try:
            scenarios = self._scenarios(setting)
        except InputError as error:
            self._keep(name, setting, error.faults[0])
            return None
        settings = {factor: text_of(value) for factor, value in setting.values.items()}
        return Point(name, setting.label, settings, setting.places, Plan(scenarios))

    def refuse(self, points: int) -> None:
        """Raise InputError if a point was not valid."""
        more = len(self.faults) - _SHOWN
        if more > 0:
            text = f"and {more:,} more of {points:,} points"
            self.faults = [*self.faults[:_SHOWN], Fault.within(self.faults[0].keys, text)]
        refuse(self.faults)

    def _scenarios(self, setting: DesignPoint) -> tuple[Scenario, ...]:
        by_row = [
            {one.path: setting.values[one.name] for one in self.resolved.factors
             if row in one.rows and one.name in setting.values and one.path != WHAT_IF}
            for row in range(len(self.resolved.scenarios))
        ]  # fmt: skip
        scenarios = [
            changed(scenario, values)
            for scenario, values in zip(self.resolved.scenarios, by_row, strict=True)
        ]
        texts = [self.study.what_if, str(setting.values.get(WHAT_IF, ""))]
        scenarios = applied(scenarios, self._what_if(" + ".join(filter(None, texts))))
        return plan(scenarios).scenarios

    def _keep(self, name: str, setting: DesignPoint, fault: Fault) -> None:
        section = fault.field.rpartition(".")[0]
        near = [one for one in setting.values if section and overlap(one, section)]
        says = ", ".join(f"{one} {text_of(setting.values[one])}" for one in near or setting.values)
        at = "factors" if self.study.factors else "assumptions"
        problem = f"point {name} ({says[:300]}) makes {unplaced(fault)} (in {fault.file})"
        self.faults.append(Fault.within(at, problem, fault.allowed))
