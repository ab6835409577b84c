"""The points of a study, from its file or as it is, every scenario of them checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from logistics.experiments.plan import Plan, plan
from logistics.scenario.fields import changed, overlap, text_of, unplaced
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import applied, read_what_ifs
from logistics.studies.designs import MOST_POINTS, DesignPoint, design_points
from logistics.studies.factors import Factor
from logistics.studies.resolve import WHAT_IF, ResolvedStudy, resolve
from logistics.studies.study import Study
from networks.inputs.faults import Fault, InputError, refuse
from networks.inputs.yaml_reader import locate, read_yaml

_SHOWN = 10
"""Faulty points that are listed."""


@dataclass(frozen=True)
class Point:
    """What one replication of a study runs: the same orders through each scenario of the plan.

    `name`: `p000` and so on, in the order of the design. `label`: the settings in words.
    `settings`: by factor, its value as a planner writes it; empty where everything is as in the
    base. `places`: by factor, where in its range the value lies, 0 to 1, if it has a range.
    """

    name: str
    label: str
    settings: Mapping[str, str]
    places: Mapping[str, float]
    plan: Plan


def load_study(path: str | Path) -> Study:
    """Read a study from a YAML file and check all that can be known before a run.

    Raises InputError with every fault: file, line, field, value and what is allowed.
    """
    return study_with_points(path)[0]


def study_with_points(path: str | Path) -> tuple[Study, tuple[Point, ...]]:
    """Read a study as `load_study` does; return its points, too, which are made to check it."""
    study = read_yaml(path, Study)
    study = study.model_copy(update={"name": study.name or Path(path).stem})
    try:
        return study, points_of(study, Path(path).parent)
    except InputError as error:
        raise locate(error.faults, path) from None


def points_of(study: Study, folder: str | Path = "") -> tuple[Point, ...]:
    """Return the points of a study in the order of its design; paths start in the folder.

    Raises InputError for what is wrong in the study, by its keys, or in the files it names, and for
    points that are no valid scenarios.
    """
    folder = Path(folder)
    resolved = resolve(study, folder)
    refuse(_unfit(study, resolved.factors))
    settings = list(_design(study, resolved.factors)[1])
    maker = _Points(study, resolved, folder)
    width = max(3, len(str(len(settings) - 1)))
    points = [maker.point(f"p{row:0{width}}", one) for row, one in enumerate(settings)]
    maker.refuse(len(settings))
    return tuple(point for point in points if point is not None)


def _design(study: Study, factors: Sequence[Factor]) -> tuple[int, Iterator[DesignPoint]]:
    size = study.draws, study.trajectories, study.design_seed
    return design_points(study.chosen_design, factors, *size)


def _unfit(study: Study, factors: Sequence[Factor]) -> Iterator[Fault]:
    """Yield a fault where the design does not go with the factors, or is too large."""
    design = study.chosen_design
    if design != "grid" and not factors:
        yield Fault.within("design", "has nothing to vary", "factors or assumptions", design)
        return
    if design in ("latin hypercube", "morris"):
        for one in factors:
            if not one.spread.ordered:
                problem = f"has values without an order, which a {design} cannot place"
                yield Fault.within(("factors", one.path), problem, "design: grid")
    count, _ = _design(study, factors)
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
