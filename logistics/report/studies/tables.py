"""The tables of a study, for its page and its workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.studies.answer import (
    more_runs_words,
    shared_words,
    study_answer,
    study_caveats,
)
from logistics.report.tables.table import Cell, Column, Metric, Row, Table, columns
from logistics.report.tables.workbook import ENDS, Sheet, by_cell, ranges_sheet, text_sheet
from logistics.report.text.ranges import capital, heading
from logistics.report.text.wording import is_clear
from logistics.studies.effects import Change, bars, changes, ranges_of, screened
from logistics.studies.points import Point
from logistics.studies.results import StudyResult

_BY_POINT = ("row", "section", "column")


def study_sheets(result: StudyResult) -> Iterator[Sheet]:
    """Yield every sheet that the finished runs allow."""
    yield text_sheet([*study_answer(result), *study_caveats(result)])
    if ranges := ranges_of(result):
        yield ranges_sheet(ranges)
    leading, factors = ("point", "label", "runs", "who", "figure"), factors_of(result)
    points = by_cell(points_table(result), "points", leading, ENDS, _BY_POINT)
    settings = {one.point.name: one.point.settings for one in result.points}
    rows = ((*row, *(settings[str(row[0])].get(name, "") for name in factors))
            for row in points.rows)  # fmt: skip
    yield Sheet("points", (*points.headings, *factors), rows, 2)
    if len(result.points) > 1:
        named = ("point", "label", "who", "figure")
        sheet = by_cell(changes_table(result), "changes", named, ENDS, keys_order=_BY_POINT)
        yield replace(sheet, frozen_columns=2)


def points_table(result: StudyResult) -> Table:
    """Return every response of every point, with its interval."""
    rows = []
    for one in result.points:
        estimates = (
            Metric(one.metrics[each.who][each.name], each.definition) for each in result.responses
        )
        rows.append(_row(one.point, (one.replications, *estimates), one.replications))
    note = (
        "95% confidence intervals, random variation only, each for itself: how far a metric would"
        " move if all were run again with other random draws."
    )
    shown = (Column("runs", sheet=()), *_response_columns(result.responses))
    return Table("points", "Every point", shown, tuple(rows), note)


def changes_table(result: StudyResult) -> Table:
    """Return how every later point differs from the first."""
    found = {response: changes(result, response) for response in result.responses}
    first = result.points[0].point.label
    rows = tuple(
        _row(one.point, tuple(_change_cell(of[at], each) for each, of in found.items()))
        for at, one in enumerate(result.points[1:])
    )
    note = (
        f"Against {first}, run by run with {shared_words(result)}. All intervals of a column hold"
        " jointly at 95%."
    ) + _narrower(found)
    shown = _response_columns(result.responses)
    return Table("changes", f"Change from {first}", shown, rows, note)


def ends_table(result: StudyResult, response: Response) -> Table:
    """Return what each factor does alone to a response."""
    definition = response.definition.of_a_change()
    rows = tuple(
        Row(bar.factor, (value, Metric(estimate, definition)))
        for bar in bars(result, response)
        for value, estimate in bar.ends
        if isfinite(estimate.estimate)
    )
    caption = f"{capital(response.title)} of {response.who}: change from the base"
    return Table(f"ends-{_slug(response)}", caption, columns(["at", "change"]), rows)


def screening_table(result: StudyResult, response: Response) -> Table:
    """Return the effects of Morris' screening on a response."""
    size, move = response.definition, response.definition.of_a_change()
    rows = []
    for one in screened(result, response):
        values = ((one.mu_star, size), (one.error, size), (one.mu, move), (one.sigma, size))
        cells = (Metric(Estimate(value), definition) for value, definition in values)
        rows.append(Row(one.name, tuple(cells)))
    caption = f"{capital(response.title)} of {response.who}: effect of going from low to high"
    shown = columns(["mean size (mu*)", "its error", "mean (mu)", "how it differs (sigma)"])
    return Table(f"effects-{_slug(response)}", caption, shown, tuple(rows))


def factors_table(result: StudyResult) -> Table:
    """Return the settings of every point."""
    factors = factors_of(result)
    rows = tuple(
        Row(one.name, tuple(one.settings.get(name, "as in the base") for name in factors))
        for one in result.planned
    )
    return Table("settings", "What was varied", columns(factors), rows, texts=True)


def factors_of(result: StudyResult) -> list[str]:
    """Return the factors that any point sets."""
    return list(dict.fromkeys(name for one in result.planned for name in one.settings))


def _row(point: Point, cells: tuple[Cell, ...], *more: Cell) -> Row:
    """Return the row of a point. `more`: keys beside its name and label."""
    return Row(f"{point.name} {point.label}", cells, keys=(point.name, point.label, *more))


def _response_columns(responses: Sequence[Response]) -> tuple[Column, ...]:
    return tuple(Column(heading(one), (one.who, one.title)) for one in responses)


def _change_cell(change: Change, response: Response) -> Metric:
    together = change.together
    same = together.low == together.high == 0
    unsure = together.has_interval and not (same or is_clear(together))
    after = f"; cannot tell {more_runs_words(change.more_runs)}" if unsure else ""
    return Metric(together, response.definition.of_a_change(), after=after)


def _narrower(columns: Mapping[Response, Sequence[Change]]) -> str:
    every = (change.narrower for found in columns.values() for change in found)
    ratios = sorted(filter(isfinite, every))
    if not ratios:
        return ""
    middle = ratios[len(ratios) // 2]
    return (
        f" What the points share makes the intervals {middle:.0%} as wide as orders and random"
        " draws of their own would (the median over points and metrics)."
    )


def _slug(response: Response) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in f"{response.who}-{response.name}")
