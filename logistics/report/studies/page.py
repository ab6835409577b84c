"""`report.html` of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from logistics.analysis.measures.registry import Response
from logistics.report.page import Front, Section, orders_words, rendered
from logistics.report.pictures.catalog import Chart, charts_of_ranges, slug
from logistics.report.pictures.studies import (
    plot_study_changes,
    plot_study_convergence,
    plot_study_intervals,
    plot_study_response,
    plot_study_screening,
    plot_study_tornado,
)
from logistics.report.studies.answer import study_answer, study_caveats
from logistics.report.studies.tables import (
    changes_table,
    ends_table,
    factors_table,
    points_table,
    screening_table,
)
from logistics.report.tables.metrics import differences_table, networks_table, ranges_table
from logistics.report.tables.provenance import (
    assumptions_table,
    made_table,
    run_facts,
    version_facts,
)
from logistics.report.tables.table import Cell
from logistics.report.text.assumptions import assumptions
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.studies.effects import bars, ranges_of, screened
from logistics.studies.results import StudyResult

_FACTS = ("seed", "engine", "parcels", "orders")
_MOST_SETTINGS = 400  # rows of a table that a page can bear


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
        *run_facts(made, _FACTS),
        ("Run times", "in timings.csv, run by run"),
        *version_facts(made),
        ("To repeat it", command),
    ]
    return rendered(front, _sections(result, facts), charts)


def _of_metric(result: StudyResult, file: str, responses: Sequence[Response]) -> Iterator[Chart]:
    label, several = responses[0].title, len(result.points) > 1
    if _compared(result):
        caption = f"{label}, with 95% confidence intervals (random variation only)."
        picture = plot_study_intervals(result, responses)
        yield Chart(f"intervals-{file}", "points", caption, picture)
    if _compared(result) and several:
        caption = f"Change in {label}; an interval that includes 0 shows no difference."
        picture = plot_study_changes(result, responses)
        yield Chart(f"changes-{file}", "changes", caption, picture)
    if result.study.chosen_design == "grid" and several:
        for factor in result.points[0].point.settings:
            caption = f"{label} over {factor}."
            picture = plot_study_response(result, responses, factor)
            yield Chart(f"over-{slug(factor)}-{file}", "over", caption, picture)


def _of_response(result: StudyResult, response: Response) -> Iterator[Chart]:
    file = slug(f"{response.who}-{response.name}".replace(".", "-"))
    label = f"{response.title} of {response.who}"
    if bars(result, response):
        picture = plot_study_tornado(result, response)
        yield Chart(f"tornado-{file}", "drivers", f"What moves {label}, one at a time.", picture)
    if screened(result, response):
        picture = plot_study_screening(result, response)
        yield Chart(f"screening-{file}", "drivers", f"What moves {label}, screened.", picture)
    if result.points[0].replications > 2:
        picture = plot_study_convergence(result, response)
        caption = f"How {label} converges as replications are added."
        yield Chart(f"convergence-{file}", "convergence", caption, picture)


def _sections(result: StudyResult, facts: Sequence[tuple[str, Cell]]) -> Iterator[Section]:
    first, several = result.points[0], len(result.points) > 1
    ranges = ranges_table(ranges_of(result))
    yield Section("ranges", "Two intervals", [ranges] if ranges.rows else [])
    drivers = (
        made(result, response)
        for response in result.responses
        for made in (ends_table, screening_table)
    )
    yield Section("drivers", "What drives it", [table for table in drivers if table.rows])
    yield Section("over", "Over each factor")
    yield Section(
        "changes", "What changes", [changes_table(result)] if several and _compared(result) else []
    )
    yield Section("points", "Every point", [points_table(result)])
    yield Section("convergence", "Enough replications?")
    if result.study.chosen_design != "morris":
        pairs = [differences_table(result.first)] if len(result.first.names) > 1 else []
        title = f"All metrics of {first.point.label}"
        yield Section("figures", title, [networks_table(result.first), *pairs])
    if any(one.settings for one in result.planned) and len(result.planned) <= _MOST_SETTINGS:
        yield Section("settings", "What was varied", [factors_table(result)])
    scenarios = [_without_place(one) for one in first.point.plan.scenarios]
    inputs = assumptions_table(assumptions(scenarios), first.point.plan.names)
    yield Section("assumptions", "Inputs", [inputs])
    yield Section("made", "How it was made", [made_table(facts)])


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
