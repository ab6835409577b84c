"""What a store says of itself: versions, the study, and every point with its scenarios."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from pydantic import ValidationError

from logistics.experiments.plan import Plan
from logistics.runtime.versions import versions
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.studies.points import Point
from networks.files import write_network
from networks.inputs.faults import Fault, InputError, refuse, whole_file
from networks.inputs.yaml_writer import write_yaml

FORMAT = 1
MANIFEST = "manifest.json"


def write_store(
    folder: Path, study_text: str, study: Mapping[str, Any], points: Sequence[Point]
) -> None:
    """Write all but runs into a folder: the study, every scenario, networks, orders, the manifest.

    Raises InputError if two scenarios of a point have the same file name.
    """
    _refuse_clashes(points)
    (folder / "study.yaml").write_text(study_text, encoding="utf-8")
    inputs = _Inputs(folder)
    written = [_written(folder, point, inputs) for point in points]
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
    """Return a point of a store; its networks and orders are those of the store."""
    try:
        scenarios = []
        for each in one["scenarios"].values():
            scenario = Scenario.model_validate(each)
            if isinstance(scenario.network, OwnNetwork):
                path = folder / scenario.network.path
                scenario = scenario.replace(network={"path": str(path)})
            scenarios.append(scenario)
        orders = folder / one["orders"] if one["orders"] else None
        plan = Plan(tuple(scenarios), orders, one["engine"])
        return Point(one["name"], one["label"], one["settings"], one["places"], plan)
    except (ValidationError, KeyError, TypeError, AttributeError):
        problem = f"{one['name']} is not as this version writes points"
        raise whole_file(folder / MANIFEST, problem, "the version that wrote it") from None


def _written(folder: Path, point: Point, inputs: _Inputs) -> dict[str, Any]:
    """Write a point's scenarios, and return what the manifest says of it."""
    place = folder / "points" / point.name
    place.mkdir(parents=True)
    scenarios = {}
    for one in point.plan.scenarios:
        scenario, beside = one, one
        if one.network.in_files:
            path = inputs.network(one)
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
        "orders": inputs.orders(point.plan.orders),
        "scenarios": scenarios,
    }


class _Inputs:
    """Copies of networks and orders, each once, however many points have it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._networks: dict[str, PurePosixPath] = {}
        self._orders: dict[str | int, str] = {}

    def network(self, scenario: Scenario) -> PurePosixPath:
        """Return where in the store a scenario's own network lies, as CSV files."""
        assert isinstance(scenario.network, OwnNetwork)
        source = scenario.network.path
        if source not in self._networks:
            taken = {str(path).lower() for path in self._networks.values()}
            stem = f"networks/{Path(source).stem or 'network'}"
            free = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
            path = PurePosixPath(next(one for one in free if one.lower() not in taken))
            file = read_own(source, scenario.orders.market_ids())
            (self._folder / path).parent.mkdir(exist_ok=True)
            write_network(file.network, self._folder / path, file.based_on)
            self._networks[source] = path
        return self._networks[source]

    def orders(self, orders: pd.DataFrame | Path | None) -> str:
        """Return where in the store given orders lie; empty for none."""
        if orders is None:
            return ""
        key = str(orders) if isinstance(orders, Path) else id(orders)
        if key not in self._orders:
            number = f"-{len(self._orders) + 1}" if self._orders else ""
            if isinstance(orders, Path):
                name = f"orders{number}{orders.suffix.lower()}"
                shutil.copyfile(orders, self._folder / name)
            else:
                name = f"orders{number}.parquet"
                orders.to_parquet(self._folder / name)
            self._orders[key] = name
        return self._orders[key]


def _refuse_clashes(points: Sequence[Point]) -> None:
    faults = []
    for point in points:
        names = [name.lower() for name in point.plan.names]  # some file systems ignore case
        twice = {name for name in point.plan.names if names.count(name.lower()) > 1}
        problem = "is used twice; give each scenario a name of its own"
        faults += [Fault(point.name, None, "name", name, problem) for name in sorted(twice)]
    if len({point.name for point in points}) != len(points) or not points:
        faults.append(Fault("study", None, "", "", "needs points, each with a name of its own"))
    refuse(faults)
