"""`logistics what-ifs`: named changes of the world, to be composed."""

from __future__ import annotations

from typing import Annotated

import typer

what_ifs_app = typer.Typer(
    no_args_is_help=True, help="List the built-in what-ifs, or print one to copy and change."
)


@what_ifs_app.command("list")
def list_what_ifs() -> None:
    """List the built-in what-ifs, for `--what-if` and for studies."""
    from logistics.scenario.what_ifs import builtin_what_ifs, load_what_if  # noqa: PLC0415

    names = builtin_what_ifs()
    width = max(len(name) for name in names)
    for name in names:
        typer.echo(f"{name:<{width}}  {load_what_if(name).title}")


@what_ifs_app.command("show")
def show_what_if(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a built-in what-if, a YAML file, or several joined by +.",
            show_default=False,
        ),
    ],
) -> None:
    """Print a what-if: what it changes, and why. To be copied and changed."""
    from logistics.scenario.what_ifs import what_if_text  # noqa: PLC0415

    typer.echo(what_if_text(name), nl=False)
