"""Writes `docs/reference/network-files.md` from the vocabulary of network files.

python -m docs.make_network_reference
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from networks.sheets import SETTINGS, SHEETS, Column, Sheet

PAGE = Path(__file__).parent / "reference" / "network-files.md"

HEAD = """\
# Network files, column by column

Made from the program itself by `python -m docs.make_network_reference`; do not edit.

A network is a folder of CSV files, one for each sheet below, or one workbook (`.xlsx`) with these
sheets. How to start: [your own network](../guides/your-own-network.md).

- A heading may be written in capitals, with blanks for underscores, in any order. Unknown sheets
  and headings are refused.
- Units are in the names. Numbers have a decimal point.
- An empty cell takes the default. Columns without a default are required.
- Times are local: `20:00`, `8:00 PM`, or a time of Excel.
- `carrier`, `WH01` and the like are examples: ids and names are yours.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the text of the page."""
    return "\n".join([HEAD, *(part for sheet in SHEETS for part in _section(sheet))])


def _section(sheet: Sheet) -> Iterable[str]:
    needed = "" if sheet.needed else " This sheet is optional."
    yield f"## `{sheet.name}`\n\n{sheet.about}{needed}\n"
    yield from _table(SETTINGS if sheet.name == "settings" else sheet.columns, sheet.name)
    if sheet.key and len(sheet.key) > 1:
        yield f"No two rows have the same {', '.join(sheet.key)}.\n"
    elif sheet.key:
        yield f"No two rows have the same {sheet.key[0]}.\n"


def _table(columns: Iterable[Column], sheet: str) -> Iterable[str]:
    first = "setting (column `name`)" if sheet == "settings" else "column"
    yield f"| {first} | meaning | takes | default | example |\n|---|---|---|---|---|"
    for column in columns:
        cells = (f"`{column.name}`", column.comment, column.takes, _default(column),
                 f"`{column.example}`")  # fmt: skip
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _default(column: Column) -> str:
    if column.needed:
        return "required"
    if isinstance(column.default, bool):
        return "`yes`" if column.default else "`no`"
    return f"`{column.default}`" if column.default != "" else ""


if __name__ == "__main__":
    main()
