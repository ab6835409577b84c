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
from logistics.studies.resolve import WHAT_IF, resolve
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
    bases, factors = resolve(study, folder)
    size = study.draws, study.trajectories, study.design_seed
    count, design = design_points(study.chosen_design, factors, *size)
    refuse(_unfit(study, factors, count))
    settings = list(design)
    width = max(3, len(str(len(settings) - 1)))
    what_ifs = cache(lambda text: read_what_ifs(text, folder))
    points, faults = [], []
    for row, one in enumerate(settings):
        name = f"p{row:0{width}}"
        texts = [study.what_if, str(one.values.get(WHAT_IF, ""))]
        try:
            scenarios = with_setting(bases, factors, one)
            made = plan(applied(scenarios, what_ifs(" + ".join(filter(None, texts)))))
        except InputError as error:
            faults.append(_not_valid(study, name, one, error.faults[0]))
        else:
            written = {factor: text_of(value) for factor, value in one.values.items()}
            points.append(Point(name, one.label, written, one.places, made))
    if (more := len(faults) - _SHOWN) > 0:
        text = f"and {more:,} more of {len(settings):,} points"
        faults = [*faults[:_SHOWN], Fault.within(faults[0].keys, text)]
    refuse(faults)
    return tuple(points)


def with_setting(
    scenarios: Sequence[Scenario], factors: Sequence[Factor], setting: DesignPoint
) -> list[Scenario]:
    """Return scenarios with the fields that a design point sets; what-ifs are left out.

    Raises InputError if one is not valid then.
    """
    mine = [one for one in factors if one.name in setting.values and one.path != WHAT_IF]
    return [
        changed(scenario, {one.path: setting.values[one.name] for one in mine if row in one.rows})
        for row, scenario in enumerate(scenarios)
    ]


def _unfit(study: Study, factors: Sequence[Factor], count: int) -> Iterator[Fault]:
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
    if count > MOST_POINTS:
        at = "factors" if study.factors else "assumptions"
        yield Fault.within(at, f"make {count:,} points", f"up to {MOST_POINTS:,}")


def _not_valid(study: Study, name: str, setting: DesignPoint, fault: Fault) -> Fault:
    """Return what is wrong with a point, as a fault of the study."""
    section = fault.field.rpartition(".")[0]
    near = [one for one in setting.values if section and overlap(one, section)]
    says = ", ".join(f"{one} {text_of(setting.values[one])}" for one in near or setting.values)
    problem = f"point {name} ({says[:300]}) makes {unplaced(fault)} (in {fault.file})"
    return Fault.within("factors" if study.factors else "assumptions", problem, fault.allowed)
