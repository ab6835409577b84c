"""The files of a results folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logistics.analysis.comparison import pair_name
from logistics.analysis.definitions import NETWORK_FIGURES, PAIRED_FIGURES, QUANTILES
from logistics.analysis.figures import distribution
from logistics.experiments.comparing import Experiment
from logistics.outputs import ABOUT, TITLE
from logistics.report.summary import write_summary
from logistics.results import Run
from logistics.writing import write_yaml

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = ("parcels", "legs", "departures", "facilities")
OF_MEASURED = ("parcels", "legs")
"""Tables with the measured orders only: the others come and go in warm-up and cool-down days."""

_ABOUT_SUMMARY = """\
summary.json           every figure with its interval, for programs
summary.csv            the same for a spreadsheet, with a definition of each figure
delivery_times.png     picture: share of parcels delivered against days since the order
delivery_times.svg     the same picture, to be enlarged
replications.parquet   every figure of every single run: scenario, replication (from 0), figure,
                       value, unit; 'A vs B' in place of a scenario is B less A, order by order
distributions.parquet  share of parcels within so many days, mean over the runs with its interval
"""

_ABOUT_SCENARIO = """\
scenario.yaml          everything the runs hang on; to repeat them:
                       logistics run {name}/scenario.yaml{orders}
"""

_ABOUT_TABLES = {
    "parcels": "one row a parcel: what was ordered, its clocks, its way, what became of it",
    "legs": "one row a parcel and lane or round: ready, departed, arrived",
    "departures": "one row a departure or courier round: load, capacity, left behind",
    "facilities": "one row a facility and hour: arrivals, queue, workers, utilisation",
}

_ABOUT_TIMES = """\
The tables are those of the first run: parcels and legs of the measured orders; departures and
facilities of all days, warm-up and cool-down days included.
Times are UTC in columns that end in _utc; what has not happened is missing. Dates are local.
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
    measured = run.of(run.measured) if kept.tables else run
    for table in TABLES if kept.tables else ():
        # a copy of the run, because a run keeps each table it was asked for
        of = replace(measured if table in OF_MEASURED else run)
        _write_table(_arrow(getattr(of, table)), place / table, kept.csv)
    if kept.raw:
        run.save(place / "run")


def write_experiment(experiment: Experiment, folder: Path) -> None:
    """Write the summary, the picture, the tables over all runs, and the scenarios.

    Raises OSError if they cannot be written.
    """
    from logistics.report.pictures import plot_delivery_times, save_picture  # noqa: PLC0415

    started = time.perf_counter()
    comparison = experiment.comparison
    _write_table(_replications(experiment), folder / "replications")
    _write_table(_distributions(experiment), folder / "distributions")
    for scenario in experiment.plan.scenarios:
        place = folder / scenario.name
        place.mkdir(exist_ok=True)
        (place / "scenario.yaml").write_text(write_yaml(scenario), encoding="utf-8")
    save_picture(plot_delivery_times(comparison), folder / "delivery_times")
    (folder / ABOUT).write_text(_about(experiment, folder), encoding="utf-8")
    seconds = comparison.run["seconds"] + time.perf_counter() - started
    write_summary(replace(comparison, run={**comparison.run, "seconds": seconds}), folder)


def _about(experiment: Experiment, folder: Path) -> str:
    """Return the text that says what each file is."""
    plan, run = experiment.plan, experiment.comparison.run
    orders = f" --orders {run['orders']}" if run["orders"] else ""
    parts = [
        f"{TITLE} {run['versions']['logistics']}: {', '.join(plan.names)}\n"
        f"Run {plan.replications} time{'s' * (plan.replications > 1)}, seed {plan.seed};"
        f" {run['days']} measured days from {run['first_day']}.\n",
        _ABOUT_SUMMARY,
    ]
    for name in plan.names:
        files = _ABOUT_SCENARIO.format(name=name, orders=orders)
        for table, text in _ABOUT_TABLES.items():
            for suffix in ("parquet", "csv"):
                if (folder / name / f"{table}.{suffix}").exists():
                    files += f"{f'{table}.{suffix}':<22} {text}\n"
        if (folder / name / "run").exists():
            files += f"{'run/':<22} the first run as it is, for logistics.Run.load\n"
        parts.append(f"In {name}:\n{files}")
    if any((folder / name / "parcels.parquet").exists() for name in plan.names):
        parts.append(_ABOUT_TIMES)
    return "\n".join(parts)


def _replications(experiment: Experiment) -> pa.Table:
    """Return one row per scenario (or pair of them), replication and figure."""
    return _table(("scenario", "replication", "figure", "value", "unit"), _values(experiment))


def _values(experiment: Experiment) -> Iterator[tuple[Any, ...]]:
    for number, replicate in enumerate(experiment.replicates):
        for name, measured in replicate.measurements.items():
            for figure, value in measured.figures.items():
                yield name, number, figure, value, NETWORK_FIGURES[figure].unit
        for pair, paired in replicate.pairs.items():
            for figure, value in paired.figures.items():
                yield pair_name(*pair), number, figure, value, PAIRED_FIGURES[figure].unit


def _distributions(experiment: Experiment) -> pa.Table:
    """Return one row per scenario, distribution and day of its grid."""
    rows: list[tuple[Any, ...]] = []
    for name in experiment.comparison.names:
        measured = [one.measurements[name] for one in experiment.replicates]
        for what in QUANTILES:
            band = distribution(measured, what, experiment.comparison.level)
            columns = (band.grid, band.share, band.low, band.high)
            points = zip(*(column.tolist() for column in columns), strict=True)
            rows += [(name, what, *point) for point in points]
    return _table(("scenario", "distribution", "days", "share", "low", "high"), rows)


def _table(names: tuple[str, ...], rows: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    columns = zip(*rows, strict=True)
    return pa.table(
        {  # from_pandas: what is not a number is missing
            name: pa.array(column, from_pandas=True)
            for name, column in zip(names, columns, strict=True)
        }
    )


def _arrow(frame: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    return pa.Table.from_pandas(frame, preserve_index=False)


def _write_table(table: pa.Table, stem: Path, csv: bool = False) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    names = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type)
    ]
    pq.write_table(table, stem.with_suffix(".parquet"), compression="zstd", use_dictionary=names)
    if csv:
        plain = [
            column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            for column in table.columns
        ]
        texts = pa.table(dict(zip(table.column_names, plain, strict=True)))
        pyarrow.csv.write_csv(texts, stem.with_suffix(".csv"))
