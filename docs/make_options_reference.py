"""Writes the tables of options and the signatures with options, from `logistics.options`.

python -m docs.make_options_reference
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import fill

import logistics
from logistics.options import Option, options_of

REFERENCE = Path(__file__).parent / "reference"
COMMANDS = (
    "compare", "run", "quote", "trace", "orders read", "network show", "study run", "study resume",
    "study status", "study figures", "scenarios list", "what-ifs list", "network list",
)  # fmt: skip
FUNCTIONS = ("compare", "simulate", "quote")

_HEAD = ("| option | default | meaning |", "|---|---|---|")
_HELP = "| `--help`, `-h` | | print this |"
_TABLE = re.compile(r"^\| option \| default \| meaning \|\n(?:\|.*\n)+", re.M)
_TYPES = {
    "pathlib.Path": "str | Path",
    "networks.inputs.date_order.DateOrder": "DateOrder | str",
    "Scenarios": "Sequence[str | Path | Scenario] | None",
    "Report": "Callable[[Progress], None]",
    "pd.DataFrame": "DataFrame",
}


def table_of(command: str) -> str:
    """Return the table of a command's options."""
    rows = [_row(one, command) for one in options_of(command)]
    return "\n".join([*_HEAD, *rows, _HELP]) + "\n"


def _row(one: Option, command: str) -> str:
    flags = [f"{one.flag} {one.metavar}".strip(), one.older_flag, one.short, one.off_flag]
    names = ", ".join(f"`{flag}`" for flag in flags if flag)
    first = next(place for place in COMMANDS if place in one.places)
    meaning = one.help if first == command else f"As for `{first}`."
    if one.guide and first == command:
        meaning += f" [More](../guides/{one.guide}.md)."
    return f"| {names} | {_default(one)} | {meaning} |"


def _default(one: Option) -> str:
    if one.unset or one.default is None:
        return one.unset
    return {True: "yes", False: "no"}[one.default] if one.type is bool else f"`{one.default}`"


def signature_of(name: str) -> str:
    """Return how a function of the package is called."""
    given = inspect.signature(getattr(logistics, name))
    text = str(given)
    for before, after in _TYPES.items():
        text = text.replace(before, after)
    text = re.sub(r": '([^']*)'", r": \1", text)
    arguments, _, returned = text[1:].rpartition(") -> ")
    parts = [part.replace(" ", "\0") for part in re.split(r", (?=\w+:|\*)", arguments)]
    lines = fill(", ".join(parts), 105, initial_indent="    ", subsequent_indent="    ")
    lines = lines.replace("\0", " ")
    result = returned.strip("'")
    return f"{name}(\n{lines},\n) -> {result}\n"


def pages() -> dict[str, str]:
    """Return the pages with tables and signatures as they should be."""
    line = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        line = _in_section(line, command, _TABLE, table_of(command))
    python = (REFERENCE / "python.md").read_text(encoding="utf-8")
    for name in FUNCTIONS:
        block = re.compile(rf"^{name}\(\n.*?\n\) -> \w+\n", re.M | re.S)
        python = _in_section(python, name, block, signature_of(name))
    return {"command-line.md": line, "python.md": python}


def _in_section(page: str, heading: str, old: re.Pattern[str], new: str) -> str:
    start = page.index(f"\n## {heading}\n")
    before, after = page[:start], page[start:]
    return before + old.sub(lambda _: new, after, count=1)


def main() -> None:
    """Write the pages."""
    for name, page in pages().items():
        (REFERENCE / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
