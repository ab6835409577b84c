"""`logistics network`: networks out to files, to be changed, and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logistics.cli.help import Commands
from logistics.cli.options import ONE, SCENARIOS, OneScenario, argument, with_options
from logistics.cli.showing import print_list

if TYPE_CHECKING:
    from logistics.scenario.scenario import Scenario
    from networks.schema import Network

networks_app = Commands(
    """List or show networks, or write one to a workbook to be changed.

    Examples:
    logistics network list
    logistics network show sellers
    logistics network export small-seller mine.xlsx
    """
)

_OTHER_FILES = {".csv", ".json", ".ods", ".txt", ".xls", ".xlsb", ".xlsm", ".yaml", ".yml", ".zip"}

_Target = Annotated[
    Path,
    argument("PATH", "A workbook (.xlsx), or a folder for CSV files; must not exist yet."),
]
_Exported = Annotated[
    str,
    argument("NAME", ONE, SCENARIOS),
]
_Export = Annotated[
    Path,
    argument(
        "PATH",
        "A workbook (.xlsx), a folder for CSV files, or a GraphML file (.graphml);"
        " must not exist yet.",
    ),
]


@networks_app.command("list")
@with_options("network list")
def list_networks(**options: Any) -> None:
    """List the networks that can be shown, run and exported by name.

    Examples:
    logistics network list
    logistics network list --json
    logistics network export amazon-fulfillment mine.xlsx
    """
    from logistics.scenario.load import load_scenario, scenario_names  # noqa: PLC0415

    loaded = {name: load_scenario(name) for name in scenario_names()}
    facts = [
        {"name": name, "label": one.label, "title": one.title, "kind": one.network.kind}
        for name, one in loaded.items()
    ]
    print_list({name: one.title for name, one in loaded.items()}, facts, **options)


@networks_app.command("show")
@with_options("network show")
def show_network(scenario: OneScenario, **options: Any) -> None:
    """Show facilities, lanes, departures, and what a sample hides.

    Examples:
    logistics network show amazon
    logistics network show small-seller
    logistics network show mine.xlsx --orders-per-day 5000
    """
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.model.network import build_network  # noqa: PLC0415

    (chosen,) = plan([scenario], **options).scenarios
    print_network(chosen, build_network(chosen))


@networks_app.command("export")
def export_network(scenario: _Exported, path: _Export) -> None:
    """Write a network to a workbook, to CSV files or to GraphML.

    A workbook or folder can be changed and run: `logistics run PATH`.

    Examples:
    logistics network export sellers mine.xlsx
    logistics network export small-seller mine-in-csv
    logistics network export amazon amazon.graphml
    """
    from dataclasses import replace  # noqa: PLC0415

    from logistics.model.network import build_network  # noqa: PLC0415
    from logistics.runtime.output_folders import output_path  # noqa: PLC0415
    from logistics.scenario.load import (  # noqa: PLC0415
        builtin_scenarios,
        find_scenario,
        load_scenario,
    )
    from networks.files import write_graphml, write_network  # noqa: PLC0415

    _refuse_other_files(path)
    based_on = find_scenario(scenario)
    network = replace(build_network(load_scenario(based_on)), name=path.stem)
    with output_path(path) as target:
        if path.suffix == ".graphml":
            write_graphml(network, target)
        else:
            built_in = str(based_on) if based_on in builtin_scenarios() else ""
            write_network(network, target, built_in)
    typer.echo(f"Written to {path}.")
    if path.suffix != ".graphml":
        typer.echo(f"Change it, then:  logistics validate {path}  and  logistics run {path}")


@networks_app.command("template")
def write_network_template(path: _Target) -> None:
    """Write an empty workbook (or folder) with a comment on every column.

    Examples:
    logistics network template mine.xlsx
    logistics network template mine-in-csv
    logistics validate mine.xlsx
    """
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


def print_network(chosen: Scenario, built: Network) -> None:
    """Print what is built for a scenario, and what its sample does not resolve."""
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
