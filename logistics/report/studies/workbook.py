"""`summary.xlsx` of a study: its figures as numbers, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator

from logistics.report.studies.answer import study_answer, study_doubts
from logistics.report.tables.workbook_sheets import Number, Row, Sheet, ranges_sheet
from logistics.studies.effects import changes, ranges_of
from logistics.studies.results import StudyResult

_INTERVAL = ("estimate", "low", "high")


def study_sheets(result: StudyResult) -> Iterator[Sheet]:
    """Yield every sheet that the finished runs allow."""
    told = [*study_answer(result), *study_doubts(result)]
    yield Sheet("answer", ("the answer",), ([text] for text in told), 0)
    if ranges := ranges_of(result):
        yield ranges_sheet(ranges)
    factors = list(dict.fromkeys(name for one in result.planned for name in one.settings))
    headings = ("point", "label", "runs", "who", "figure", *_INTERVAL, *factors)
    yield Sheet("points", headings, _points(result, factors), 2)
    if len(result.points) > 1:
        yield Sheet("changes", ("point", "label", "who", "figure", *_INTERVAL), _changes(result), 2)


def _points(result: StudyResult, factors: list[str]) -> Iterator[Row]:
    for one in result.points:
        settings = [one.point.settings.get(name, "") for name in factors]
        for each in result.responses:
            figure, unit = one.figures[each.who][each.name], each.definition.unit
            numbers = (Number(value, unit) for value in vars(figure).values())
            start = (one.point.name, one.point.label, one.replications, each.who, each.title)
            yield (*start, *numbers, *settings)


def _changes(result: StudyResult) -> Iterator[Row]:
    """Yield changes from the first point, with intervals that hold for all points together."""
    for each in result.responses:
        for change in changes(result, each):
            where, unit = change.point.point, each.definition.unit
            numbers = (Number(value, unit) for value in vars(change.together).values())
            yield (where.name, where.label, each.who, each.title, *numbers)
