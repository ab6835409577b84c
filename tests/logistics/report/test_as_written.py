"""Names as they are written: on a terminal no markup, in a spreadsheet no formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_scenarios import centers
from small_studies import NETWORK, answered, point, studied
from typer.testing import CliRunner
from whole_comparisons import World, three_networks, whole_comparison

from logistics.cli import app
from logistics.cli.showing import console, progress_bar
from logistics.experiments.workers.progress import Progress
from logistics.report.folder import write_table
from logistics.report.studies.folder import _responses
from logistics.report.summary import csv_text
from logistics.studies.study import Study
from networks.inputs.yaml_writer import write_yaml

MARKUP = ("[/red]", "[bold]x[/bold]", ":warning: glue", "[link=http://x]y[/link]")


def products(*names: str) -> list[dict[str, object]]:
    return [
        {"name": name, "share": 1 / len(names), "weight": "1 kg", "price": 5, "fragility": 1,
         "movement": "fast"}
        for name in names
    ]  # fmt: skip


@pytest.mark.parametrize("name", MARKUP)
def test_a_product_that_looks_like_markup_is_traced(name: str, tmp_path: Path) -> None:
    scenario = centers(orders={"products": products(name)})
    (tmp_path / "centers.yaml").write_text(write_yaml(scenario))
    words = ["trace", str(tmp_path / "centers.yaml"), "--product", name, "--market", "100"]
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [*words, "--workers", "1"])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{name} to New York")
    assert f"{name} ordered" in result.output


@pytest.mark.parametrize("name", MARKUP)
def test_the_console_has_no_markup(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    console().print(name, style="bold")
    assert capsys.readouterr().out == f"{name}\n"


def test_the_progress_bar_has_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    with progress_bar() as report:
        report(Progress("running", 1, 2, points=1, waiting_for="[/red]"))


FORMULAS = ("=1+1", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3", "+A1")


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def harmless(rows: list[list[str]]) -> bool:
    """Whether no cell is a formula: it starts like none, or is a number."""

    def is_number(cell: str) -> bool:
        try:
            float(cell)
        except ValueError:
            return False
        return True

    return all(
        not cell.startswith(tuple("=+-@\t\r")) or is_number(cell) for row in rows for cell in row
    )


def test_no_cell_of_a_csv_table_is_a_formula_and_parquet_is_as_it_was(tmp_path: Path) -> None:
    names = pa.chunked_array([list(FORMULAS), ["glue", None]])
    table = pa.table({"product": names.dictionary_encode(), "id": names, "change": range(-3, 3)})
    write_table(table, tmp_path / "parcels", csv=True)
    heading, *rows = cells((tmp_path / "parcels.csv").read_text())
    assert heading == ["product", "id", "change"]
    assert [row[0] for row in rows] == [*(f"'{name}" for name in FORMULAS), "glue", ""]
    assert [row[1] for row in rows] == [row[0] for row in rows]
    assert [row[2] for row in rows] == ["-3", "-2", "-1", "0", "1", "2"]
    stored = pq.read_table(tmp_path / "parcels.parquet")
    assert stored["id"].to_pylist() == [*FORMULAS, "glue", None]


def test_no_cell_of_the_summary_is_a_formula() -> None:
    rows = cells(csv_text(whole_comparison(World({"=1+1": 1.4, "-B": 1.0}, runs=2, parcels=2_000))))
    assert {row[0] for row in rows[1:]} == {"'=1+1", "'-B", "'=1+1 vs -B"}
    assert harmless(rows)
    assert any(float(row[2] or 0) < 0 for row in rows[1:]), "negative numbers are numbers"


def test_no_cell_of_the_responses_of_a_study_is_a_formula() -> None:
    study = Study(base=NETWORK, factors={"network.round": ["8 h", "9 h"]})
    points = [
        answered(point(f"p00{row}", {"@load": value}, {}), [3.0, 3.5])
        for row, value in enumerate(("=1+1", "-5%"))
    ]
    heading, *rows = cells(_responses(studied(study, points, three_networks())))
    assert heading[-1] == "'@load"
    assert [row[-1] for row in rows] == ["'=1+1", "-5%"], "the second is a number"
    assert [row[1] for row in rows] == ["'@load =1+1", "'@load -5%"]
