"""A study on the disk: what it is, and one file for each run that has finished.

A file is either whole or not there, whatever ends the process that writes it, and the same run has
the same bytes. Timings, which are never the same, are in a file of their own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from logistics.analysis.comparison import Replicate
from logistics.errors import OutputError
from logistics.experiments.replicate import Facts, add_facts, facts_of_runs
from logistics.runtime.locks import locked
from logistics.runtime.output_folders import (
    ABOUT,
    LEFTOVER,
    TITLE,
    not_written,
    output_folder,
    write_whole,
)
from logistics.runtime.versions import differences, versions
from logistics.studies.points import Point
from logistics.studies.store.manifests import MANIFEST, point_of, read_manifest, write_store
from logistics.studies.store.run_files import (
    TIMINGS,
    Timing,
    add_timing,
    damage_told,
    read_checked,
    read_facts,
    replicate_of,
    run_content,
)
from logistics.version import __version__
from networks.inputs.faults import InputError

_RUN = re.compile(r"r(\d{4,})\.parquet")
_ABOUT = f"""{TITLE} {__version__}: a study.

study.yaml       the study, as it was written
manifest.json    versions, seed, and every point: its settings and its scenarios, for the program
points/          every scenario of every point, to be read; changing one changes nothing
networks/        what else the scenarios need, if they do
runs/            one Parquet file for each finished run of a point; columns: part, scenario, second,
                 name, at, value
failures/        why a point could not be run
timings.csv      when which run was finished, by whom, and how long it took

Made from the runs that are there, once a command has ended, and by  logistics study report:

report.html      what the study found: one page to read, send and print
pictures/        its pictures, each as PNG and, to be enlarged, as SVG
summary.xlsx     its metrics as numbers, sheet by sheet
responses.csv    the responses: a row per point, network and metric, with its interval
summary.json     the first point in full, every point in short, for programs
summary.csv      the first point in full, with a definition of each metric
replications.parquet   the responses of every single run

  logistics study status FOLDER    how far it is
  logistics study resume FOLDER    run what is missing
  logistics study report FOLDER    tables and pictures of what has finished
"""


class Store:
    """The folder of a study. Reading needs no more; `writing` is for one process at a time."""

    def __init__(self, path: Path, manifest: Mapping[str, Any]) -> None:
        self.path = path
        self.study: Mapping[str, Any] = manifest["study"]
        """The study as JSON."""
        self.versions: Mapping[str, str] = manifest["versions"]
        """Versions of all that the runs are made with."""
        self._written_points = manifest["points"]
        self._names = tuple(str(point["name"]) for point in manifest["points"])
        self._points: tuple[Point, ...] | None = None
        self._is_writer = False

    @classmethod
    def create(
        cls, path: str | Path, study_text: str, study: Mapping[str, Any], points: Sequence[Point]
    ) -> Store:
        """Make the folder of a study, without runs; it appears whole or not at all.

        `study_text`: the study file as it is. `study`: the study as JSON.

        Raises OutputError if something is already there or it cannot be written; InputError if
        a network cannot be read.
        """
        # os.path: a Path raises for a name that is too long
        if os.path.isfile(Path(path) / MANIFEST):
            raise OutputError(
                path, f"holds a study; `logistics study resume {path}`, or choose another folder"
            )
        if os.path.isdir(path) and os.listdir(path):
            raise OutputError(path, "already exists and is no study; choose another folder")
        with output_folder(path) as folder:
            (folder / ABOUT).write_text(_ABOUT, encoding="utf-8")
            write_store(folder, study_text, study, points)
            (folder / "failures").mkdir()
            add_timing(folder / TIMINGS)
            for point in points:
                (folder / "runs" / point.name).mkdir(parents=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """Open the folder of a study to read.

        Raises InputError if it is none, is damaged, or another version of the format wrote it.
        """
        return cls(Path(path), read_manifest(Path(path)))

    def points(self) -> tuple[Point, ...]:
        """Return the points of the study; networks of your own are the store's copies.

        Raises InputError if one cannot be read.
        """
        if self._points is None:
            self._points = tuple(point_of(self.path, one) for one in self._written_points)
        return self._points

    def refuse_another(self, study: Mapping[str, Any]) -> None:
        """Refuse to resume another study than the store's. `study`: as JSON.

        Raises OutputError that says in what they differ.
        """
        ours = json.loads(json.dumps(study))
        differ = sorted(
            name
            for name in {*self.study, *ours}
            if self.study.get(name, _NONE) != ours.get(name, _NONE)
        )
        if differ:
            problem = f"holds another study (other {', '.join(differ)}); choose another folder"
            raise OutputError(self.path, problem)

    # --- runs ------------------------------------------------------------------------------------

    def finished(self) -> dict[str, list[int]]:
        """Return the numbers of the finished runs of every point."""
        return {name: self._finished(name) for name in self._names}

    def read_run(self, point: str, replication: int) -> Replicate:
        """Return a finished run.

        Raises InputError if its file is missing or damaged.
        """
        path = self._file(point, replication)
        with damage_told(path, self.path):
            return replicate_of(read_checked(path, point, replication))

    def run_facts(self, point: Point) -> dict[str, Any]:
        """Return the facts of the runs of a point, from the first to the last before a gap.

        Raises InputError if the file of one is damaged.
        """
        numbers = [n for row, n in enumerate(self._finished(point.name)) if row == n]
        facts: Facts = {}
        for replication in numbers:
            path = self._file(point.name, replication)
            with damage_told(path, self.path):
                facts = add_facts([facts, read_facts(path)])
        found = facts_of_runs(point.plan, facts, len(numbers))
        return {**found, "versions": dict(self.versions)}

    def failures(self) -> dict[str, dict[str, Any]]:
        """Return why points could not be run, as `write_failure` had it."""
        found = {}
        for name in self._names:
            with suppress(FileNotFoundError, ValueError, TypeError):
                text = (self.path / "failures" / f"{name}.json").read_text(encoding="utf-8")
                found[name] = dict(json.loads(text))
        return found

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self, runs: bool = True) -> Iterator[list[Path]]:
        """Be the one that writes, while the block runs; give the run files that were damaged.

        What a killed process left is deleted, and damaged runs count as not finished.
        `runs`: False to write only what is made of the runs that are there: they stay as they are,
        whatever versions made them.

        Raises OutputError if another process writes, nothing can be written, or the runs there
        were made with other versions.
        """
        if runs and (found := differences(self.versions, versions())):
            problem = (
                f"was started with other versions ({'; '.join(found)}): results would be mixed;"
                " install those, or run the study into another folder"
            )
            raise OutputError(self.path, problem)
        with locked(self.path / ".lock"):
            self._is_writer = runs
            try:
                yield self._tidied() if runs else []
            finally:
                self._is_writer = False

    def write_run(
        self,
        point: str,
        replication: int,
        one: Replicate,
        facts: Facts,
        seconds: float,
        worker: str = "",
    ) -> None:
        """Keep a finished run. `facts`: see `facts_of_runs`. `worker`: who ran it.

        Raises OutputError if the disk refuses; what is there already stays whole.
        """
        self._must_be_writer()
        content = run_content(one, point, replication, facts)
        write_whole(self._file(point, replication), content)
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        timing = Timing(point, replication, round(seconds, 3), worker, finished)
        add_timing(self.path / TIMINGS, timing)

    def drop_runs(self, point: str, from_replication: int) -> None:
        """Forget the runs of a point from a number on.

        Raises OutputError if the disk refuses.
        """
        self._must_be_writer()
        for replication in self._finished(point):
            if replication >= from_replication:
                _delete(self._file(point, replication))

    def write_failure(self, point: str, why: Mapping[str, Any]) -> None:
        """Keep why a point could not be run. `why`: as JSON, such as {"error": ..., "trace": ...}.

        Raises OutputError if the disk refuses.
        """
        self._must_be_writer()
        text = json.dumps(why, indent=1, ensure_ascii=False) + "\n"
        write_whole(self.path / "failures" / f"{point}.json", text.encode())

    def clear_failures(self) -> None:
        """Forget why points could not be run: they are to be tried again.

        Raises OutputError if the disk refuses.
        """
        self._must_be_writer()
        for name in self._names:
            _delete(self.path / "failures" / f"{name}.json")

    def _must_be_writer(self) -> None:
        if not self._is_writer:
            raise RuntimeError("a store is written to inside `with store.writing()` only")

    def _file(self, point: str, replication: int) -> Path:
        return self.path / "runs" / point / f"r{replication:04d}.parquet"

    def _finished(self, point: str) -> list[int]:
        folder = self.path / "runs" / point
        names = [_RUN.fullmatch(path.name) for path in folder.iterdir()] if folder.is_dir() else []
        return sorted(int(name[1]) for name in names if name)

    def _tidied(self) -> list[Path]:
        """Sweep what a killed process left; return the damaged runs, which are deleted."""
        try:
            for name in self._names:
                (self.path / "runs" / name).mkdir(parents=True, exist_ok=True)
            (self.path / "failures").mkdir(exist_ok=True)
        except OSError as error:
            raise not_written(self.path, error) from None
        for left in [*self.path.rglob(f".*{LEFTOVER}")]:
            _delete(left)
        damaged = []
        for name in self._names:
            for replication in self._finished(name):
                path = self._file(name, replication)
                try:
                    with damage_told(path, self.path):
                        read_checked(path, name, replication)
                except InputError:
                    damaged.append(path)
                    _delete(path)
        add_timing(self.path / TIMINGS)
        return damaged


_NONE = object()


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(path, error) from None
