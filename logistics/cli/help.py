"""How help looks: options in groups, a line each, and examples at the end.

A command's text ends with a paragraph that begins with `Examples:`, a line for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer
import typer.core

from logistics.option import GROUPS

F = TypeVar("F", bound=Callable[..., Any])

WIDTH = 80
_NAMES = 24  # columns for the names of options


class _WithExamples:
    """What takes the examples out of the text, and prints them last."""

    def __init__(self, *args: Any, help: str | None = None, **others: Any) -> None:
        text, _, examples = (help or "").partition("\n\nExamples:\n")
        self.examples = [line.strip() for line in examples.splitlines()]
        super().__init__(*args, help=text, **others)  # type: ignore[call-arg]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"  {line}\n")


class HelpfulCommand(_WithExamples, typer.core.TyperCommand):
    """A command whose help lists its options by group, without bounds."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options; `--help` itself is known by then."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in self.params:
            if isinstance(one, typer.core.TyperArgument):
                groups.setdefault("Arguments", []).append((one.metavar or "", one.help or ""))
            elif isinstance(one, typer.core.TyperOption) and one.rich_help_panel:
                groups.setdefault(one.rich_help_panel, []).append((_names(one), one.help or ""))
        for name in ("Arguments", *GROUPS):
            if name in groups:
                with formatter.section(name):
                    formatter.write_dl(groups[name], col_max=_NAMES)


def _names(one: typer.core.TyperOption) -> str:
    """Return an option as it is written: '-o, --output FOLDER', '--[no-]report'."""
    longs = [flag for flag in one.opts if flag.startswith("--")]
    shorts = [f"{flag}," for flag in one.opts if flag not in longs]
    flag = f"--[no-]{longs[0][2:]}" if one.secondary_opts else longs[0]
    return " ".join([*shorts, flag, *([] if one.is_flag else [one.metavar or "N"])])


class HelpfulGroup(_WithExamples, typer.core.TyperGroup):
    """Commands with examples."""


class Commands(typer.Typer):
    """An app whose commands are of these kinds."""

    def __init__(self, help: str, **others: Any) -> None:
        """Take the text of its help."""
        super().__init__(
            **{"cls": HelpfulGroup, "no_args_is_help": True, **others},
            help=help,
            rich_markup_mode=None,  # whose tables cut the names of options in narrow terminals
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
        )

    def command(self, name: str | None = None, **others: Any) -> Callable[[F], F]:
        """Add a command."""
        return super().command(name, cls=HelpfulCommand, **others)
