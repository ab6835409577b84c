"""The notebooks are what their reviewed text says, and run."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbclient
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
TEXTS = sorted(FOLDER.glob("*.py"))
SMOKE = "parcels_with_pandas_and_duckdb"
"""Runs by default; the others are slow."""

SECONDS = 600


def cells(notebook: Path) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in jupytext.read(notebook).cells]


def test_every_text_has_its_notebook() -> None:
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == {path.stem for path in TEXTS}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_notebook_is_its_text(text: Path) -> None:
    notebook = text.with_suffix(".ipynb")
    assert cells(notebook) == cells(text), "run  jupytext --to ipynb notebooks/*.py"
    outputs = [cell.outputs for cell in jupytext.read(notebook).cells if cell.cell_type == "code"]
    assert not any(outputs), "notebooks are kept without their outputs"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(path, id=path.stem, marks=() if path.stem == SMOKE else pytest.mark.slow)
        for path in TEXTS
    ],
)
def test_a_notebook_runs(text: Path, tmp_path: Path) -> None:
    notebook = jupytext.read(text)
    place = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=SECONDS, resources=place).execute()
    shown = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert any(out.output_type in ("execute_result", "display_data") for out in shown)
    assert not [out for out in shown if out.output_type == "error"]
