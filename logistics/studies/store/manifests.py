"""What a study folder says of itself: versions, the study, every point, a checksum of each file.

The manifest carries its own checksum, which is the identity of the study: every run file has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from logistics.experiments.plan import Plan
from logistics.runtime.output_folders import ABOUT, TITLE, not_written, write_whole
from logistics.runtime.versions import versions
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.studies.points import Point
from logistics.studies.store.seals import (
    checksum,
    checksum_of,
    content_of,
    plain_files,
    seal_of,
    sealed_json,
)
from networks.files import write_network
from networks.inputs.faults import InputError, shown, whole_file
from networks.inputs.yaml_writer import write_yaml

MANIFEST = "manifest.json"
A_COPY = "the folder from a backup, or a new run of the study"
FORMAT = 2  # the newest
_UNSEALED = 1  # before there were checksums
_NETWORKS = "networks/"
_ABOUT = """\
{title} {version}: a study.

study.yaml       the study, as it was written
manifest.json    versions, seed, and every point: its settings and its scenarios, for the program;
                 and checksums of what was written with it
points/          every scenario of every point, to be read; changing one changes nothing
networks/        what else the scenarios need, if they do
runs/            one Parquet file for each finished run of a point; columns: part, scenario, second,
                 name, at, value
failures/        why a point could not be run
timings.csv      when which run was finished, by whom, and how long it took
checksums.json   checksums of the files below

Made from the runs that are there, once a command has ended, and by  logistics study report:

report.html      what the study found: one page to read, send and print
pictures/        its pictures, each as PNG and, to be enlarged, as SVG
summary.xlsx     its metrics as numbers, sheet by sheet
responses.csv    the responses: a row per point, network and metric, with its interval
summary.json     the first point in full, every point in short, for programs
summary.csv      the first point in full, with a definition of each metric
replications.parquet   the responses of every single run

  logistics study status FOLDER    how far it is, and which files are damaged
  logistics study resume FOLDER    run what is missing, mend what is damaged
  logistics study report FOLDER    tables and pictures of what has finished
"""


class WrittenPoint(BaseModel):
    """A point as it is written. Its name becomes a folder's, so it is one of the program's own."""

    name: str = Field(pattern=r"^p[0-9]{3,9}$")
    label: str
    settings: dict[str, str]
    places: dict[str, float]
    engine: Literal["batch", "textbook"]
    orders: Literal[""] = ""  # of a file: a study has none
    scenarios: dict[str, dict[str, Any]] = Field(min_length=1)


class Manifest(BaseModel):
    """All that a study folder says of itself. `files`: SHA-256 by path, of what was written once.

    `text`: the study file, as it was written. `seed`: of all runs.
    """

    format: Literal[1, 2] = 2
    versions: dict[str, str]
    seed: int
    study: dict[str, Any]
    text: str = ""
    points: list[WrittenPoint] = Field(min_length=1)
    files: dict[str, str] = {}

    @model_validator(mode="after")
    def _names(self) -> Self:
        if len({point.name for point in self.points}) < len(self.points):
            raise ValueError("two points of one name")
        if not all(map(_is_inside, self.files)):
            raise ValueError("a file outside the folder")
        return self

    @property
    def is_sealed(self) -> bool:
        """Tell whether it has checksums: older folders have none."""
        return self.format != _UNSEALED

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Yield what follows from the manifest and is written for people, by its path."""
        yield ABOUT, _ABOUT.format(title=TITLE, version=self.versions["logistics"]).encode()
        yield "study.yaml", self.text.encode()
        for point in self.points:
            for one in scenarios_of(point):
                if isinstance(one.network, OwnNetwork):
                    one = one.replace(network={"path": f"../../{one.network.path}"})  # noqa: PLW2901
                yield f"points/{point.name}/{one.name}.yaml", write_yaml(one).encode()


def write_store(
    folder: Path, study_text: str, study: Mapping[str, Any], points: Sequence[Point]
) -> None:
    """Write all but runs into a folder: the study, every scenario, networks, the manifest."""
    networks: dict[str, str] = {}
    written = [_written(folder, point, networks) for point in points]
    seed = points[0].plan.seed
    manifest = Manifest(
        versions=dict(versions()), seed=seed, study=dict(study), text=study_text, points=written
    )
    write_whole(folder / MANIFEST, sealed_manifest(folder, manifest))


def sealed_manifest(folder: Path, manifest: Manifest) -> bytes:
    """Write the texts of a manifest; return its file, with checksums of them and of the networks.

    Raises OutputError if the disk refuses.
    """
    write_texts(folder, texts := dict(manifest.texts()))
    sums = {name: checksum(content) for name, content in texts.items()}
    sums |= {name: checksum_of(folder / name) for name in _network_files(folder)}
    sealed = manifest.model_copy(update={"format": FORMAT, "files": sums})
    return sealed_json(sealed.model_dump())


def write_texts(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Write texts by their paths. Raises OutputError if the disk refuses."""
    for name, content in texts.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)  # and do not write into what else it may be a name of
            path.write_bytes(content)
        except OSError as error:
            raise not_written(path, error) from None


def damaged_inputs(folder: Path, manifest: Manifest) -> list[str]:
    """Return which files are not what was written once: changed, missing, or added networks."""
    if not manifest.is_sealed:
        return []
    names = sorted({*manifest.files, *_network_files(folder)})
    return [name for name in names if checksum_of(folder / name) != manifest.files.get(name)]


def _network_files(folder: Path) -> list[str]:
    """Return the files of a folder that are read as parts of networks."""
    found = (name for name in plain_files(folder) if name.startswith(_NETWORKS))
    return [name for name in found if name.lower().endswith(".csv")]


def read_manifest(folder: Path) -> tuple[Manifest, str]:
    """Read the manifest of a store, and its checksum; '' if it is from before there were any.

    Raises InputError if there is none, it is damaged, or another version of the format wrote it; or
    if the folder holds a link.
    """
    path = folder / MANIFEST
    if not path.is_file():
        problem = "holds no study" if folder.is_dir() else "there is no such folder"
        raise whole_file(folder, problem, "a folder that  logistics study run  wrote")
    plain_files(folder)
    try:
        content = content_of(path)
        data = json.loads(content)
        if data["format"] not in (_UNSEALED, FORMAT):
            problem = f"has format {shown(data['format'])}, and this version reads up to {FORMAT}"
            raise whole_file(folder, problem, f"logistics {shown(data['versions']['logistics'])}")
        seal = "" if data["format"] == _UNSEALED else seal_of(content)
        return Manifest.model_validate(data), seal
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise whole_file(path, "is damaged", A_COPY) from None


def point_of(folder: Path, one: WrittenPoint) -> Point:
    """Return a point of a store; its networks are those of the store.

    Raises InputError for what this version would not have written.
    """
    scenarios = []
    try:
        for scenario in scenarios_of(one):
            if isinstance(scenario.network, OwnNetwork):
                path = str(folder / scenario.network.path)
                scenario = scenario.replace(network={"path": path})  # noqa: PLW2901
            scenarios.append(scenario)
    except ValueError:
        problem = f"{one.name} is not as this version writes points"
        raise whole_file(folder / MANIFEST, problem, "the version that wrote it") from None
    plan = Plan(tuple(scenarios), engine=one.engine)
    return Point(one.name, one.label, one.settings, one.places, plan)


def scenarios_of(point: WrittenPoint) -> Iterator[Scenario]:
    """Yield the scenarios of a point; paths of networks start in the folder, and stay in it.

    Raises ValueError for one that is not valid.
    """
    for name, each in point.scenarios.items():
        one = Scenario.model_validate(each)
        if one.name != name:
            raise ValueError("a scenario of another name")
        if isinstance(one.network, OwnNetwork):
            path = one.network.path
            if not (path.startswith(_NETWORKS) and _is_inside(path)):
                raise ValueError("a network outside the folder")
        yield one


def _is_inside(path: str) -> bool:
    """Tell whether a path leads from a folder into it, on this system."""
    return all(part not in ("", ".", "..") and Path(part).name == part for part in path.split("/"))


def _written(folder: Path, point: Point, networks: dict[str, str]) -> WrittenPoint:
    """Return what the manifest says of a point; its own networks are copied into the folder.

    `networks`: where in the store copies of networks are, each once, however many points have it.
    """
    scenarios = {}
    for one in point.plan.scenarios:
        scenario = one
        if isinstance(one.network, OwnNetwork):
            path = networks.get(one.network.path) or _copied(folder, one, networks)
            scenario = one.replace(network={"path": path})
        scenarios[one.name] = scenario.model_dump(mode="json")
    return WrittenPoint(
        name=point.name, label=point.label, settings=dict(point.settings),
        places=dict(point.places), engine=point.plan.engine, scenarios=scenarios,
    )  # fmt: skip


def _copied(folder: Path, scenario: Scenario, networks: dict[str, str]) -> str:
    """Write a scenario's own network into the store as CSV files; return where."""
    assert isinstance(scenario.network, OwnNetwork)
    source = scenario.network.path
    taken = {path.lower() for path in networks.values()}
    stem = f"{_NETWORKS}{Path(source).stem.strip('.') or 'network'}"
    free = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
    path = next(one for one in free if one.lower() not in taken)
    file = read_own(source, scenario.orders.market_ids())
    (folder / path).parent.mkdir(exist_ok=True)
    write_network(file.network, folder / path, file.based_on)
    networks[source] = path
    return path
