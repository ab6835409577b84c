"""Every help screen fits on a screen, and its examples are commands."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from click.testing import Result
from typer.testing import CliRunner

from logistics.cli import app
from logistics.cli.options import SCENARIOS, WHAT_IFS
from logistics.option import GROUPS
from logistics.options import OPTIONS

ROOT: Any = typer.main.get_command(app)


def paths(command: Any = ROOT, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, one in getattr(command, "commands", {}).items():
        yield from paths(one, (*words, name))


def help_of(words: tuple[str, ...], columns: int) -> list[str]:
    words = (*words, "--help")
    result: Result = CliRunner().invoke(
        app, words, prog_name="logistics", terminal_width=columns - 2
    )
    assert result.exit_code == 0
    return result.output.splitlines()


@pytest.mark.parametrize("words", list(paths()), ids=" ".join)
def test_a_screen_of_help(words: tuple[str, ...]) -> None:
    lines = help_of(words, 80)
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 80
    assert max(map(len, help_of(words, 60)[:-3])) <= 60  # but for examples
    assert not any("<=" in line or "(as the scenario" in line for line in lines)
    assert lines[-4] == "Examples:"
    for line in lines[-3:]:
        program, *rest = shlex.split(line.partition(">")[0])
        assert program == "logistics"
        parsed(rest)


def parsed(words: list[str]) -> None:
    """Read a command line as the program does, and run nothing."""
    command = ROOT
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("logistics", words)


def test_options_are_in_groups_in_one_order() -> None:
    assert {one.group for one in OPTIONS} <= set(GROUPS)
    headings = [line[:-1] for line in help_of(("run",), 80) if line.endswith(":")]
    assert headings == [
        "Arguments", "How much", "Orders", "What if", "How sure", "Output", "Machine", "Examples",
    ]  # fmt: skip
    (output,) = [line for line in help_of(("run",), 80) if "-o, --output" in line]
    assert output == "  -o, --output FOLDER  Folder for the results [run]"


def test_names_are_completed() -> None:
    assert SCENARIOS("tiktok") == ["tiktok-platform-fulfilled", "tiktok-seller-direct"]
    assert "small-seller" in SCENARIOS("")
    assert WHAT_IFS("carrier") == ["carrier-every-day", "carrier-no-weekend"]
    assert WHAT_IFS("hub-closed+peak") == ["hub-closed+peak-season"]
