"""`report.html` and `summary.xlsx` of a study: its pictures, its tables, its sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.layout import Front, Section, rendered
from logistics.report.pictures import studies as draw
from logistics.report.pictures.catalog import Chart, charts_of_ranges, save_charts, slug
from logistics.report.studies.answer import (
    more_runs_words,
    shared_words,
    study_answer,
    study_caveats,
)
from logistics.report.tables import metrics, provenance
from logistics.report.tables.table import Cell, Column, Metric, Row, Table, columns
from logistics.report.tables.workbook import (
    ENDS,
    Sheet,
    by_cell,
    ranges_sheet,
    text_sheet,
    workbook,
)
from logistics.report.text.assumptions import assumptions
from logistics.report.text.headline import orders_words
from logistics.report.text.ranges import capital, heading
from logistics.report.text.wording import is_clear
from logistics.runtime.output_folders import write_whole
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.studies.effects import (
    Change,
    bars,
    changes,
    factors_of,
    ranges_of,
    screened,
    without_value,
)
from logistics.studies.points import Point
from logistics.studies.results import StudyResult

_BY_POINT = ("row", "section", "column")
_FACTS = ("seed", "engine", "parcels", "orders")
_MOST_SETTINGS = 400  # rows of a table that a page can bear
_MOST_NAMED = 5


def draw_study(result: StudyResult, folder: Path) -> None:
    """Write page, workbook and pictures of a study.

    Raises WorkerError if the process that draws ends; OutputError if the disk refuses.
    """
    write_whole(folder / "summary.xlsx", workbook(study_sheets(result), result.study.name))
    charts = save_charts(study_charts(result), folder / "pictures")
    command = "logistics study run study.yaml --output FOLDER"
    html = study_page(result, charts, result.first.run, command)
    write_whole(folder / "report.html", html.encode())


def study_charts(result: StudyResult) -> Iterator[Chart]:
    """Yield every picture that the finished runs allow, in the order of the page."""
    yield from charts_of_ranges(ranges_of(result))
    for name in dict.fromkeys(response.name for response in result.responses):
        same = [response for response in result.responses if response.name == name]
        yield from _of_metric(result, slug(name.replace(".", "-")), same)
    for response in result.responses:
        yield from _of_response(result, response)


def study_page(
    result: StudyResult, charts: Sequence[Chart], made: Mapping[str, Any], command: str
) -> str:
    """Return the page as HTML. `made`: facts of the runs; `command`: repeats them."""
    front = Front(
        title=result.study.title or f"Study: {result.study.name}",
        lead=_lead(result),
        answer=study_answer(result),
        caveats=study_caveats(result),
        version=str(made.get("versions", {}).get("logistics", "")),
    )
    facts = [
        *provenance.run_facts(made, _FACTS),
        ("Run times", "in timings.csv, run by run"),
        *provenance.version_facts(made),
        ("To repeat it", command),
    ]
    sections = (
        replace(one, charts=[chart for chart in charts if chart.section == one.name])
        for one in _sections(result, facts)
    )
    return rendered(front, sections)


def _of_metric(result: StudyResult, file: str, responses: Sequence[Response]) -> Iterator[Chart]:
    label, several = responses[0].title, len(result.points) > 1
    if _compared(result):
        caption = f"{label}, with 95% confidence intervals (random variation only)."
        picture = draw.plot_study_intervals(result, responses)
        yield Chart(f"intervals-{file}", "points", caption, picture)
    if _compared(result) and several:
        caption = f"Change in {label}; an interval that includes 0 shows no difference."
        picture = draw.plot_study_changes(result, responses)
        yield Chart(f"changes-{file}", "changes", caption, picture)
    if result.study.chosen_design == "grid" and several:
        for factor in result.points[0].point.settings:
            caption = f"{label} over {factor}."
            picture = draw.plot_study_response(result, responses, factor)
            yield Chart(f"over-{slug(factor)}-{file}", "over", caption, picture)


def _of_response(result: StudyResult, response: Response) -> Iterator[Chart]:
    file = slug(f"{response.who}-{response.name}".replace(".", "-"))
    label = f"{response.title} of {response.who}"
    if bars(result, response):
        picture = draw.plot_study_tornado(result, response)
        yield Chart(f"tornado-{file}", "drivers", f"What moves {label}, one at a time.", picture)
    if screened(result, response):
        picture = draw.plot_study_screening(result, response)
        yield Chart(f"screening-{file}", "drivers", f"What moves {label}, screened.", picture)
    if result.points[0].replications > 2:
        picture = draw.plot_study_convergence(result, response)
        caption = f"How {label} converges as replications are added."
        yield Chart(f"convergence-{file}", "convergence", caption, picture)


def _sections(result: StudyResult, facts: Sequence[tuple[str, Cell]]) -> Iterator[Section]:
    first, several = result.points[0], len(result.points) > 1
    ranges = metrics.ranges_table(ranges_of(result))
    yield Section("ranges", "Two intervals", [ranges] if ranges.rows else [])
    drivers = (
        made(result, response)
        for response in result.responses
        for made in (ends_table, screening_table)
    )
    shown, lacking = [table for table in drivers if table.rows], list(_lacking(result))
    yield Section("drivers", "What drives it", shown, lacking)
    yield Section("over", "Over each factor")
    yield Section(
        "changes", "What changes", [changes_table(result)] if several and _compared(result) else []
    )
    yield Section("points", "Every point", [points_table(result)])
    yield Section("convergence", "Enough replications?")
    if result.study.chosen_design != "morris":
        pairs = [metrics.differences_table(result.first)] if len(result.first.names) > 1 else []
        title = f"All metrics of {first.point.label}"
        yield Section("figures", title, [metrics.networks_table(result.first), *pairs])
    if any(one.settings for one in result.planned) and len(result.planned) <= _MOST_SETTINGS:
        yield Section("settings", "What was varied", [factors_table(result)])
    scenarios = [_without_place(one) for one in first.point.plan.scenarios]
    inputs = provenance.assumptions_table(assumptions(scenarios), first.point.plan.names)
    yield Section("assumptions", "Inputs", [inputs])
    yield Section("made", "How it was made", [provenance.made_table(facts)])


def _lacking(result: StudyResult) -> Iterator[str]:
    """Say of what no bar shows how it moves, because it has no finite value there."""
    if result.study.chosen_design not in ("one at a time", "morris"):
        return
    for each in result.responses:
        labels = without_value(result, each)
        if labels:
            more = [f"{len(labels) - _MOST_NAMED} more points"] * (len(labels) > _MOST_NAMED)
            places = "; ".join([*labels[:_MOST_NAMED], *more])
            what = f"{capital(each.title)} of {each.who}"
            yield f"{what} has no finite value at {places}: no bar shows a change from or to there."


def _without_place(scenario: Scenario) -> Scenario:
    """Return a scenario that says nothing of where its own network lies on this machine."""
    if not isinstance(scenario.network, OwnNetwork):
        return scenario
    return scenario.replace(network={"path": Path(scenario.network.path).name})


def _compared(result: StudyResult) -> bool:
    return result.study.chosen_design in ("grid", "one at a time")


def _lead(result: StudyResult) -> str:
    runs = sum(one.replications for one in result.points)
    points, scenario = len(result.points), result.points[0].point.plan.scenarios[0]
    what = f"{points} points ({result.study.chosen_design})" if points > 1 else "One point"
    facts = {**vars(scenario.days), **vars(scenario.orders)}
    return f"{what}, {runs:,} runs together; {orders_words(facts)}"


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
    )
    ratios = sorted(one.narrower for of in found.values() for one in of if isfinite(one.narrower))
    if ratios:
        note += (
            f" What the points share makes the intervals {ratios[len(ratios) // 2]:.0%} as wide as"
            " orders and random draws of their own would (the median over points and metrics)."
        )
    shown = _response_columns(result.responses)
    return Table("changes", f"Change from {first}", shown, rows, note)


def ends_table(result: StudyResult, response: Response) -> Table:
    """Return what each factor does alone to a response."""
    definition = response.definition.of_a_change()
    rows = tuple(
        Row(bar.factor, (value, Metric(estimate, definition)))
        for bar in bars(result, response)
        for value, estimate in bar.ends
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


def _slug(response: Response) -> str:
    return re.sub(r"\W|_", "-", f"{response.who}-{response.name}")
