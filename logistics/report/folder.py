"""The files of a results folder, but for those that `draw` makes for people."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from logistics.analysis.comparison import Accumulator
from logistics.analysis.measures.registry import added
from logistics.experiments.compare import Experiment
from logistics.orders.order_rows import OrderRows
from logistics.report.saved_results import Results, save_results
from logistics.report.summary import write_summary
from logistics.report.text.assumptions import assumptions
from logistics.runs.facility_hours import facility_hours
from logistics.runs.run import Run
from logistics.runs.tables import departures, legs, stored_parcels
from logistics.runtime.output_folders import ABOUT, TITLE
from networks.files import write_network
from networks.inputs.cells import FORMULA, spreadsheet_text
from networks.inputs.yaml_writer import write_yaml

_ABOUT_SUMMARY = """\
report.html            the answer and what is behind it: one page to read, send and print
summary.xlsx           its tables as numbers, ready for slides
pictures/              its charts, each as PNG and as SVG (which scales)
delivery_times.png     one of them: share of parcels delivered by days since the order
delivery_times.svg     the same chart as SVG
summary.json           every metric with its confidence interval, for programs
summary.csv            the same for a spreadsheet, with the definition of each metric
replications.parquet   every metric of every replication: scenario, replication (from 0), figure,
                       value, unit; 'A vs B' in place of a scenario is B minus A, order by order
distributions.parquet  share of parcels within so many days, mean over the runs with its interval
results.json.zst       what page, pictures and workbook are drawn from:  logistics report FOLDER
"""

_ABOUT_SCENARIO = """\
scenario.yaml          all inputs of the runs; to repeat them, in this folder:
                       {command}
"""

_ABOUT_TABLES = {
    "parcels": "one row per parcel: what was ordered, its timestamps, its route, its outcome",
    "legs": "one row per parcel and lane or delivery route: ready, departed, arrived",
    "departures": "one row per departure or delivery route: load, capacity, rolled volume",
    "facilities": "one row per facility and hour: arrivals, queue, workers, utilization",
}
_ABOUT_KEPT = {
    **{f"{table}.{suffix}": text for table, text in _ABOUT_TABLES.items()
       for suffix in ("parquet", "csv")},
    "network/": "the network, as CSV files",
    "run/": "the whole first run, for logistics.Run.load",
}  # fmt: skip

_KEPT_MAP, _KEPT_IDS = "orders.map.yaml", "order_ids"

_ABOUT_TIMES = """\
The tables are those of the first run: parcels and legs of the measured orders; departures and
facilities of all days, warm-up and later days included.
Times are UTC in columns that end in _utc; what has not happened is blank. Dates are local.
"""


@dataclass(frozen=True)
class Kept:
    """What is kept of a network's first run.

    `tables`: its parcels, legs, departures and facilities as Parquet; `csv`: these as CSV, too;
    `raw`: the run itself, for `Run.load`.
    """

    tables: bool = True
    csv: bool = False
    raw: bool = False


def write_run(folder: Path, kept: Kept, name: str, run: Run) -> None:
    """Write what is kept of a run into `folder/name`.

    Raises OSError if it cannot be written.
    """
    place = folder / name
    place.mkdir(exist_ok=True)
    if kept.tables:
        # of the measured orders only: the others come and go in warm-up and later days
        measured = run.of(run.measured)
        made_of = {
            "parcels": (stored_parcels, measured),
            "legs": (legs, measured),
            "departures": (departures, run),
            "facilities": (facility_hours, run),
        }
        for table, (made, of) in made_of.items():
            content = pa.Table.from_pandas(made(of), preserve_index=False)
            write_table(content, place / table, kept.csv)
    if kept.raw:
        run.save(place / "run")


def write_experiment(experiment: Experiment, folder: Path) -> None:
    """Write the summary, tables over all runs, scenarios, and what a report is drawn from.

    Raises OSError if they cannot be written.
    """
    started = time.perf_counter()
    comparison = experiment.comparison
    runs = experiment.accumulated
    by_run = ("scenario", "replication", "figure", "value", "unit")
    write_table(table_of(by_run, runs.values()), folder / "replications")
    write_table(distributions_table(runs, comparison.level), folder / "distributions")
    for scenario in experiment.plan.scenarios:
        place = folder / scenario.name
        place.mkdir(exist_ok=True)
        written = scenario
        if scenario.network.in_files:
            write_network(experiment.networks[scenario.name], place / "network")
            written = scenario.replace(network={"path": "network"})
        (place / "scenario.yaml").write_text(write_yaml(written), encoding="utf-8")
    _keep_orders(experiment.plan.orders, folder)
    about = _about(experiment, folder)
    (folder / ABOUT).write_text(about, encoding="utf-8")
    save_results(_results(experiment, about), folder)
    seconds = comparison.run["seconds"] + time.perf_counter() - started
    write_summary(replace(comparison, run={**comparison.run, "seconds": seconds}), folder)


def _keep_orders(orders: OrderRows | None, folder: Path) -> None:
    """Copy a file of orders and its map: nothing else repeats the runs."""
    if orders and (name := _kept_orders(orders)):
        shutil.copyfile(str(orders.path), folder / name)
        write_table(pa.Table.from_pandas(orders.ids(), preserve_index=False), folder / _KEPT_IDS)
        if orders.needs_map:
            text = write_yaml(orders.order_map)
            (folder / _KEPT_MAP).write_text(text, encoding="utf-8")


def _kept_orders(orders: OrderRows | None) -> str:
    """Return the name of the copied file of orders; '' if they are not from a file."""
    path = orders.path if orders else None
    return f"orders{path.suffix}" if path and path.is_file() else ""


def _results(experiment: Experiment, about: str) -> Results:
    """Return what a report is drawn from."""
    plan, networks, comparison = experiment.plan, experiment.networks, experiment.comparison
    return Results(
        # the same whenever they were made: no seconds
        comparison=replace(comparison, run={**comparison.run, "seconds": None}),
        facilities={name: network.facilities() for name, network in networks.items()},
        assumptions=assumptions(plan.scenarios),
        command=_command(experiment, plan.names),
        about=about,
        measures=tuple(one.sections for one in added()),
    )


def _command(experiment: Experiment, names: Sequence[str]) -> str:
    """Return the command that repeats the runs of scenarios of the folder, in the folder."""
    what = "compare" if len(names) > 1 else "run"
    words = ["logistics", what, *(f"{name}/scenario.yaml" for name in names)]
    orders = experiment.plan.orders
    if orders and orders.path:
        words += ["--orders", _kept_orders(orders) or str(orders.path)]
        words += ["--map", _KEPT_MAP] if orders.needs_map else []
    if experiment.plan.engine == "textbook" and what == "run":
        words += ["--engine", "textbook"]
    return shlex.join(words)


def _about(experiment: Experiment, folder: Path) -> str:
    """Return the text that says what each file is."""
    plan, run = experiment.plan, experiment.comparison.run
    parts = [
        f"{TITLE} {run['versions']['logistics']}: {', '.join(plan.names)}\n"
        f"Run {plan.replications} time{'s' * (plan.replications > 1)}, seed {plan.seed};"
        f" {run['days']} measured days from {run['first_day']}.\n",
        _ABOUT_SUMMARY,
    ]
    if _kept_orders(plan.orders):
        parts[-1] += f"{_kept_orders(plan.orders):<22} the orders, as given\n"
        parts[-1] += f"{_KEPT_IDS}.parquet      their ids in the tables, and in that file\n"
    if plan.orders and plan.orders.needs_map:
        parts[-1] += f"{_KEPT_MAP:<22} how their columns were read\n"
    for name in plan.names:
        files = _ABOUT_SCENARIO.format(command=_command(experiment, [name]))
        for kept, text in _ABOUT_KEPT.items():
            if (folder / name / kept).exists():
                files += f"{kept:<22} {text}\n"
        parts.append(f"In {name}:\n{files}")
    if any((folder / name / "parcels.parquet").exists() for name in plan.names):
        parts.append(_ABOUT_TIMES)
    return "\n".join(parts)


def distributions_table(gathered: Accumulator, level: float) -> pa.Table:
    """Return one row per scenario, distribution and day of its grid."""
    rows: list[tuple[Any, ...]] = []
    for name in gathered.names:
        for what, band in gathered.measurements[name].bands(level).items():
            columns = (band.grid, band.share, band.low, band.high)
            points = zip(*(column.tolist() for column in columns), strict=True)
            rows += [(name, what, *point) for point in points]
    return table_of(("scenario", "distribution", "days", "share", "low", "high"), rows)


def table_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Return rows as a table; what is not a number is missing."""
    columns = zip(*rows, strict=True)
    return pa.table(
        {name: pa.array(one, from_pandas=True) for name, one in zip(names, columns, strict=True)}
    )


def parquet_bytes(table: pa.Table) -> bytes:
    """Return the content of a Parquet file; only texts are kept as dictionaries."""
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type)
    ]
    content = BytesIO()
    pq.write_table(table, content, compression="zstd", use_dictionary=texts)
    return content.getvalue()


def write_table(table: pa.Table, stem: Path, csv: bool = False) -> None:
    """Write a table as `stem.parquet` and, if asked, as `stem.csv`.

    Raises OSError if it cannot be written.
    """
    stem.with_suffix(".parquet").write_bytes(parquet_bytes(table))
    if csv:
        plain = [_cells(column) for column in table.columns]
        texts = pa.table(dict(zip(table.column_names, plain, strict=True)))
        pyarrow.csv.write_csv(texts, stem.with_suffix(".csv"))


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as the cells of a CSV file: no text is a formula."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    if not pc.any(pc.match_substring_regex(column, FORMULA)).as_py():
        return column
    texts = (None if one is None else spreadsheet_text(one) for one in column.to_pylist())
    return pa.chunked_array([pa.array(texts, pa.string())])
