"""What a store says of itself: versions, the study, and every point with its scenarios."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from logistics.experiments.plan import Plan
from logistics.runtime.versions import versions
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.studies.points import Point
from networks.files import write_network
from networks.inputs.faults import InputError, whole_file
from networks.inputs.yaml_writer import write_yaml

FORMAT = 1
MANIFEST = "manifest.json"


def write_store(
    folder: Path, study_text: str, study: Mapping[str, Any], points: Sequence[Point]
) -> None:
    """Write all but runs into a folder: the study, every scenario, networks, the manifest."""
    (folder / "study.yaml").write_text(study_text, encoding="utf-8")
    networks: dict[str, PurePosixPath] = {}
    written = [_written(folder, point, networks) for point in points]
    manifest = {
        "format": FORMAT,
        "versions": versions(),
        "seed": points[0].plan.seed,
        "study": study,
        "points": written,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a store: `versions`, `study` as JSON, `points` as in `point_of`.

    Raises InputError if there is none, it is damaged, or another version of the format wrote it.
    """
    path = folder / MANIFEST
    if not path.is_file():
        problem = "holds no study" if folder.is_dir() else "there is no such folder"
        raise whole_file(folder, problem, "a folder that  logistics study run  wrote")
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            problem = f"has format {data['format']}, and this version reads {FORMAT}"
            raise whole_file(folder, problem, f"logistics {data['versions']['logistics']}")
        data |= {"versions": dict(data["versions"]), "study": dict(data["study"])}
        for point in data["points"]:
            str(point["name"])
        return data
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise whole_file(path, "is damaged", "a copy of the store, or a new run") from None


def point_of(folder: Path, one: Mapping[str, Any]) -> Point:
    """Return a point of a store; its networks are those of the store."""
    try:
        scenarios = []
        for each in one["scenarios"].values():
            scenario = Scenario.model_validate(each)
            if isinstance(scenario.network, OwnNetwork):
                path = folder / scenario.network.path
                scenario = scenario.replace(network={"path": str(path)})
            scenarios.append(scenario)
        plan = Plan(tuple(scenarios), engine=one["engine"])
        return Point(one["name"], one["label"], one["settings"], one["places"], plan)
    except (ValidationError, KeyError, TypeError, AttributeError):
        problem = f"{one['name']} is not as this version writes points"
        raise whole_file(folder / MANIFEST, problem, "the version that wrote it") from None


def _written(folder: Path, point: Point, networks: dict[str, PurePosixPath]) -> dict[str, Any]:
    """Write a point's scenarios, and return what the manifest says of it.

    `networks`: where in the store copies of networks are, each once, however many points have it.
    """
    place = folder / "points" / point.name
    place.mkdir(parents=True)
    scenarios = {}
    for one in point.plan.scenarios:
        scenario, beside = one, one
        if isinstance(one.network, OwnNetwork):
            path = networks.get(one.network.path) or _copied(folder, one, networks)
            scenario = one.replace(network={"path": str(path)})
            beside = one.replace(network={"path": str(PurePosixPath("../..") / path)})
        (place / f"{one.name}.yaml").write_text(write_yaml(beside), encoding="utf-8")
        scenarios[one.name] = scenario.model_dump(mode="json")
    return {
        "name": point.name,
        "label": point.label,
        "settings": dict(point.settings),
        "places": dict(point.places),
        "engine": point.plan.engine,
        "orders": "",  # of a file: a study has none
        "scenarios": scenarios,
    }


def _copied(folder: Path, scenario: Scenario, networks: dict[str, PurePosixPath]) -> PurePosixPath:
    """Write a scenario's own network into the store as CSV files; return where."""
    assert isinstance(scenario.network, OwnNetwork)
    source = scenario.network.path
    taken = {str(path).lower() for path in networks.values()}
    stem = f"networks/{Path(source).stem or 'network'}"
    free = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
    path = PurePosixPath(next(one for one in free if one.lower() not in taken))
    file = read_own(source, scenario.orders.market_ids())
    (folder / path).parent.mkdir(exist_ok=True)
    write_network(file.network, folder / path, file.based_on)
    networks[source] = path
    return path
