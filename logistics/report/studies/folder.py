"""The files that are made from a study's finished runs: the same runs give the same files."""

from __future__ import annotations

import csv
import io
from typing import Any

from logistics.report import summary
from logistics.report.folder import parquet_bytes, table_of
from logistics.report.studies.answer import study_answer, study_caveats
from logistics.runtime.output_folders import write_whole
from logistics.studies.effects import factors_of, ranges_of
from logistics.studies.results import StudyResult
from logistics.studies.store.store import Store
from networks.inputs.cells import spreadsheet_text

RESPONSES = (
    "point", "label", "runs", "scenario", "figure", "estimate", "low", "high", "unit",
)  # fmt: skip
"""Columns of `responses.csv`; those of the factors come after them."""

_COLUMNS = ("point", "scenario", "replication", "figure", "value", "unit")


def write_study(result: StudyResult, store: Store) -> list[str]:
    """Write tables of what a study found; return the answer.

    The store must be open for writing.

    Raises OutputError if the disk refuses.
    """
    texts = {
        "summary.json": summary.summary_text(_summary(result)),
        "summary.csv": summary.csv_text(result.first),
        "responses.csv": _responses(result),
    }
    for name, text in texts.items():
        write_whole(store.path / name, text.encode())
    runs = (
        (one.point.name, each.who, number, each.name, value, each.definition.unit)
        for one in result.points
        for each in result.responses
        for number, value in enumerate(one.values[each].tolist())
    )
    every_run = parquet_bytes(table_of(_COLUMNS, runs))
    write_whole(store.path / "replications.parquet", every_run)
    return [*study_answer(result), *study_caveats(result)]


def _summary(result: StudyResult) -> dict[str, Any]:
    """Return the summary of the first point in the form of a comparison, and of every point."""
    asked: dict[str, list[str]] = {}
    for each in result.responses:
        asked.setdefault(each.who, []).append(each.name)
    return {
        **summary.summary(result.first),
        "ranges": summary.plain_ranges(ranges_of(result)),
        "study": {
            "name": result.study.name,
            "design": result.study.chosen_design,
            "answer": study_answer(result),
            "doubts": study_caveats(result),
            "failures": dict(result.failures),
        },
        "points": {
            one.point.name: {
                "label": one.point.label,
                "settings": dict(one.point.settings),
                "replications": one.replications,
                "responses": {
                    who: summary.nested({name: one.metrics[who][name] for name in names})
                    for who, names in asked.items()
                },
            }
            for one in result.points
        },
    }


def _responses(result: StudyResult) -> str:
    """Return one row per point, network and response, for a spreadsheet."""
    factors = factors_of(result)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(spreadsheet_text, [*RESPONSES, *factors]))
    for one in result.points:
        settings = [one.point.settings.get(name, "") for name in factors]
        for each in result.responses:
            plain = summary.plain_estimate(one.metrics[each.who][each.name])
            numbers = ["" if value is None else value for value in plain.values()]
            start = (one.point.name, one.point.label, one.replications, each.who, each.name)
            cells = (*start, *numbers, each.definition.unit, *settings)
            writer.writerow(spreadsheet_text(one) if isinstance(one, str) else one for one in cells)
    return text.getvalue()
