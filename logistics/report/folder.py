"""The files of a results folder."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logistics.analysis.accumulate import Accumulator
from logistics.experiments.compare import Experiment
from logistics.report.summary import write_summary
from logistics.report.text.assumptions import assumptions
from logistics.runs.run import Run
from logistics.runtime.output_folders import ABOUT, TITLE
from logistics.scenario.scenario import OwnNetwork, Scenario
from networks.inputs.yaml_writer import write_yaml
from networks.schema import Network

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = ("parcels", "legs", "departures", "facilities")
OF_MEASURED = ("parcels", "legs")
"""Tables with the measured orders only: the others come and go in warm-up and cool-down days."""

_ABOUT_SUMMARY = """\
report.html            the answer, and how it came about: one page to read, send and print
summary.xlsx           its figures as numbers, to be pasted into slides
pictures/              its pictures, each as PNG and, to be enlarged, as SVG
delivery_times.png     one of them: share of parcels delivered against days since the order
delivery_times.svg     the same picture, to be enlarged
summary.json           every figure with its interval, for programs
summary.csv            the same for a spreadsheet, with a definition of each figure
replications.parquet   every figure of every single run: scenario, replication (from 0), figure,
                       value, unit; 'A vs B' in place of a scenario is B less A, order by order
distributions.parquet  share of parcels within so many days, mean over the runs with its interval
"""

_ABOUT_SCENARIO = """\
scenario.yaml          everything the runs hang on; to repeat them, in this folder:
                       {command}
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


def write_experiment(
    experiment: Experiment,
    folder: Path,
    report: bool = True,
) -> None:
    """Write the page, its pictures and workbook, the summary, tables over all runs, scenarios.

    `report`: whether to write page, workbook and all pictures, or only that of the times.

    Raises OSError if they cannot be written.
    """
    started = time.perf_counter()
    comparison = experiment.comparison
    runs = experiment.accumulated
    _write_table(replications_table(runs), folder / "replications")
    _write_table(distributions_table(runs, comparison.level), folder / "distributions")
    for scenario in experiment.plan.scenarios:
        _write_scenario(scenario, experiment.networks[scenario.name], folder / scenario.name)
    _keep_orders(experiment.plan.orders, folder)
    if report:
        _write_report(experiment, folder)
    else:
        from logistics.report.pictures import plot_delivery_times, save_picture  # noqa: PLC0415

        save_picture(plot_delivery_times(comparison), folder / "delivery_times")
    (folder / ABOUT).write_text(_about(experiment, folder), encoding="utf-8")
    seconds = comparison.run["seconds"] + time.perf_counter() - started
    write_summary(replace(comparison, run={**comparison.run, "seconds": seconds}), folder)


def _write_scenario(scenario: Scenario, network: Network, place: Path) -> None:
    """Write a scenario so that it can be run again, with its network if that is one of your own."""
    place.mkdir(exist_ok=True)
    if isinstance(scenario.network, OwnNetwork):
        from networks.files import write_network  # noqa: PLC0415

        write_network(network, place / "network")
        scenario = scenario.replace(network={"path": "network"})
    (place / "scenario.yaml").write_text(write_yaml(scenario), encoding="utf-8")


def _keep_orders(orders: Any, folder: Path) -> None:
    """Copy the file of orders into the folder, if there is one: nothing else repeats the runs."""
    name = _kept_orders(orders)
    if name:
        shutil.copyfile(orders, folder / name)


def _kept_orders(orders: Any) -> str:
    """Return the name of the copied file of orders; '' if they are not from a file."""
    return f"orders{orders.suffix}" if isinstance(orders, Path) and orders.is_file() else ""


def _write_report(experiment: Experiment, folder: Path) -> None:
    """Write what is read by people: pictures, page and workbook."""
    from logistics.report.page import Background, page  # noqa: PLC0415
    from logistics.report.pictures.catalog import (  # noqa: PLC0415  (altair is slow)
        plates,
        save_plates,
    )
    from logistics.report.tables.workbook import write_workbook  # noqa: PLC0415

    comparison, scenarios = experiment.comparison, experiment.plan.scenarios
    sites = {name: network.facilities() for name, network in experiment.networks.items()}
    drawn = list(plates(comparison, sites))
    save_plates(drawn, folder / "pictures")
    for suffix in ("png", "svg"):
        picture = folder / "pictures" / f"delivery_times.{suffix}"
        shutil.copyfile(picture, folder / picture.name)
    background = Background(
        assumptions(scenarios),
        _command(experiment, experiment.plan.names),
        comparison.added_capacity,
    )
    (folder / "report.html").write_text(page(comparison, drawn, background), encoding="utf-8")
    write_workbook(comparison, background, folder / "summary.xlsx")


def _command(experiment: Experiment, names: Sequence[str]) -> str:
    """Return the command that repeats the runs of scenarios of the folder, in the folder."""
    what = "compare" if len(names) > 1 else "run"
    words = ["logistics", what, *(f"{name}/scenario.yaml" for name in names)]
    orders = experiment.plan.orders
    if isinstance(orders, Path):
        words += ["--orders", _kept_orders(orders) or str(orders)]
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
        parts[-1] += f"{_kept_orders(plan.orders):<22} the orders, as they were given\n"
    pictures = sorted(path.stem for path in (folder / "pictures").glob("*.svg"))
    listed = "\n".join(f"{picture}.png, {picture}.svg" for picture in pictures)
    parts.append(f"In pictures:\n{listed}\n")
    for name in plan.names:
        files = _ABOUT_SCENARIO.format(command=_command(experiment, [name]))
        for table, text in _ABOUT_TABLES.items():
            for suffix in ("parquet", "csv"):
                if (folder / name / f"{table}.{suffix}").exists():
                    files += f"{f'{table}.{suffix}':<22} {text}\n"
        if (folder / name / "network").exists():
            files += f"{'network/':<22} the network itself, as CSV files\n"
        if (folder / name / "run").exists():
            files += f"{'run/':<22} the first run as it is, for logistics.Run.load\n"
        parts.append(f"In {name}:\n{files}")
    if any((folder / name / "parcels.parquet").exists() for name in plan.names):
        parts.append(_ABOUT_TIMES)
    return "\n".join(parts)


def replications_table(gathered: Accumulator) -> pa.Table:
    """Return one row per scenario (or pair of them), replication and figure."""
    return _table(("scenario", "replication", "figure", "value", "unit"), gathered.values())


def distributions_table(gathered: Accumulator, level: float) -> pa.Table:
    """Return one row per scenario, distribution and day of its grid."""
    rows: list[tuple[Any, ...]] = []
    for name in gathered.names:
        for what, band in gathered.bands(name, level).items():
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
