"""The tables of a study's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from logistics.analysis.measures.responses import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.studies.answer import more_runs_words, shared_words
from logistics.report.tables.page_tables import Row, Table
from logistics.report.text.answer import whole
from logistics.report.text.ranges import capital, heading
from logistics.report.text.wording import figure_text, is_clear
from logistics.studies.effects import Change, bars, changes, screened
from logistics.studies.results import StudyResult


def points_table(result: StudyResult) -> Table:
    """Return every response of every point, with its interval."""
    headings = ("", "runs", *(heading(response) for response in result.responses))
    rows = [
        Row(
            f"{one.point.name} {one.point.label}",
            (
                f"{one.replications}",
                *(
                    whole(one.figures[each.who][each.name], each.definition)
                    for each in result.responses
                ),
            ),
        )
        for one in result.points
    ]
    note = (
        "95% intervals by the luck of the runs, each for itself: how far a figure would move if all"
        " were run again with other luck."
    )
    return Table("points", "Every point", headings, tuple(rows), note)


def changes_table(result: StudyResult) -> Table:
    """Return how every later point differs from the first."""
    columns = {response: changes(result, response) for response in result.responses}
    first = result.points[0].point.label
    rows = []
    for number, one in enumerate(result.points[1:]):
        cells = []
        for response, found in columns.items():
            change = found[number]
            size = whole(change.together, response.definition.of_a_change())
            same = change.together.low == change.together.high == 0
            unsure = change.together.has_interval and not (same or is_clear(change.together))
            told = f"; cannot tell {more_runs_words(change.more_runs)}" if unsure else ""
            cells.append(f"{size}{told}")
        rows.append(Row(f"{one.point.name} {one.point.label}", tuple(cells)))
    note = (
        f"Against {first}, run by run with {shared_words(result)}. All intervals of a column hold"
        " together with 95%."
    ) + _narrower(columns)
    headings = ("", *(heading(response) for response in result.responses))
    return Table("changes", f"Change from {first}", headings, tuple(rows), note)


def ends_table(result: StudyResult, response: Response) -> Table:
    """Return what each factor does alone to a response."""
    definition = response.definition.of_a_change()
    rows = [
        Row(bar.factor, (value, whole(figure, definition)))
        for bar in bars(result, response)
        for value, figure in bar.ends
        if isfinite(figure.estimate)
    ]
    caption = f"{capital(response.title)} of {response.who}: change from the base"
    return Table(f"ends-{_slug(response)}", caption, ("", "at", "change"), tuple(rows))


def screening_table(result: StudyResult, response: Response) -> Table:
    """Return the effects of Morris' screening on a response."""
    size, move = response.definition, response.definition.of_a_change()
    rows = [
        Row(
            one.name,
            (
                figure_text(Estimate(one.mu_star), size)[0],
                figure_text(Estimate(one.error), size)[0],
                figure_text(Estimate(one.mu), move)[0],
                figure_text(Estimate(one.sigma), size)[0],
            ),
        )
        for one in screened(result, response)
    ]
    caption = f"{capital(response.title)} of {response.who}: effect of going from low to high"
    headings = ("", "mean size (mu*)", "its error", "mean (mu)", "how it differs (sigma)")
    return Table(f"effects-{_slug(response)}", caption, headings, tuple(rows))


def factors_table(result: StudyResult) -> Table:
    """Return the settings of every point."""
    factors = list(dict.fromkeys(name for one in result.planned for name in one.settings))
    rows = [
        Row(one.name, tuple(one.settings.get(name, "as in the base") for name in factors))
        for one in result.planned
    ]
    return Table("settings", "What was varied", ("", *factors), tuple(rows), texts=True)


def _narrower(columns: Mapping[Response, Sequence[Change]]) -> str:
    ratios = [
        change.narrower for found in columns.values() for change in found
        if isfinite(change.narrower)
    ]  # fmt: skip
    if not ratios:
        return ""
    middle = sorted(ratios)[len(ratios) // 2]
    return (
        f" What the points share makes the intervals {middle:.0%} as wide as orders and luck of"
        " their own would (the median over points and figures)."
    )


def _slug(response: Response) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in f"{response.who}-{response.name}")
