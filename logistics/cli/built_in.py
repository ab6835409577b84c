"""`logistics scenarios` and `logistics what-ifs`: what is built in, to be copied and changed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from logistics.cli.help import Commands
from logistics.cli.options import ONE, SCENARIOS, WHAT_IFS, argument, with_options
from logistics.cli.showing import print_list

scenarios_app = Commands(
    """List the built-in scenarios, or print one to copy and change.

    Examples:
    logistics scenarios list
    logistics scenarios list --json
    logistics scenarios show sellers > mine.yaml
    """
)
what_ifs_app = Commands(
    """List the built-in what-ifs, or print one to copy and change.

    Examples:
    logistics what-ifs list
    logistics what-ifs show hub-closed > mine.yaml
    logistics run sellers --what-if mine.yaml
    """
)

_FACTS = ("name", "label", "title", "about", "as_of")
_WHAT_IF = "A built-in what-if, or its beginning; a YAML file; several joined by +."


@scenarios_app.command("list")
@with_options("scenarios list")
def list_scenarios(**options: Any) -> None:
    """List the built-in scenarios.

    Examples:
    logistics scenarios list
    logistics scenarios list --json
    logistics run sellers
    """
    from logistics.scenario.load import builtin_scenarios, load_scenario  # noqa: PLC0415

    loaded = {name: load_scenario(name) for name in builtin_scenarios()}
    told = {name: f"{one.title}, as of {one.as_of}" for name, one in loaded.items()}
    facts = [one.model_dump(mode="json", include={*_FACTS}) for one in loaded.values()]
    print_list(told, facts, **options)


@scenarios_app.command("show")
def show_scenario(name: Annotated[str, argument("NAME", ONE, SCENARIOS)]) -> None:
    """Print a scenario in full, every value with its source.

    Examples:
    logistics scenarios show amazon-fulfillment
    logistics scenarios show sellers > mine.yaml
    logistics run mine.yaml
    """
    from logistics.scenario.load import load_scenario  # noqa: PLC0415
    from networks.inputs.yaml_writer import write_yaml  # noqa: PLC0415

    typer.echo(write_yaml(load_scenario(name)), nl=False)


@what_ifs_app.command("list")
@with_options("what-ifs list")
def list_what_ifs(**options: Any) -> None:
    """List the built-in what-ifs, for `--what-if` and for studies.

    Examples:
    logistics what-ifs list
    logistics what-ifs list --json
    logistics run sellers --what-if fast-sellers
    """
    from logistics.scenario.what_ifs import builtin_what_ifs, load_what_if  # noqa: PLC0415

    loaded = {name: load_what_if(name) for name in builtin_what_ifs()}
    facts = [one.model_dump(include={*_FACTS}) for one in loaded.values()]
    print_list({name: one.title for name, one in loaded.items()}, facts, **options)


@what_ifs_app.command("show")
def show_what_if(name: Annotated[str, argument("NAME", _WHAT_IF, WHAT_IFS)]) -> None:
    """Print a what-if: what it changes, and why. To be copied and changed.

    Examples:
    logistics what-ifs show peak-season
    logistics what-ifs show viral > mine.yaml
    logistics what-ifs show hub-closed+peak-season
    """
    from logistics.scenario.what_ifs import what_if_text  # noqa: PLC0415

    typer.echo(what_if_text(name), nl=False)
