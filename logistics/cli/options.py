"""Commands take their options from `logistics.options`; here these become Typer's."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from logistics.options import Option, options_of

ONE = "A built-in name, a YAML file, or a network (.xlsx or folder)."
MANY = "Built-in names, YAML files, networks (.xlsx, folders); none: all three."


def _completion(*patterns: str, joined: bool = False) -> Callable[[str], list[str]]:
    """Return what completes a name of files that come with the program. `joined`: several by +."""

    def complete(incomplete: str) -> list[str]:
        root = Path(__file__).parents[2]
        names = sorted(
            file.stem if file.suffix else file.name for one in patterns for file in root.glob(one)
        )
        before = re.match(r"(.*[+,])?", incomplete)[0] if joined else ""  # type: ignore[index]
        return [f"{before}{name}" for name in names if name.startswith(incomplete[len(before) :])]

    return complete


SCENARIOS = _completion("logistics/scenarios/*.yaml", "networks/examples/*")
WHAT_IFS = _completion("logistics/scenarios/what-ifs/*.yaml", joined=True)


def argument(metavar: str, text: str, complete: Callable[[str], list[str]] | None = None) -> Any:
    """Return what Typer has to know of an argument."""
    return typer.Argument(metavar=metavar, help=text, show_default=False, autocompletion=complete)


Scenarios = Annotated[list[str] | None, argument("SCENARIO", MANY, SCENARIOS)]
OneScenario = Annotated[str, argument("SCENARIO", ONE, SCENARIOS)]


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
        help=one.brief,
        rich_help_panel=one.group,
        min=one.low,
        max=one.high,
        metavar=one.metavar or ("N" if one.type is int else None),
        autocompletion=WHAT_IFS if one.name == "what_if" else None,
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
