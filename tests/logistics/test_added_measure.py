"""A measure that one file outside the packages defines is seen wherever the built-in ones are."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from outcomes_by_hand import combine_replicates, many_outcomes, outcomes_of
from slow_parcels import SLOW_PARCELS
from small_scenarios import centers
from typer.testing import CliRunner

from logistics.analysis.comparison import measure_together
from logistics.analysis.measures import Definition, Measure, Section, register, unregister
from logistics.analysis.measures.registry import NETWORK_METRICS, added, sections
from logistics.analysis.statistics.intervals import rate_interval
from logistics.cli import app
from logistics.experiments.plan import plan
from logistics.experiments.replicate import replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.studies.study import Study
from networks.files import EXAMPLES

NAMES = list(SLOW_PARCELS.metrics)
LABELS = [one.label for one in SLOW_PARCELS.metrics.values()]
OPTIONS = ["--workers", "1", "--replications", "2"]
FEW_DAYS = ["--days", "2", "--warm-up-days", "2", "--later-order-days", "9"]
STUDY = f"""
base: {EXAMPLES["small-seller"]}
replications: 2
set: {{days.days: 2, days.warm_up_days: 2, days.later_order_days: 9}}
factors: {{risks.failed_attempt: ["5%", "40%"]}}
responses: [slow.touches, slow.far_rate, slow.days.p80]
"""


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    register(SLOW_PARCELS)
    yield
    unregister(SLOW_PARCELS)


def shown(*words: object) -> str:
    """What a command prints; it must succeed."""
    result = CliRunner().invoke(app, list(map(str, words)), env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What `compare` prints, and its folder."""
    folder = tmp_path_factory.mktemp("compared") / "out"
    network = EXAMPLES["small-seller"]
    return shown("compare", network, *OPTIONS, *FEW_DAYS, "--full", "--output", folder), folder


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that asks for nothing else."""
    folder = tmp_path_factory.mktemp("studied")
    (folder / "study.yaml").write_text(STUDY)
    shown("study", "run", folder / "study.yaml", "--workers", "1", "--output", folder / "out")
    return folder / "out"


def test_the_terminal_and_the_page_show_it_in_its_own_section(
    compared: tuple[str, Path],
) -> None:
    printed, folder = compared
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in (printed, page):
        assert "Slow parcels" in text
        assert all(label in text for label in LABELS)
        assert "parcels delivered after more than four days." in text


def test_a_second_run_takes_the_next_free_folder_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small-seller").mkdir()  # another folder than the network of that name
    command = ["run", "small-seller", *OPTIONS[:2], *FEW_DAYS, "--no-report"]
    first, second = (CliRunner().invoke(app, [*command, "--replications=1"]) for _ in range(2))
    assert "Results in run: " in first.stdout
    assert "run already exists: the results are in run-2." in second.stderr
    assert "Results in run-2: " in second.stdout
    named = CliRunner().invoke(app, [*command, "--output", "run"])
    assert named.exit_code == 2
    assert "run: already exists; choose another folder or pass --overwrite" in named.stderr
    refused = CliRunner().invoke(app, ["run", "small-seler"])
    assert refused.exit_code == 2
    assert "already exists" not in refused.stderr, "nothing went anywhere"


def test_the_summaries_and_the_workbook_have_its_estimates(compared: tuple[str, Path]) -> None:
    _, folder = compared
    (known,) = json.loads((folder / "summary.json").read_text())["scenarios"].values()
    slow = known["slow"]
    assert slow["touches"]["estimate"] > 1
    assert 0 < slow["far_rate"]["low"] < slow["far_rate"]["estimate"] < slow["far_rate"]["high"]
    assert slow["days"]["p80"]["estimate"] >= slow["days"]["p50"]["estimate"] > 0
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["figure"]: row for row in csv.DictReader(file)}
    assert float(rows["slow.touches"]["estimate"]) == slow["touches"]["estimate"]
    assert rows["slow.far_rate"]["definition"] == "Share of parcels of zones 4 to 8 that are slow."
    sheet = load_workbook(folder / "summary.xlsx")["networks"]
    cells = {row[2]: row for row in sheet.iter_rows(values_only=True)}
    assert [cells[name][1] for name in NAMES] == LABELS
    assert cells["slow.days.p80"][3] == slow["days"]["p80"]["estimate"]


def test_a_study_takes_it_as_a_response(studied: Path) -> None:
    page = (studied / "report.html").read_text(encoding="utf-8")
    assert all(label in page for label in (LABELS[0], LABELS[1], LABELS[3]))
    with (studied / "responses.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.reader(file))
    told = [row for row in answers if "slow.touches" in row]
    assert len(told) == 2
    summary = json.loads((studied / "summary.json").read_text())
    (known,) = summary["scenarios"].values()
    assert known["slow"]["far_rate"]["estimate"] > 0


def test_runs_in_the_store_carry_it_under_its_own_names(studied: Path) -> None:
    """And a study with such responses is opened and reported again from its folder."""
    before = (studied / "responses.csv").read_bytes()
    shown("study", "report", studied)
    assert (studied / "responses.csv").read_bytes() == before


def test_without_it_a_study_is_told_that_there_is_no_such_response() -> None:
    unregister(SLOW_PARCELS)
    try:
        with pytest.raises(ValueError, match=r"slow\.touches"):
            Study(base="amazon-fulfillment", responses=["slow.touches"])
    finally:
        register(SLOW_PARCELS)
    assert Study(base="amazon-fulfillment", responses=["slow.touches"]).responses


def test_a_worker_process_that_never_registered_it_measures_it_all_the_same() -> None:
    day = {"warm_up_days": 0, "days": 1, "later_order_days": 5}
    spec = pickle.dumps(run_spec_of(plan([centers(days=day)])))
    unregister(SLOW_PARCELS)
    try:
        found, _ = replicate(Shared(lambda: pickle.loads(spec)), 0, why=False)
        assert added() == ()
    finally:
        register(SLOW_PARCELS)
    measured = found.measurements["centers"]
    assert set(NAMES) <= measured.values.keys()
    assert measured.counts["slow.far_rate"][1] > 0
    assert measured.histograms["slow.days"].grid.last == 60


# --- estimates over runs ------------------------------------------------------------------------


def test_its_estimates_are_a_mean_over_runs_a_pooled_rate_and_percentiles() -> None:
    runs = [measure_together({"A": many_outcomes(2_000, run)}) for run in range(3)]
    measured = [one.measurements["A"] for one in runs]
    found = combine_replicates(runs, {}).metrics["A"]
    means = [one.values["slow.touches"] for one in measured]
    assert found["slow.touches"].estimate == pytest.approx(np.mean(means))
    slow, far = zip(*(one.counts["slow.far_rate"] for one in measured), strict=True)
    assert found["slow.far_rate"] == rate_interval(slow, far)
    assert found["slow.days.p80"].has_interval


def test_runs_that_were_stored_before_have_no_value_of_it() -> None:
    one = measure_together({"A": many_outcomes(2_000, 1)}, more=())
    assert not one.measurements["A"].values.keys() & set(NAMES)
    found = combine_replicates([one, one], {}).metrics["A"]
    assert all(np.isnan(found[name].estimate) for name in NAMES)
    assert found["delivery_days.mean"].estimate > 0


# --- what cannot be a measure -------------------------------------------------------------------


def test_a_cell_that_is_run_again_replaces_it() -> None:
    register(replace(SLOW_PARCELS))
    assert len(added()) == 1
    assert [section.title for section in sections()].count("Slow parcels") == 1
    assert [name for name in NETWORK_METRICS if name.startswith("slow.")] == NAMES


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("loss_rate", "is the name of a built-in metric"),
        ("hours", "is a metric and a group of metrics"),
        ("parcels.heavy", "is a metric and a group of metrics"),
    ],
)
def test_a_name_that_is_taken_is_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        register(_of(name))
    assert len(added()) == 1


def test_a_metric_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="mine: the run has no such number, count or"):
        measure_together({"A": outcomes_of([1.0])}, more=[_of("mine")])
    with pytest.raises(ValueError, match="delivery_days: given by two measures"):
        measure_together({"A": outcomes_of([1.0])}, more=[_of("mine", "delivery_days")])


def _of(name: str, part: str = "") -> Measure:
    section = Section("Mine", "", {name: Definition("days", "", "")})
    parts = {part: 1.0} if part else {}
    return Measure(lambda parcels: parts, (section,))
