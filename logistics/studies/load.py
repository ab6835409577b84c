"""A study read from its file and checked."""

from __future__ import annotations

from pathlib import Path

from logistics.studies.points import Point
from logistics.studies.points_of_study import checked_points
from logistics.studies.study import Study
from networks.inputs.faults import InputError
from networks.inputs.yaml_reader import locate, read_yaml


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
        return study, checked_points(study, Path(path).parent)
    except InputError as error:
        raise locate(error.faults, path) from None
