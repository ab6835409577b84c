"""`logistics scenarios`: the built-in scenarios."""

from __future__ import annotations

from typing import Annotated

import typer

from logistics.cli.options import ONE

scenarios_app = typer.Typer(
    no_args_is_help=True, help="List the built-in scenarios, or print one to copy and change."
)


@scenarios_app.command("list")
def list_scenarios() -> None:
    """List the built-in scenarios."""
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415

    names = builtin_scenarios()
    width = max(len(name) for name in names)
    for name in names:
        scenario = load_scenario(name)
        typer.echo(f"{name:<{width}}  {scenario.title}, as of {scenario.as_of}")


@scenarios_app.command("show")
def show_scenario(
    name: Annotated[str, typer.Argument(metavar="NAME", help=ONE, show_default=False)],
) -> None:
    """Print a scenario in full, every value with its source: to be copied and changed."""
    from logistics.scenario.load import load_scenario  # noqa: PLC0415
    from networks.inputs.yaml_writer import write_yaml  # noqa: PLC0415

    typer.echo(write_yaml(load_scenario(name)), nl=False)
