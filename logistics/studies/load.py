"""A study read from its file and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import create_model, model_validator

from logistics.scenario.fields import Finding, refuse_findings
from logistics.studies.points import FindingsError, Point
from logistics.studies.points_of_study import checked_points
from logistics.studies.study import Study
from networks.inputs.yaml_reader import read_yaml


def load_study(path: str | Path) -> Study:
    """Read a study from a YAML file and check all that can be known before a run.

    Raises InputError with every fault: file, line, field, value and what is allowed.
    """
    return study_with_points(path)[0]


def study_with_points(path: str | Path) -> tuple[Study, tuple[Point, ...]]:
    """Read a study as `load_study` does; return its points, too, which are made to check it."""
    study = read_yaml(path, Study)
    study = study.model_copy(update={"name": study.name or Path(path).stem})
    points: tuple[Point, ...] = ()
    try:
        points = checked_points(study, Path(path).parent)
    except FindingsError as error:
        _refuse_in_file(path, error.findings)
    return study, points


def _refuse_in_file(path: str | Path, findings: Sequence[Finding]) -> None:
    """Raise InputError with the findings, each on its line: the file is read again to find them."""

    def refuse(study: Study) -> Study:
        refuse_findings(findings)
        return study

    rule: Any = model_validator(mode="after")(refuse)
    read_yaml(path, create_model("Refused", __base__=Study, __validators__={"refuse": rule}))
