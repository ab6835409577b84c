"""`logistics compare`, `run` and `trace`: orders through networks."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from logistics.cli.ending import say
from logistics.cli.options import OneScenario, Scenarios, argument, with_options
from logistics.cli.showing import (
    console,
    folder_for,
    print_damaged,
    print_experiment,
    print_written,
    progress_bar,
)
from logistics.experiments.workers.progress import silent


@with_options("compare")
def compare(scenarios: Scenarios = None, **options: Any) -> None:
    """Send the same orders through several networks and compare them.

    Prints the answer, how sure it is, why, and the caveats. Writes a folder: a report to be read
    in a browser, pictures, a workbook, tables.

    Examples:
    logistics compare
    logistics compare amazon sellers --days 14 --markets "Texas, Chicago"
    logistics compare amazon mine.xlsx --what-if peak-season --output peak
    """
    alone = len(scenarios or ()) == 1 and not options["what_if"]
    _results(scenarios or None, options, "comparison")
    if scenarios and alone:
        say(f"One network given: nothing is compared, as in  logistics run {scenarios[0]}")


@with_options("run")
def run(scenario: OneScenario, **options: Any) -> None:
    """Send orders through one network.

    Prints the answer, how sure it is, and the caveats. Writes a folder: a report to be read in a
    browser, pictures, a workbook, tables.

    Examples:
    logistics run sellers --days 14
    logistics run mine.yaml --replications 10 -o ten-runs
    logistics run warehouses --orders orders.csv --json
    """
    _results([scenario], options, "run")


@with_options("trace")
def trace(scenarios: Scenarios = None, **options: Any) -> None:
    """Follow one order through each network, place by place.

    Times are the local times of the places. The order is given by its --order id, or is the first
    of a --product to a --market. Without either, the two shoppers: a vinyl album to Richmond (232),
    a detangling hairbrush to Seattle (981). The journeys are those of the first run of a
    comparison with the same options.

    Examples:
    logistics trace
    logistics trace --product hairbrush --market Seattle
    logistics trace sellers --order 123456 --orders-per-day 20000
    """
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.experiments.trace import days_for, wanted_orders  # noqa: PLC0415
    from logistics.experiments.trace import trace as follow  # noqa: PLC0415
    from logistics.report.text.journeys import trace_text  # noqa: PLC0415

    order, product, market, workers, follow_days = (
        options.pop(name) for name in ("order", "product", "market", "workers", "follow_days")
    )
    if bool(product) != bool(market) or (order and product):
        raise typer.BadParameter("give --order, or --product and --market, or none of them")
    what = plan(scenarios or None, replications=1, **options)
    wanted = wanted_orders(what.scenarios[0], order or "", product or "", market or "")
    what = days_for(what, wanted, options["days"], follow_days)
    with progress_bar() as report:
        traces = follow(what, wanted, workers, report)
    out = console()
    for number, one in enumerate(traces):
        if number:
            out.print()
        out.print(trace_text(one))


def _results(scenarios: list[str] | None, options: dict[str, Any], folder: str) -> None:
    """Run scenarios, write the results folder, and print. `folder`: unless another was given."""
    from logistics.jobs import ComparisonRequest  # noqa: PLC0415
    from logistics.jobs import run as run_job  # noqa: PLC0415

    full, (output, moved) = options.pop("full"), folder_for(options, folder)
    as_json, quiet = options.pop("json"), options.pop("quiet")
    with nullcontext(silent) if quiet or as_json else progress_bar() as report:
        result = run_job(ComparisonRequest(output, scenarios, options), report)
    if moved:
        say(moved)
    if as_json or quiet:
        summary = output / "summary.json"
        typer.echo(summary.read_text(encoding="utf-8").rstrip() if as_json else output)
        if result.not_drawn:
            typer.echo(result.not_drawn, err=True)
        return
    print_experiment(result, full)
    print_written(output, options["report"], result.not_drawn)


def report(
    folder: Annotated[Path, argument("FOLDER", "A results folder, or that of a study.")],
) -> None:
    """Draw page, pictures and workbook of a results folder again.

    Nothing is run. Of a study's folder: what its finished runs say, as  logistics study report
    FOLDER.

    Examples:
    logistics report comparison
    logistics report my-study
    logistics compare --no-report
    """
    from logistics.jobs import write_report  # noqa: PLC0415

    print_damaged(write_report(folder))
    print_written(folder, True)
