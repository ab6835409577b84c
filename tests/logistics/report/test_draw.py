"""Page and pictures are drawn in a process of their own, from what is kept on the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from small_scenarios import centers, one_seller
from small_studies import MEAN, NETWORK, P95, answered, point, studied
from stored_files import files_of
from terminals import ctrl_c_counts
from typer.testing import CliRunner
from whole_comparisons import FACILITIES, WORLDS, three_networks

import logistics
from logistics import InputError, OutputError, WorkerError
from logistics.analysis.measures.metrics import Definition, Measure, Section
from logistics.analysis.measures.registry import NETWORK_METRICS, register, unregister
from logistics.analysis.statistics.intervals import Estimate
from logistics.cli import app
from logistics.jobs import ComparisonRequest, StudyRequest, run, write_report
from logistics.report.pictures.drawing import plain_of, svg_of
from logistics.report.pictures.place_maps import plot_facilities_map
from logistics.report.pictures.times import plot_delivery_times
from logistics.report.rendering import png_of, rendered_apart
from logistics.report.saved_results import (
    KEPT,
    Results,
    measures_known,
    save_results,
    saved_results,
)
from logistics.report.studies.page import study_charts, study_page
from logistics.report.text.assumptions import assumptions
from logistics.studies.study import Study
from networks.files import EXAMPLES

pytestmark = pytest.mark.usefixtures("_drawn_apart")

SELLER = [EXAMPLES["small-seller"]]
BEFORE_AND_AFTER = [one_seller("before"), one_seller("after", 0.4)]
FEW = {"replications": 2, "days": 1, "warm_up_days": 1, "later_order_days": 5, "workers": 1}
STUDY = f"""
base: {EXAMPLES["small-seller"].as_posix()}
set: {{days.days: 1, days.warm_up_days: 1, days.later_order_days: 5}}
replications: 3
"""
PLAIN = Results(three_networks(), {}, (), "", "")

Program = Callable[[str], Path]


@pytest.fixture
def drawing_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Put a shell script in the place of the process that draws."""

    def put(script: str) -> Path:
        program = tmp_path / "not-python"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        return program

    return put


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a seller, before and after."""
    folder = tmp_path_factory.mktemp("written") / "out"
    done = run(ComparisonRequest(folder, BEFORE_AND_AFTER, {"workers": 1}))
    assert done.not_drawn == ""
    return folder


def shown(*words: object, code: int = 0) -> tuple[str, str]:
    """What a command prints, and what it says of faults."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(map(str, words)))
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


# --- drawn again ----------------------------------------------------------------------------------


def test_a_folder_is_drawn_again_to_the_last_byte(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(written, again)
    for name in ("report.html", "summary.xlsx", "delivery_times.png", "delivery_times.svg"):
        (again / name).unlink()
    shutil.rmtree(again / "pictures")
    (again / "README.txt").write_text("")
    said, _ = shown("report", again)
    assert f"open {again / 'report.html'} in a browser" in said
    assert files_of(again) == files_of(written)


def test_a_run_without_its_page_gets_it_later(written: Path, tmp_path: Path) -> None:
    options = {"workers": 1, "report": False}
    run(ComparisonRequest(tmp_path / "without", BEFORE_AND_AFTER, options))
    assert not (tmp_path / "without" / "report.html").exists()
    assert (tmp_path / "without" / "delivery_times.png").exists()
    write_report(tmp_path / "without")
    first, second = files_of(written), files_of(tmp_path / "without")
    assert first.pop("summary.json") != second.pop("summary.json")  # has the seconds
    assert first == second


def test_a_folder_of_a_study_is_reported_as_a_study(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    folder = tmp_path / "out"
    run(StudyRequest(folder, tmp_path / "study.yaml", workers=1))
    before = files_of(folder)
    for name in ("report.html", "summary.json"):
        (folder / name).unlink()
    shown("report", folder)
    assert files_of(folder) == before


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_results_is_refused(made: bool, tmp_path: Path) -> None:
    if made:
        (tmp_path / "out").mkdir()
    _, errors = shown("report", tmp_path / "out", code=2)
    assert errors == (
        f"{tmp_path / 'out'}: has no results.json.zst, from which a report is drawn: run it again"
        " (allowed: a results folder, as  logistics compare  and  run  write it)\n"
    )


# --- what is kept ---------------------------------------------------------------------------------


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    more = logistics.compare(SELLER, **FEW, assumptions=19, check_bottlenecks=1)
    result = replace(three_networks(), ranges=more.ranges, added_capacity=more.added_capacity)
    assert result.ranges
    assert result.added_capacity
    found = Results(
        result, dict.fromkeys(WORLDS, FACILITIES), assumptions([centers()]), "logistics x", "about"
    )
    save_results(found, tmp_path)
    assert told(saved_results(tmp_path)) == told(found)


def told(value: Any) -> Any:
    """Return a value in lists and texts, arrays by their type and bytes."""
    if isinstance(value, np.ndarray):
        return [value.dtype.str, value.shape, value.tobytes()]
    if isinstance(value, dict):
        return [(told(key), told(one)) for key, one in value.items()]
    if isinstance(value, tuple | list):
        return [type(value).__name__, *map(told, value)]
    if hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
        return [type(value).__name__, told(vars(value))]
    return repr(value)


def test_the_same_runs_keep_the_same_bytes(tmp_path: Path, drawing_with: Program) -> None:
    drawing_with("exit 3")  # no picture is looked at
    for name in ("one", "other"):
        options = {**FEW, "report": False, "keep_parcels": False}
        run(ComparisonRequest(tmp_path / name, SELLER, options))
    assert (tmp_path / "one" / KEPT).read_bytes() == (tmp_path / "other" / KEPT).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"@": "Results"}',
        b'{"@": "Popen", "args": "touch made"}',
        b'{"@": "os.system", "of": ["touch made"]}',
        b'{"@": "array", "type": "O", "shape": [1], "bytes": "gASVAAAAAAAAAAA="}',
        b'{"@": "array", "type": "<f8", "shape": [1000000000], "bytes": ""}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_holds_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    with pa.output_stream(str(tmp_path / KEPT), compression="zstd") as file:
        file.write(content)
    with pytest.raises(InputError, match="is damaged, or of another version of logistics"):
        saved_results(tmp_path)
    (tmp_path / KEPT).write_bytes(b"not compressed")
    with pytest.raises(InputError, match="is damaged, or of another version of logistics"):
        saved_results(tmp_path)


@pytest.mark.parametrize("comparison", [7, "abc"])
def test_values_of_other_types_are_refused(comparison: Any, tmp_path: Path) -> None:
    save_results(replace(PLAIN, comparison=comparison), tmp_path)
    with pytest.raises(InputError, match="holds values of other types than results have"):
        write_report(tmp_path)


def test_what_the_disk_refuses_is_not_called_a_wrong_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Path, report: bool = True) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("logistics.jobs._draw_results", refused)
    with pytest.raises(PermissionError):
        write_report(tmp_path)


def test_a_measure_of_ones_own_is_known_where_it_is_drawn(tmp_path: Path) -> None:
    measure = Measure(
        lambda outcomes: {"slow.parcels": float(len(outcomes))},
        (
            Section(
                "Slow parcels", "those", {"slow.parcels": Definition("parcels", "slow", "Slow.")}
            ),
        ),
    )
    register(measure)
    save_results(replace(PLAIN, measures=(measure.sections,)), tmp_path)
    with measures_known(saved_results(tmp_path)):
        assert NETWORK_METRICS["slow.parcels"].label == "slow"
    assert "slow.parcels" in NETWORK_METRICS, "it is still that of this process"
    unregister(measure)
    with measures_known(saved_results(tmp_path)):
        assert NETWORK_METRICS["slow.parcels"].label == "slow"
    assert "slow.parcels" not in NETWORK_METRICS


# --- a process of its own -------------------------------------------------------------------------


def test_pictures_are_those_that_are_drawn_here() -> None:
    chart = plot_delivery_times(three_networks())
    drawing = plot_facilities_map(three_networks(), "next-day", FACILITIES)
    expected = [(svg_of(one), png_of(svg_of(one))) for one in (chart, drawing)]
    assert rendered_apart([plain_of(one) for one in (chart, drawing)]) == expected


def test_nothing_is_imported_from_the_folder_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "re", "vl_convert", "logistics"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a file of the folder was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
    assert rendered_apart([svg])[0][0] == svg


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("kill -TRAP $$", r"the drawing process ended with signal 5 \(SIGTRAP\)"),
        ("echo first >&2; echo 'Error: no memory' >&2; exit 1",
         "the drawing process failed: Error: no memory"),
        ("exit 3", "the drawing process failed: no reason given"),
    ],
)  # fmt: skip
def test_how_it_ended_is_told(drawing_with: Program, script: str, problem: str) -> None:
    drawing_with(script)
    with pytest.raises(WorkerError, match=f"^{problem}$"):
        rendered_apart(["<svg/>"])


def test_a_picture_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(
        WorkerError, match=r"^the drawing process failed: RuntimeError: unknown token at 1:1$"
    ):
        rendered_apart(["no picture"])


def test_what_draws_is_not_imported_before_the_runs() -> None:
    script = (
        "import sys, logistics.jobs, logistics.cli.running\n"
        "print(sorted({'altair', 'vl_convert', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == [b"[]"]


@pytest.mark.parametrize("report", [True, False])
def test_results_stay_when_the_drawing_process_dies(
    report: bool, drawing_with: Program, tmp_path: Path
) -> None:
    drawing_with("kill -TRAP $$")
    folder = tmp_path / "out"
    output = ["--output", folder, "--keep-parcels", *([] if report else ["--no-report"])]
    few = ["--days", 1, "--warm-up-days", 1, "--later-order-days", 5, "--replications", 2]
    said, errors = shown("run", *SELLER, *few, "--workers", 1, *output)
    assert said.endswith(f"Results in {folder}: README.txt says what each file is.\n")
    assert errors.endswith(
        "Page and pictures could not be drawn: the drawing process ended with signal 5 (SIGTRAP)."
        f" The results are complete; draw them with  logistics report {folder}\n"
    )
    names = {path.name for path in folder.iterdir()}
    assert {"README.txt", "summary.json", "replications.parquet", KEPT} <= names
    assert not {"report.html", "pictures", "delivery_times.png"} & names
    assert list(tmp_path.glob(".*")) == []
    summary = json.loads((folder / "summary.json").read_text())
    own = logistics.compare(SELLER, **FEW)
    mean = summary["scenarios"]["small-seller"]["delivery_days"]["mean"]["estimate"]
    assert mean == own.metrics["small-seller"]["delivery_days.mean"].estimate
    _, errors = shown("report", folder, code=2)
    assert errors == "the drawing process ended with signal 5 (SIGTRAP)\n"


def test_results_stay_when_the_disk_is_full_before_all_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(results: Path, report: bool) -> None:
        raise OutputError(results / "report.html", "cannot be written: no space left on device")

    monkeypatch.setattr("logistics.report.draw.draw_results", full)
    folder = tmp_path / "out"
    few = ["--days", 1, "--warm-up-days", 1, "--later-order-days", 5, "--replications", 1]
    _, errors = shown("run", *SELLER, *few, "--workers", 1, "--output", folder)
    assert errors.endswith(
        f"Page and pictures could not be drawn: {folder}/report.html: cannot be written: no space"
        f" left on device. The results are complete; draw them with  logistics report {folder}\n"
    )
    assert (folder / "summary.json").is_file()


def test_a_study_stays_when_the_drawing_process_dies(drawing_with: Program, tmp_path: Path) -> None:
    drawing_with("kill -TRAP $$")
    (tmp_path / "study.yaml").write_text(STUDY)
    done = run(StudyRequest(tmp_path / "out", tmp_path / "study.yaml", workers=1))
    assert done.answer
    assert done.not_drawn == (
        "Page and pictures could not be drawn: the drawing process ended with signal 5 (SIGTRAP)."
        f" The results are complete; draw them with  logistics report {tmp_path / 'out'}"
    )
    assert (tmp_path / "out" / "responses.csv").exists()
    with pytest.warns(UserWarning, match="Page and pictures could not be drawn"):
        logistics.run_study(tmp_path / "study.yaml", tmp_path / "out", workers=1)


def test_an_interruption_ends_the_drawing_and_leaves_the_results(
    drawing_with: Program, tmp_path: Path
) -> None:
    drawing_with(f"echo $$ > {tmp_path}/pid; sleep 0.3; kill -INT $PPID; exec sleep 60")
    folder = tmp_path / "out"
    with ctrl_c_counts(), pytest.raises(KeyboardInterrupt) as caught:
        run(ComparisonRequest(folder, SELLER, FEW))
    assert str(caught.value) == (
        f"Interrupted: the results are in {folder}, without page and pictures; draw them"
        f" with  logistics report {folder}"
    )
    assert (folder / "summary.json").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_script_without_a_main_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from logistics.jobs import ComparisonRequest, run\n"
        "with open('times.txt', 'a') as file: file.write('once ')\n"
        f"run(ComparisonRequest(Path('out'), [{str(SELLER[0])!r}], {FEW | {'report': False}}))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert (tmp_path / "times.txt").read_text() == "once "
    assert (tmp_path / "out" / "delivery_times.png").exists()


@pytest.fixture(autouse=True)
def _no_measure_left() -> Iterator[None]:
    before = set(NETWORK_METRICS)
    yield
    assert set(NETWORK_METRICS) == before


def test_a_percentile_that_is_not_reached_has_no_bars_and_a_line_says_so() -> None:
    never = Estimate(np.inf, np.inf, np.inf)
    study = Study(base=NETWORK, design="one at a time", factors={"risks.lost": ["1%", "2%"]})
    ends = [{}, {"risks.lost": "1%"}, {"risks.lost": "2%"}]
    points = [answered(point(f"p{row}", of, {}), [3.0 + row, 3.5 + row], never)
              for row, of in enumerate(ends)]  # fmt: skip
    result = replace(studied(study, points, three_networks()), responses=(MEAN, P95))
    found = [chart for chart in study_charts(result) if chart.section == "drivers"]
    assert [chart.name for chart in found] == [f"tornado-{NETWORK}-delivery-days-mean"]
    rendered_apart([plain_of(chart.picture) for chart in found])
    assert (
        f"P95 delivery time of {NETWORK} has no finite value at as it stands; risks.lost 1%;"
        " risks.lost 2%: no bar shows a change from or to there."
    ) in study_page(result, [], {}, "logistics study run x")
