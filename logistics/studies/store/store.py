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
from logistics.runtime.output_folders import LEFTOVER, not_written, output_folder, write_whole
from logistics.runtime.versions import differences, versions
from logistics.studies.points import Point
from logistics.studies.store.derived import CHECKSUMS, damaged_derived, is_derived, write_checksums
from logistics.studies.store.manifests import (
    A_COPY,
    MANIFEST,
    Manifest,
    damaged_inputs,
    point_of,
    read_manifest,
    sealed_manifest,
    write_store,
    write_texts,
)
from logistics.studies.store.run_files import (
    RunId,
    damage_told,
    mended_by,
    read_checked,
    read_facts,
    run_content,
)
from logistics.studies.store.seals import content_of, plain_files, seal_of, sealed_json, unsealed
from logistics.studies.store.timings import (
    TIMINGS,
    Timing,
    add_timing,
    mend_timings,
    timings_damaged,
)
from networks.inputs.faults import Fault, InputError, refuse

_RESULTS = ("runs/", "failures/")
_RUN = re.compile(r"r([0-9]{4}|[1-9][0-9]{4,8})\.parquet")


class Store:
    """The folder of a study. Reading needs no more; `writing` is for one process at a time."""

    def __init__(self, path: Path, manifest: Manifest, identity: str) -> None:
        self.path = path
        self.study: Mapping[str, Any] = manifest.study
        """The study as JSON."""
        self.versions: Mapping[str, str] = manifest.versions
        """Versions of all that the runs are made with."""
        self.identity = identity
        """What every run file must carry; '' in a folder from before there were checksums."""
        self._manifest = manifest
        self._names = tuple(point.name for point in manifest.points)
        self._points: tuple[Point, ...] | None = None
        self._is_writer = False
        self._damaged: set[str] = set()

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
        with output_folder(path, beside=False) as folder:
            write_store(folder, study_text, study, points)
            (folder / "failures").mkdir()
            mend_timings(folder / TIMINGS)
            for point in points:
                (folder / "runs" / point.name).mkdir(parents=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """Open the folder of a study to read.

        Raises InputError if it is none, is damaged, or another version of the format wrote it; or
        if it holds a link.
        """
        return cls(Path(path), *read_manifest(Path(path)))

    def points(self) -> tuple[Point, ...]:
        """Return the points of the study; networks of your own are the store's copies.

        Raises InputError if one cannot be read.
        """
        if self._points is None:
            self._points = tuple(point_of(self.path, one) for one in self._manifest.points)
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
            return read_checked(path, RunId(self.identity, point, replication))

    def run_facts(self, point: Point) -> dict[str, Any]:
        """Return the facts of the runs of a point, from the first to the last before a gap.

        Raises InputError if the file of one is damaged.
        """
        numbers = [n for row, n in enumerate(self._finished(point.name)) if row == n]
        facts: Facts = {}
        for replication in numbers:
            path = self._file(point.name, replication)
            with damage_told(path, self.path):
                which = RunId(self.identity, point.name, replication)
                facts = add_facts([facts, read_facts(path, which)])
        found = facts_of_runs(point.plan, facts, len(numbers))
        return {**found, "versions": dict(self.versions)}

    def failures(self) -> dict[str, dict[str, Any]]:
        """Return why points could not be run, as `write_failure` had it.

        Raises InputError if the file of one is damaged.
        """
        found = {name: self._failure(name) for name in self._names}
        return {name: why for name, why in found.items() if why is not None}

    def damaged(self) -> list[str]:
        """Return which files are not as they were written, and take these runs for not finished.

        Of a folder from before there were checksums: which runs cannot be read.
        """
        self._damaged = set()
        found = damaged_inputs(self.path, self._manifest)
        for point, numbers in self.finished().items():
            found += [_run_file(point, n) for n in numbers if not self._is_whole(point, n)]
        for name in self._names:
            try:
                self._failure(name)
            except InputError:
                found.append(_failure_file(name))
        if self.identity:
            found += [TIMINGS] if timings_damaged(self.path / TIMINGS) else []
            found += damaged_derived(self.path, self.identity)
        self._damaged = set(found)
        return found

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self, runs: bool = True) -> Iterator[list[str]]:
        """Be the one that writes, while the block runs; give what was damaged, in lines.

        What a killed process left is deleted. Damaged runs are, too, and so count as not finished;
        other files are written again. `runs`: False to write only what is made of the runs that are
        there: they stay as they are, whatever versions made them.

        Raises OutputError if another process writes, nothing can be written, or the runs there
        were made with other versions; InputError for damage that cannot be mended.
        """
        if runs and (found := differences(self.versions, versions())):
            problem = (
                f"was started with other versions ({'; '.join(found)}): results would be mixed;"
                " install those, or run the study into another folder"
            )
            raise OutputError(self.path, problem)
        self.points()  # all of them valid, before anything is changed
        with locked(self.path / ".lock"):
            told = self._tidied() if runs else self._looked_over()
            _delete(self.path / CHECKSUMS)
            self._is_writer = runs
            try:
                yield told
            finally:
                self._is_writer = False
            if self.identity:
                write_checksums(self.path, self.identity)

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
        content = run_content(one, RunId(self.identity, point, replication), facts)
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
        write_whole(self.path / _failure_file(point), sealed_json(why))

    def clear_failures(self) -> None:
        """Forget why points could not be run: they are to be tried again.

        Raises OutputError if the disk refuses.
        """
        self._must_be_writer()
        for name in self._names:
            _delete(self.path / _failure_file(name))

    def _must_be_writer(self) -> None:
        if not self._is_writer:
            raise RuntimeError("a store is written to inside `with store.writing()` only")

    def _file(self, point: str, replication: int) -> Path:
        return self.path / _run_file(point, replication)

    def _failure(self, point: str) -> dict[str, Any] | None:
        path = self.path / _failure_file(point)
        if _failure_file(point) in self._damaged or not path.is_file():
            return None
        with damage_told(path, self.path):
            content = content_of(path)
            why = unsealed(content) if self.identity else json.loads(content)
            return {"error": "", **why}

    def _finished(self, point: str) -> list[int]:
        folder = self.path / "runs" / point
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        numbers = (int(found[1]) for found in map(_RUN.fullmatch, names) if found)
        return sorted(one for one in numbers if _run_file(point, one) not in self._damaged)

    def _is_whole(self, point: str, replication: int) -> bool:
        path, which = self._file(point, replication), RunId(self.identity, point, replication)
        try:
            with damage_told(path, self.path):
                (read_facts if self.identity else read_checked)(path, which)
        except InputError:
            return not path.exists()  # dropped meanwhile
        return True

    def _tidied(self) -> list[str]:
        """Sweep what a killed process left, and mend what is damaged; return that in lines."""
        try:
            for name in self._names:
                (self.path / "runs" / name).mkdir(parents=True, exist_ok=True)
            (self.path / "failures").mkdir(exist_ok=True)
        except OSError as error:
            raise not_written(self.path, error) from None
        for left in plain_files(self.path):
            if Path(left).name.startswith(".") and left.endswith(LEFTOVER):
                _delete(self.path / left)
        told = [] if self.identity else self._sealed()
        if not (self.path / TIMINGS).exists():
            mend_timings(self.path / TIMINGS)
        return told + self._mended(self.damaged())

    def _looked_over(self) -> list[str]:
        """Refuse damaged runs before anything is changed; return what else is damaged, in lines."""
        damaged, remedy = self.damaged(), mended_by(self.path)
        refuse(
            Fault(str(self.path / name), None, "", "", "is damaged", remedy)
            for name in damaged
            if name.startswith(_RESULTS)
        )
        made = [name for name in damaged if is_derived(name)]
        other = [f"{name} is damaged: {remedy}" for name in damaged if name not in made]
        return other + self._dropped(made)

    def _mended(self, damaged: Sequence[str]) -> list[str]:
        again = [name for name in damaged if name.startswith(_RESULTS) or is_derived(name)]
        texts: dict[str, bytes] = {}
        if written := {*damaged} - {*again, TIMINGS}:
            texts = {name: text for name, text in self._manifest.texts() if name in written}
        refuse(
            Fault(str(self.path / name), None, "", "", "was changed after it was written", A_COPY)
            for name in sorted(written - texts.keys())
        )
        write_texts(self.path, texts)
        if TIMINGS in damaged:
            mend_timings(self.path / TIMINGS)
        told = [
            f"{name} was damaged or missing: written again" for name in damaged if name in texts
        ]
        told += [f"{TIMINGS} was damaged: its valid lines are kept"] * (TIMINGS in damaged)
        return told + self._dropped(again)

    def _dropped(self, damaged: Sequence[str]) -> list[str]:
        for name in damaged:
            _delete(self.path / name)
        self._damaged = set()
        return [f"{name} was damaged: deleted, to be regenerated" for name in damaged]

    def _sealed(self) -> list[str]:
        """Give a folder from before there were checksums its own; the manifest is the last."""
        text = ""
        with suppress(OSError, ValueError):
            text = content_of(self.path / "study.yaml").decode()
        content = sealed_manifest(self.path, self._manifest.model_copy(update={"text": text}))
        for point, numbers in self.finished().items():
            for replication in numbers:
                path = self._file(point, replication)
                old, new = (RunId(one, point, replication) for one in ("", seal_of(content)))
                with suppress(InputError):  # is found damaged later
                    with damage_told(path, self.path):
                        run, facts = read_checked(path, old), read_facts(path, old)
                    write_whole(path, run_content(run, new, facts))
        for name in self._names:  # tried again anyway
            _delete(self.path / _failure_file(name))
        mend_timings(self.path / TIMINGS, sealed=False)
        write_whole(self.path / MANIFEST, content)
        self._manifest, self.identity = read_manifest(self.path)
        return [f"{self.path} was unverified: its files have checksums now"]


_NONE = object()


def _run_file(point: str, replication: int) -> str:
    return f"runs/{point}/r{replication:04d}.parquet"


def _failure_file(point: str) -> str:
    return f"failures/{point}.json"


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(path, error) from None
