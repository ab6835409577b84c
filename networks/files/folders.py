"""A folder of CSV files, one a sheet: raw cells in and out."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from networks.files.fault_log import CellRef, FaultLog
from networks.inputs.cells import spreadsheet_text
from networks.inputs.faults import InputError, did_you_mean
from networks.inputs.grids import Grid, Row, read_csv_grid, written
from networks.sheets import SHEET, Sheet


def read_folder(path: Path, log: FaultLog) -> dict[str, Grid]:
    """Return the sheets of a folder; what is wrong with a whole file is noted."""
    grids = {}
    log.files |= {name: str(path / f"{name}.csv") for name in SHEET}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() != ".csv" or file.name.startswith("."):
            continue
        name = file.stem
        log.files[name] = str(file)
        if name not in SHEET:
            problem = f"is not a known sheet{did_you_mean(name, SHEET, '.csv')}"
            log.add(CellRef(name), "", problem, ", ".join(SHEET))
            continue
        try:
            grids[name] = read_csv_grid(file)
        except InputError as error:
            log.faulty.add(CellRef(name))
            for fault in error.faults:
                log.add(CellRef(name, fault.line), "", fault.problem, fault.allowed)
    return grids


def write_folder(path: Path, sheets: Iterable[tuple[Sheet, Iterable[Row]]]) -> None:
    """Write a folder of CSV files, made for it."""
    path.mkdir(parents=True, exist_ok=True)
    for sheet, rows in sheets:
        with open(path / f"{sheet.name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in sheet.columns])
            writer.writerows([_written(value) for value in row] for row in rows)


def _written(value: object) -> str:
    return spreadsheet_text(value) if isinstance(value, str) else written(value)
