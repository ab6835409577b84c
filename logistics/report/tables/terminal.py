"""Tables for the terminal: networks as columns, figures as rows, definitions underneath."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.registry import (
    CASE_FIGURES,
    NETWORK_FIGURES,
    PAIRED_FIGURES,
    Definition,
    sections,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.text.wording import figure_text, held_together, times_run, verdicts

Cell = tuple[str, ...]

_HEADING_WIDTH = 16


@dataclass(frozen=True)
class Row:
    """A label and per column the parts of its cell; without cells, a title."""

    label: str
    cells: tuple[Cell, ...] = ()


PAIRED_ROWS = (
    "difference_days.mean",
    *(f"difference_days.p{p}" for p in (10, 50, 90)),
    "faster.first",
    "faster.same",
    "faster.second",
    "damage_difference",
    "both_delivered_rate",
    "correlation",
    "run_correlation",
    "interval_width_ratio",
    "parcels",
)

PAIRED_DEFINITION = (
    "The same orders with the same luck through both networks. Differences are second minus first"
    " over parcels delivered in both; above 0 the second is slower, or damages more. Faster: over"
    " all parcels, where one never delivered is the slower. The last ratio: how wide the interval"
    " of the mean difference is, compared with giving each network orders of its own."
)

CASES_DEFINITION = (
    "All runs together, in brackets the exact interval for that many parcels. A week or more: 7"
    " elapsed 24-hour days, or never delivered. Damaged: of those delivered. Expected: with the"
    " probability of damage on each parcel's way in place of what happened to it, which is surer"
    " where the counts are small."
)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print every table with its definitions, the verdicts last."""
    console.print(comparison_table(comparison, console.width))
    if comparison.paired:
        console.print()
        console.print(paired_table(comparison, console.width))
    console.print()
    console.print(cases_table(comparison, console.width))
    if comparison.paired:
        console.print()
        console.print(verdict_lines(comparison))


def comparison_table(comparison: Comparison, width: int = 120) -> RenderableType:
    """Return the networks side by side for a terminal of `width` characters.

    The rows of whole orders are left out while every order is one parcel.
    """
    shown = [part for part in sections() if part.title != "Whole orders" or has_split(comparison)]
    rows: list[Row] = []
    for section in shown:
        rows.append(Row(section.title))
        rows += [
            _row(NETWORK_FIGURES[name], [comparison.figures[one][name] for one in comparison.names])
            for name in section.metrics
        ]
    notes = [f"{section.title}: {section.definition}" for section in shown]
    table = _table("Networks, given the same orders", comparison.names, rows, width)
    return Group(table, _notes([times_run(comparison), *notes]))


def paired_table(comparison: Comparison, width: int = 120) -> RenderableType:
    """Return the differences pair by pair."""
    headings = [f"{first} (first), {second} (second)" for first, second, _ in comparison.pairs()]
    rows = [
        _row(PAIRED_FIGURES[name], [pair[name] for _, _, pair in comparison.pairs()])
        for name in PAIRED_ROWS
    ]
    table = _table("The same orders, one network against another", headings, rows, width)
    return Group(table, _notes([PAIRED_DEFINITION]))


def cases_table(comparison: Comparison, width: int = 120) -> RenderableType:
    """Return the two shoppers, with the counts behind each share."""
    rows: list[Row] = []
    for case, what in CASES.items():
        rows.append(Row(what.title))
        for name, definition in CASE_FIGURES.items():
            cells = [case_cell(comparison.cases[one], case, name) for one in comparison.names]
            rows.append(Row(definition.label, tuple(cells)))
    table = _table("Two shoppers", comparison.names, rows, width)
    return Group(table, _notes([CASES_DEFINITION]))


def verdict_lines(comparison: Comparison) -> RenderableType:
    """Return what the differences say, one line per pair."""
    lines = [Text(sentence) for sentence in verdicts(comparison)]
    together = held_together(comparison)
    return Group(*lines, *([Text(together, style="dim")] if together else []))


def _row(definition: Definition, figures: Iterable[Estimate]) -> Row:
    return Row(definition.label, tuple(figure_text(figure, definition) for figure in figures))


def case_cell(figures: Mapping[str, Estimate], case: str, name: str) -> Cell:
    """Return a figure of a shopper with the counts behind it."""
    figure = figures[f"{case}.{name}"]
    cell = figure_text(figure, CASE_FIGURES[name])
    if CASE_FIGURES[name].unit != "share" or name.endswith("expected") or isnan(figure.estimate):
        return cell
    total = figures[f"{case}.{'delivered' if name == 'damaged' else 'parcels'}"].estimate
    return (f"{figure.estimate * total:,.0f} of {total:,.0f}:", *cell)


def _table(title: str, headings: Sequence[str], rows: Sequence[Row], width: int) -> Table:
    """Return a table whose cells take one line each, or one line a part if that is too wide."""
    between = "\n" if _one_line_width(rows, len(headings)) > width else " "
    table = Table(title=title, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("")
    for heading in headings:
        table.add_column(Text("\n".join(textwrap.wrap(heading, _HEADING_WIDTH))))
    for row in rows:
        if not row.cells:
            table.add_section()
            table.add_row(Text(row.label, style="bold"))
        else:
            cells = (between.join(part for part in cell if part) for cell in row.cells)
            table.add_row(Padding(row.label, (0, 0, 0, 2)), *cells)
    return table


def _one_line_width(rows: Sequence[Row], columns: int) -> int:
    widest = [
        max(len(" ".join(row.cells[column])) for row in rows if row.cells)
        for column in range(columns)
    ]
    return max(len(row.label) for row in rows) + sum(widest) + 3 * (columns + 1)


def has_split(comparison: Comparison) -> bool:
    """Tell whether any order is more than one parcel."""
    return any(
        figures["orders"].estimate != figures["parcels"].estimate
        for figures in comparison.figures.values()
    )


def _notes(lines: list[str]) -> RenderableType:
    return Padding(Group(*(Text(line, style="dim") for line in lines)), (0, 0, 0, 1))
