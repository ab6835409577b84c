"""Commands take their options from `logistics.options`; here these become Typer's."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from logistics.options import Option, options_of

ONE = "Name of a built-in scenario, a YAML file, or a network of your own (.xlsx or a folder)."
MANY = (
    "Names of built-in scenarios, YAML files, or networks of your own (.xlsx or a folder); none:"
    " the built-in three."
)


def argument(metavar: str, text: str) -> Any:
    """Return what Typer has to know of an argument."""
    return typer.Argument(metavar=metavar, help=text, show_default=False)


Scenarios = Annotated[list[str] | None, argument("SCENARIO", MANY)]
OneScenario = Annotated[str, argument("SCENARIO", ONE)]


def with_options(command: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a function the options of a command, in place of its `**options`."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        own = signature(function, eval_str=True).parameters.values()
        arguments = [one for one in own if one.kind is not Parameter.VAR_KEYWORD]
        options = [_parameter(one) for one in options_of(command)]
        # arguments with a default may come before options; Typer calls by name
        function.__signature__ = signature(function).replace(  # type: ignore[attr-defined]
            parameters=[*(one.replace(kind=Parameter.KEYWORD_ONLY) for one in arguments), *options]
        )
        function.__annotations__ = {}
        return function

    return decorate


def _parameter(one: Option) -> Parameter:
    flags = f"{one.flag}/{one.off_flag}" if one.has_no else one.flag
    info = typer.Option(
        *filter(None, (flags, one.older_flag, one.short)),
        help=one.help,
        min=one.low,
        max=one.high,
        metavar=one.metavar or ("N" if one.type is int else None),
        show_default=one.unset or True,
        parser=_text_of(one.type) if one.type in (str, Path) else None,
    )
    kind: Any = Annotated[one.annotation, info]
    return Parameter(one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=kind)


def _text_of(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a text: empty, as an unset variable of the shell leaves it, it is none."""

    def read(text: str) -> Any:
        if not str(text).strip():
            raise typer.BadParameter("is empty: leave the option out, or give it a value")
        return kind(text)

    return read
