"""The answer on a screen; and tables for the terminal, each with its definitions underneath."""

from __future__ import annotations

import textwrap

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from logistics.analysis.comparison import Comparison
from logistics.report.tables.metrics import differences_table, networks_table, shoppers_table
from logistics.report.tables.table import Table, cell_parts
from logistics.report.text.caveats import input_notes, sample_note
from logistics.report.text.effects import effect_lines
from logistics.report.text.headline import (
    answer_cells,
    headline,
    main_caveats,
    sample_line,
    why_lines,
)
from logistics.report.text.wording import held_together, times_run, verdicts

_HEADING_WIDTH = 16
_MOST_NETWORKS = 4  # with a row for each range; of more, only the figures
_WIDE = 110  # characters, for 'to' between the ends of an interval
_MOST_NOTES = 3  # on the input


def print_answer(comparison: Comparison, console: Console, full: bool = False) -> None:
    """Print the answer: which network, how long, how sure, why, and the main caveats.

    `full`: all notes on the input, too.
    """
    console.print(Text(headline(comparison), style="bold"))
    if sample := sample_line(comparison):
        console.print(Text(sample, style="dim"))
    notes = input_notes(comparison)
    shown = notes if full else notes[:_MOST_NOTES]
    for note in shown:
        console.print(Text(note))
    if len(shown) < len(notes):
        more = len(notes) - len(shown)
        console.print(Text(f"{more} more note{'s' * (more > 1)} on the input: --full."))
    console.print(_answer_grid(comparison, console.width))
    console.print()
    told = {"Effect": effect_lines, "Why": why_lines, "Caveat": main_caveats}
    for title, lines_of in told.items():
        for line in lines_of(comparison):
            console.print(Text(f"{title}: {line}"))


def _answer_grid(comparison: Comparison, width: int) -> Grid:
    """Return the metrics of the answer: of each network its figures, then both ranges."""

    def ends(text: str) -> Text:
        return Text(text.replace(" to ", "–") if width < _WIDE else text or "-")

    cells = {name: answer_cells(comparison, name) for name in comparison.names}
    first = cells[comparison.names[0]]
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    grid.add_column("", no_wrap=True)
    for cell in first:
        grid.add_column(Text(cell.heading), justify="right")
    ranges = len(cells) <= _MOST_NETWORKS
    for name, row in cells.items():
        label = Text(comparison.label(name), style="bold")
        grid.add_row(label, *(Text(cell.value, style="bold") for cell in row))
        if ranges and any(cell.random for cell in row):
            grid.add_row("  95% interval", *(ends(cell.random) for cell in row))
        if ranges:
            grid.add_row("  assumptions", *(ends(cell.assumed) for cell in row))
    return grid


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print every table with its definitions, the verdicts last."""
    width = console.width
    sample = " ".join(filter(None, [sample_note(comparison.run), times_run(comparison)]))
    console.print(rendered(networks_table(comparison), width, sample))
    if comparison.paired:
        console.print("", rendered(differences_table(comparison), width), sep="\n")
    console.print("", rendered(shoppers_table(comparison), width), sep="\n")
    if comparison.paired:
        console.print()
        for sentence in verdicts(comparison):
            console.print(Text(sentence))
        if together := held_together(comparison):
            console.print(Text(together, style="dim"))


def rendered(table: Table, width: int, first_note: str = "") -> RenderableType:
    """Return a table for a terminal of `width` characters, its notes below.

    A cell takes one line, or one line per part where that is too wide.
    """
    cells = [[cell_parts(cell) for cell in table.shown(row)] for row in table.rows]
    columns = zip(*filter(None, cells), strict=True)
    widest = [max(len(" ".join(parts)) for parts in column) for column in columns]
    labels = max(len(row.label) for row in table.rows)
    one_line = labels + sum(widest) + 3 * len(table.headings)
    between = "\n" if one_line > width else " "
    grid = Grid(title=Text(table.caption), title_justify="left", title_style="bold", pad_edge=False)
    for heading in table.headings:
        grid.add_column(Text("\n".join(textwrap.wrap(heading, _HEADING_WIDTH))))
    for row, parts in zip(table.rows, cells, strict=True):
        if row.cells:
            grid.add_row(
                Padding(Text(row.label), (0, 0, 0, 2)), *map(Text, map(between.join, parts))
            )
        else:
            grid.add_section()
            grid.add_row(Text(row.label, style="bold"))
    titles = [f"{row.label}: {row.note}" for row in table.rows if row.note and not row.cells]
    notes = (Text(note, style="dim") for note in (first_note, *titles, table.note) if note)
    return Group(grid, Padding(Group(*notes), (0, 0, 0, 1)))
