"""`logistics network` and `logistics validate`: networks out to files, and in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logistics.cli.ending import REFUSED, fail
from logistics.cli.options import OneScenario, argument, with_options

if TYPE_CHECKING:
    from logistics.scenario.scenario import Scenario
    from networks.schema import Network

networks_app = typer.Typer(
    no_args_is_help=True, help="Show a network, or write one to a workbook to be changed."
)

_SHOWN = 20
_OTHER_FILES = {".csv", ".json", ".ods", ".txt", ".xls", ".xlsb", ".xlsm", ".yaml", ".yml", ".zip"}

_Target = Annotated[
    Path,
    argument("PATH", "A workbook (.xlsx), or a folder for CSV files; must not exist yet."),
]
_Exported = Annotated[
    str,
    argument(
        "NAME",
        "Name of a built-in scenario or of an example (small-seller), a YAML file, or"
        " a network of your own.",
    ),
]
_Export = Annotated[
    Path,
    argument(
        "PATH",
        "A workbook (.xlsx), a folder for CSV files, or a GraphML file (.graphml);"
        " must not exist yet.",
    ),
]
_Checked = Annotated[
    str,
    argument("PATH", "A network of your own (.xlsx or a folder), or a scenario (YAML file or"
             " name)."),
]  # fmt: skip


@networks_app.command("show")
@with_options("network show")
def show_network(scenario: OneScenario, **options: Any) -> None:
    """Show what is built for a scenario: facilities, lanes, departures, and what a sample hides."""
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.model.network import build_network  # noqa: PLC0415

    (chosen,) = plan([scenario], **options).scenarios
    _show(chosen, build_network(chosen))


@networks_app.command("export")
def export_network(scenario: _Exported, path: _Export) -> None:
    """Write a network to a workbook, to CSV files or to GraphML.

    A workbook or folder can be changed and run: `logistics run PATH`.
    """
    from dataclasses import replace  # noqa: PLC0415

    from logistics.model.network import build_network  # noqa: PLC0415
    from logistics.runtime.output_folders import output_path  # noqa: PLC0415
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415
    from networks.files import EXAMPLES, write_graphml, write_network  # noqa: PLC0415

    _refuse_other_files(path)
    chosen = load_scenario(EXAMPLES.get(scenario, scenario))
    network = replace(build_network(chosen), name=path.stem)
    with output_path(path) as target:
        if path.suffix == ".graphml":
            write_graphml(network, target)
        else:
            based_on = scenario if scenario in builtin_scenarios() else ""
            write_network(network, target, based_on)
    typer.echo(f"Written to {path}.")
    if path.suffix != ".graphml":
        typer.echo(f"Change it, then:  logistics validate {path}  and  logistics run {path}")


@networks_app.command("template")
def write_network_template(path: _Target) -> None:
    """Write an empty workbook (or folder) with a comment on every column, to be filled in."""
    from logistics.runtime.output_folders import output_path  # noqa: PLC0415
    from networks.files import write_template  # noqa: PLC0415

    _refuse_other_files(path)
    with output_path(path) as target:
        write_template(target)
    typer.echo(f"Written to {path}.")
    typer.echo(f"Fill it in, then:  logistics validate {path}")


def _refuse_other_files(path: Path) -> None:
    if path.suffix.lower() in _OTHER_FILES:
        raise typer.BadParameter(f"'{path}' is neither .xlsx nor .graphml nor a folder's name")


def validate(path: _Checked) -> None:
    """Check a network or a scenario: print every fault, or else what it is.

    Stricter than a run: a network that cannot carry a week of the orders for which it is built is
    refused. What is overloaded on the busiest day only is listed: parcels wait there.
    """
    from logistics.model.prepare import prepare  # noqa: PLC0415
    from logistics.scenario.load import load_scenario  # noqa: PLC0415
    from networks.workload.loads import loads, overloads  # noqa: PLC0415

    chosen = load_scenario(path)
    network = prepare(chosen).full_size
    demand = chosen.orders
    expected = loads(network, demand.shape(), demand.market_ids(), demand.hours)
    if too_much := overloads(expected, lasting=True):
        fail("\n".join(f"{path}: {line}" for line in too_much), REFUSED)
    _show(chosen, network)
    busiest = overloads(expected)
    more = [f"{len(busiest) - _SHOWN} more places"] if len(busiest) > _SHOWN else []
    for line in [*busiest[:_SHOWN], *more]:
        typer.echo(f"Waits on the busiest day: {line}")
    typer.echo("No faults.")


def _show(chosen: Scenario, built: Network) -> None:
    from logistics.model.network import at_sample  # noqa: PLC0415
    from networks.builders.sizing import summary  # noqa: PLC0415
    from networks.scaling import not_resolved  # noqa: PLC0415

    typer.echo(f"{chosen.name}: {chosen.title}")
    for line in summary(built):
        typer.echo(f"  {line}")
    sample = chosen.orders.orders_per_day
    coarse = not_resolved(at_sample(chosen, built))
    typer.echo(f"At {sample:,} orders a day, too coarse to tell how scarce it is:")
    for line in coarse or ("nothing",):
        typer.echo(f"  {line}")
