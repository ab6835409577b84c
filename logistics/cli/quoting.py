"""`logistics quote`: which delivery date to show, and until when to order."""

from __future__ import annotations

from contextlib import nullcontext
from json import dumps
from typing import Any

import typer

from logistics.cli.ending import say
from logistics.cli.options import OneScenario, with_options
from logistics.cli.showing import console, folder_for, progress_bar
from logistics.experiments.workers.progress import silent


@with_options("quote")
def quote(scenario: OneScenario, **options: Any) -> None:
    """Say which delivery date to quote, so that a given share of the quotes is kept.

    By ZIP3, weekday and time of the order, from runs of the scenario. Writes a folder with a CSV
    file and a workbook. With --by, also the last order date for delivery by a date.

    Examples:
    logistics quote tiktok-platform-fulfilled
    logistics quote amazon --share 0.9 --cutoffs "14:00, 20:00" --markets Texas
    logistics quote warehouses --what-if peak-season --days 28 --by 2023-12-23
    """
    from logistics.quoting import QuoteRequest  # noqa: PLC0415
    from logistics.quoting import run as run_quotes  # noqa: PLC0415
    from logistics.report.quotes import quote_facts, quote_lines, quote_table  # noqa: PLC0415
    from logistics.report.tables.terminal import rendered  # noqa: PLC0415

    as_json, quiet = options.pop("json"), options.pop("quiet")
    output, moved = folder_for(options, "quotes")
    with nullcontext(silent) if quiet or as_json else progress_bar() as report:
        found = run_quotes(QuoteRequest(output, scenario, options), report)
    if moved:
        say(moved)
    if quiet or as_json:
        typer.echo(dumps(quote_facts(found)) if as_json else output)
        return
    out = console()
    out.print(rendered(quote_table(found), out.width))
    for line in quote_lines(found):
        out.print(line)
    typer.echo(f"Quotes in {output}: quotes.xlsx to read, quotes.csv to load.")
