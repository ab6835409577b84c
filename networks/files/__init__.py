"""Networks as files: a folder of CSV files, or one workbook, in and out.

`networks.sheets` has every sheet and column; `docs/reference/network-files.md` is made of it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import networkx as nx

from networks.files.assembly import Assembly
from networks.files.fault_log import CellRef, FaultLog, Index
from networks.files.folders import read_folder, write_folder
from networks.files.reader_columns import without_reader_columns
from networks.files.rows import sheet_rows
from networks.files.tables import Table, read_settings, read_table
from networks.files.workbooks import write_template_workbook, write_workbook
from networks.inputs.faults import Fault, InputError, did_you_mean, whole_file
from networks.inputs.grids import Grid
from networks.inputs.workbooks import read_workbook
from networks.schema import Network
from networks.sheets import SHEET, SHEETS
from networks.validation import faults_of

_PACKAGE = Path(str(resources.files("networks")))
EXAMPLES: Mapping[str, Path] = {
    file.parent.name: file.parent for file in sorted(_PACKAGE.glob("examples/*/facilities.csv"))
}
"""Worked examples that come with the program: folders by name."""


@dataclass(frozen=True)
class NetworkFile:
    """A network that was read, and what goes with it.

    `based_on`: the built-in scenario whose orders, promise, risks and days go with the network, ''
    if none. `warnings`: a line for each kind of value that was repaired, and for what is idle.
    """

    network: Network
    based_on: str
    warnings: tuple[str, ...]
    log: FaultLog = field(repr=False, compare=False)
    index: Index = field(repr=False, compare=False)

    def located(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """Return faults of the network, found later, as faults of its file."""
        found = FaultLog(self.log.path, self.log.files)
        _add(faults, found, self.index)
        return found.in_order()


def is_network(path: str | Path) -> bool:
    """Tell whether a path is a folder with a facilities.csv in it, or an .xlsx file."""
    # Path.is_file raises for a name that is too long
    book = str(path).lower().endswith(".xlsx") and os.path.isfile(path)
    return book or os.path.lexists(os.path.join(path, "facilities.csv"))


def read_network(path: str | Path, markets: Collection[str] = ()) -> NetworkFile:
    """Return the network of a folder of CSV files or a workbook.

    `markets`: ids of markets that must be served, besides those the network lists itself.

    Raises InputError with every fault: of cells, of what refers to nothing, and of the rules
    of a network as far as they can be checked.
    """
    path = Path(path)
    log = FaultLog(str(path))
    grids = without_reader_columns(_grids(path, log), log)
    tables = _tables(grids, log)
    settings = read_settings(tables["settings"], log)
    assembly = Assembly(tables, settings, log)
    network, index = assembly.network(), assembly.index
    if not any(log.lacks(sheet.name, name) for sheet in SHEETS for name in sheet.key):
        _add(faults_of(network, markets), log, index)
    if log.faults:
        raise InputError(log.in_order())
    warnings = (*log.warnings, *_idle_stations(network, log, index))
    return NetworkFile(network, settings["scenario"], warnings, log, index)


def _idle_stations(network: Network, log: FaultLog, index: Index) -> Iterable[str]:
    """Yield a line if delivery stations with a round serve no market."""
    serving = {station for station, _, _ in network.doors()}
    idle = [
        name for name, place in network.facilities().items()
        if place.kind == "delivery station" and place.wave_times and name not in serving
    ]  # fmt: skip
    if idle:
        rows = sorted(index.find(name, "wave_times").row or 0 for name in idle)
        some = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
        yield (
            f"{log.file('rounds')}: station: {len(idle):,} delivery stations with a round"
            f" serve no market, such as {idle[0]} (rows {some})"
        )


def _grids(path: Path, log: FaultLog) -> Mapping[str, Grid]:
    if not os.path.exists(path):  # Path.exists raises for a name that is too long
        raise whole_file(path, "there is no such file or folder")
    if path.is_dir():
        return read_folder(path, log)
    if not path.is_file() or path.suffix.lower() == ".csv":
        allowed = "the folder it lies in, or an .xlsx workbook"
        raise whole_file(path, "is one file of several", allowed)
    grids = read_workbook(path, SHEET)
    for name in grids.keys() - SHEET.keys():
        problem = f"is not a known sheet{did_you_mean(name, SHEET.keys() - grids.keys())}"
        log.add(CellRef(name), "", problem, ", ".join(SHEET))
    return grids


def _tables(grids: Mapping[str, Grid], log: FaultLog) -> dict[str, Table]:
    """Return the table of every sheet, empty where there is none."""
    tables = {}
    for sheet in SHEETS:
        grid = grids.get(sheet.name, Grid(1, [], []))
        if grid.heading:
            tables[sheet.name] = read_table(sheet, grid, log)
            continue
        if sheet.needed and CellRef(sheet.name) not in log.faulty:
            problem = "is empty" if sheet.name in grids else "this sheet is missing"
            headings = ", ".join(column.name for column in sheet.columns)
            log.add(CellRef(sheet.name), "", problem, f"a sheet with the headings {headings}")
        tables[sheet.name] = Table(sheet, [], {column.name: [] for column in sheet.columns})
    return tables


def _add(faults: Iterable[Fault], log: FaultLog, index: Index) -> None:
    """Note faults of a network where they were written, unless a known fault explains them."""
    for fault in faults:
        part, attribute = map(str, fault.keys)
        place = index.find(part, attribute)
        rows = index.rows.get(part, [])
        cells = [CellRef(row.sheet, row.row, place.column) for row in rows]
        missing = CellRef(_SHEET_OF.get(attribute, ""))
        if any(map(log.explains, (place, missing, *cells))):
            continue
        if fault.follows and log.touches(fault.follows):
            continue
        if place == CellRef("stock") and any(
            known.sheet in ("stock", "sellers") for known in log.faulty
        ):
            continue
        value = fault.value.strip("'") if place.column else ""
        named = place.column or (place.row is None and part in index.rows)
        problem = fault.problem if named else f"{part}: {fault.problem}"
        log.add(place, value, problem, fault.allowed)


_SHEET_OF = {
    "departs": "departures",
    "wave_times": "rounds",
    "shifts": "shifts",
    "owner": "owners",
    "share": "markets",
}
"""The sheet that a fault of an attribute follows from, if it could not be read."""


def write_network(network: Network, path: str | Path, based_on: str = "") -> None:
    """Write a network at its full size: a workbook where the path ends in .xlsx, else a folder.

    `based_on`: the built-in scenario that goes with it.

    Raises FileExistsError where something exists already.
    """
    path = _free(Path(path))
    write = write_workbook if path.suffix.lower() == ".xlsx" else write_folder
    write(path, sheet_rows(network, based_on))


def _free(path: Path) -> Path:
    """Return a path at which nothing exists, except an empty folder."""
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise FileExistsError(17, "already exists; choose another name", str(path))
    return path


def write_template(path: str | Path) -> None:
    """Write the headings alone: a workbook with notes and lists to choose from, or CSV files.

    Raises FileExistsError where something exists already.
    """
    path = _free(Path(path))
    if path.suffix.lower() == ".xlsx":
        write_template_workbook(path)
    else:
        write_folder(path, ((sheet, ()) for sheet in SHEETS))


def write_graphml(network: Network, path: str | Path) -> None:
    """Write facilities, markets, lanes and doors as GraphML, for Gephi, yEd or NetworkX.

    The mode of a lane is its key; calendars, volumes and sellers are not in a graph.
    """
    nx.write_graphml(network.graph, str(path), named_key_ids=True)
