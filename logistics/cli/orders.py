"""`logistics orders read`: how an export is read, and its map as a file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logistics.cli.help import Commands
from logistics.cli.options import argument, with_options
from logistics.cli.showing import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from logistics.orders.exports import Export

_RULES = {
    "order": "one parcel per order",
    "line": "one parcel per line item",
    "package": "one parcel per package id",
    "row": "one parcel per row",
}

orders_app = Commands(
    """Read order exports.

    Examples:
    logistics orders read shopify.csv
    logistics orders read orders.xlsx --parcels line
    logistics run sellers --orders shopify.csv --map shopify.csv.map.yaml
    """
)

_File = Annotated[Path, argument("FILE", "CSV, TSV, Excel or Parquet file of orders.")]
_MOST_TITLE = 30
"""Letters of a title that are shown."""
_MOST_UNUSED = 12


@orders_app.command("read")
@with_options("orders read")
def read_orders(file: _File, **options: Any) -> None:
    """Show how an order export is read, and save that as a map in FILE.map.yaml.

    Columns are matched by name, or by their values; articles are assigned to product classes by
    title and price. Edit the map if anything is wrong, and check it with --map FILE.map.yaml.
    compare, run and trace take the same --map.

    Examples:
    logistics orders read shopify.csv
    logistics orders read orders.csv --map orders.csv.map.yaml
    logistics orders read orders.csv --dates day-first --strict
    """
    from logistics.orders.exports import read_export  # noqa: PLC0415
    from logistics.orders.order_maps import formats  # noqa: PLC0415
    from logistics.runtime.output_folders import output_path  # noqa: PLC0415
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415
    from networks.inputs.faults import refuse, whole_file  # noqa: PLC0415
    from networks.inputs.input_files import check_is_file  # noqa: PLC0415
    from networks.inputs.yaml_writer import write_yaml  # noqa: PLC0415

    check_is_file(file)
    scenario = load_scenario(options.pop("scenario") or builtin_scenarios()[0])
    order_map = options.pop("map")
    target = file.with_name(f"{file.name}.map.yaml")
    if order_map in (None, *formats()) and target.exists():
        allowed = f"--map {target}, or delete it for a new one"
        raise whole_file(target, "there is a map of this file already", allowed)
    found = read_export(file, scenario.orders.products, order_map, **options)
    _show(found, console())
    if found.is_new:
        with output_path(target) as unfinished:
            unfinished.write_text(write_yaml(found.rows.order_map), encoding="utf-8")
        typer.echo(f"Map written to {target}. Edit it if anything is wrong.")
    refuse(found.rows.faults)
    words = ["logistics", "compare", "--orders", str(file), "--map", order_map or str(target)]
    typer.echo(f"To run these orders:  {shlex.join(words)}")


def _show(found: Export, out: Console) -> None:
    from logistics.orders.order_rows import counted  # noqa: PLC0415

    rows, table = found.rows, found.rows.table
    known = f"; format: {rows.order_map.format}" if rows.order_map.format else ""
    place = f"{counted(rows.rows, 'row')} below line {table.heading_line}"
    out.print(f"{table.name}: {table.layout}, {place}{known}", style="bold")
    out.print(_columns(found))
    for line in _counts(found):
        out.print(line)
    if len(rows):
        out.print(_first_parcels(found))
    for note in rows.notes:
        out.print(note)


def _columns(found: Export) -> Table:
    """Return which columns are used, for what."""
    table = _table("read as", "column", "first value", "matched")
    for name, heading, first, why in found.columns():
        table.add_row(name, _short(heading), _short(first), why)
    return table


def _counts(found: Export) -> Iterator[str]:
    """Say in lines which days, orders and articles there are."""
    from logistics.orders.order_rows import counted, span_text  # noqa: PLC0415

    rows = found.rows
    if len(rows):
        first, last, a_day = rows.span()
        facts = rows.facts()
        yield f"dates     {span_text(first, last)}, {counted(a_day, 'parcel')} a day"
        parcels = counted(facts["parcels"], "parcel")
        yield f"orders    {facts['orders']:,} in {parcels} ({_RULES[rows.order_map.parcels]})"
    for number, (name, count, titles) in enumerate(found.products()):
        named = ", ".join(_short(title) for title in titles)
        yield f"{'' if number else 'products':<9} {name}: {count:,}{f' ({named})' if named else ''}"
    if rows.statuses:
        canceled = {text.casefold() for text in rows.order_map.canceled}
        listed = [
            f"{_short(text)} {count:,}" + " (left out)" * (text.casefold() in canceled)
            for text, count in rows.statuses.items()
        ]
        yield f"statuses  {', '.join(listed)}"
    if found.unused:
        # first those that may be of use
        unused = sorted(found.unused, key=lambda one: not one[1])
        listed = [_short(name) + (f" ({what})" if what else "") for name, what in unused]
        more = f" and {len(listed) - _MOST_UNUSED} more" if len(listed) > _MOST_UNUSED else ""
        yield f"not used  {', '.join(listed[:_MOST_UNUSED])}{more}"


def _first_parcels(found: Export) -> Table:
    table = _table("order", "ordered (local time)", "market", "product")
    for order, time, market, product in found.first_parcels():
        table.add_row(_short(order), time, market, product)
    return table


def _table(*heading: str) -> Table:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in heading:
        table.add_column(name)
    return table


def _short(text: str) -> str:
    """Return a text as it may be printed, cut where it is long."""
    from networks.inputs.faults import printable  # noqa: PLC0415

    text = printable(text)
    return text if len(text) <= _MOST_TITLE else text[: _MOST_TITLE - 3] + "..."
