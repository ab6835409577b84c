"""One way in: a request, progress as values, a folder; `compare` finds the same in memory."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

import logistics
from logistics.experiments.workers import progress
from logistics.experiments.workers.progress import Progress, reported
from logistics.jobs import ComparisonRequest, StudyRequest, run
from networks.files import EXAMPLES
from networks.inputs.faults import InputError

SELLER = [EXAMPLES["small-seller"]]
FEW = {"replications": 1, "days": 1, "warm_up_days": 1, "later_order_days": 5, "workers": 1}
ALL = {**FEW, "assumptions": 19, "check_bottlenecks": 1}


def test_a_comparison_reports_every_stage_and_its_folder_is_what_compare_finds(
    tmp_path: Path,
) -> None:
    seen: list[Progress] = []
    options = {**ALL, "report": False, "keep_parcels": False}
    result = run(ComparisonRequest(tmp_path / "out", SELLER, options), seen.append)
    stages = [stage for stage, _ in groupby(one.stage for one in seen)]
    assert [stage for stage in stages if stage != progress.BUILDING] == [
        progress.RUNNING, progress.ASSUMPTIONS, progress.BOTTLENECKS, progress.WRITING
    ]  # fmt: skip
    last = {one.stage: (one.done, one.expected) for one in seen}
    assert last[progress.ASSUMPTIONS] == (19, 19)
    again = logistics.compare(SELLER, **ALL)
    assert again.metrics == result.comparison.metrics
    assert again.ranges
    for part in ("ranges", "added_capacity"):  # as text: not-a-numbers are equal there
        assert str(getattr(again, part)) == str(getattr(result.comparison, part))
    assert [len(found) for found in again.added_capacity.values()] == [1]
    written = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert written["ranges"]["small-seller"]["delivery_days.mean"]["wide"]["draws"] == 19


def test_an_interrupted_comparison_says_that_nothing_is_left(tmp_path: Path) -> None:
    def interrupt(one: Progress) -> None:
        if one.stage == progress.RUNNING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="out was not written; nothing is left of the run"):
        run(ComparisonRequest(tmp_path / "out", SELLER, FEW), interrupt)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_study_says_how_to_resume_it(tmp_path: Path) -> None:
    file, folder = tmp_path / "short.yaml", tmp_path / "out"
    days = "{days.days: 1, days.warm_up_days: 1, days.later_order_days: 5}"
    file.write_text(f"base: {SELLER[0]}\nreplications: 2\nset: {days}\n")

    def interrupt(one: Progress) -> None:
        if one.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        run(StudyRequest(folder, file, workers=1, report=False), interrupt)
    assert str(caught.value) == (
        f"Interrupted: the 1 finished runs are kept in {folder}; resume with"
        f"  logistics study resume {folder}"
    )
    done = run(StudyRequest(folder, workers=1, report=False))
    assert (done.progress.done, done.progress.complete, done.failures) == (2, 1, {})
    assert done.answer


def test_results_are_reported_once_they_are_dealt_with() -> None:
    told: list[str] = []
    for one in reported("ab", lambda one: told.append(f"{one.done} of {one.expected}"), "x", 2):
        told.append(one)
    assert told == ["0 of 2", "a", "1 of 2", "b", "2 of 2"]


def test_tables_that_are_not_kept_cannot_be_written_as_csv(tmp_path: Path) -> None:
    options = {"csv": True, "keep_parcels": False}
    with pytest.raises(InputError, match="--csv writes the tables that --no-keep-parcels leaves"):
        run(ComparisonRequest(tmp_path / "mine", SELLER, options))
