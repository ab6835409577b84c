"""`logistics scenarios` and `logistics what-ifs`: what is built in, to be copied and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from logistics.cli.options import ONE, argument

scenarios_app = typer.Typer(
    no_args_is_help=True, help="List the built-in scenarios, or print one to copy and change."
)
what_ifs_app = typer.Typer(
    no_args_is_help=True, help="List the built-in what-ifs, or print one to copy and change."
)

_WHAT_IF = "Name of a built-in what-if, a YAML file, or several joined by +."


@scenarios_app.command("list")
def list_scenarios() -> None:
    """List the built-in scenarios."""
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415

    loaded = {name: load_scenario(name) for name in builtin_scenarios()}
    _list({name: f"{one.title}, as of {one.as_of}" for name, one in loaded.items()})


@scenarios_app.command("show")
def show_scenario(name: Annotated[str, argument("NAME", ONE)]) -> None:
    """Print a scenario in full, every value with its source: to be copied and changed."""
    from logistics.scenario.load import load_scenario  # noqa: PLC0415
    from networks.inputs.yaml_writer import write_yaml  # noqa: PLC0415

    typer.echo(write_yaml(load_scenario(name)), nl=False)


@what_ifs_app.command("list")
def list_what_ifs() -> None:
    """List the built-in what-ifs, for `--what-if` and for studies."""
    from logistics.scenario.what_ifs import builtin_what_ifs, load_what_if  # noqa: PLC0415

    _list({name: load_what_if(name).title for name in builtin_what_ifs()})


@what_ifs_app.command("show")
def show_what_if(name: Annotated[str, argument("NAME", _WHAT_IF)]) -> None:
    """Print a what-if: what it changes, and why. To be copied and changed."""
    from logistics.scenario.what_ifs import what_if_text  # noqa: PLC0415

    typer.echo(what_if_text(name), nl=False)


def _list(titles: Mapping[str, str]) -> None:
    width = max(map(len, titles))
    for name, title in titles.items():
        typer.echo(f"{name:<{width}}  {title}")
