"""`report.html` of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from logistics.analysis.measures.responses import Response
from logistics.report.page import Front, Section, rendered
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
    groups = _by_metric(result)
    for name, responses in groups.items():
        yield from _of_metric(result, name, responses)
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
    return rendered(front, _sections(result, charts, facts))


def _of_metric(result: StudyResult, name: str, responses: Sequence[Response]) -> Iterator[Chart]:
    label, several = responses[0].title, len(result.points) > 1
    file = slug(name.replace(".", "-"))
    if result.study.chosen_design in ("grid", "one at a time"):
        caption = f"{label}, with 95% confidence intervals (random variation only)."
        yield Chart(f"intervals-{file}", "points", caption, plot_study_intervals(result, responses))
        if several:
            caption = f"Change in {label}; an interval that includes 0 shows no difference."
            yield Chart(
                f"changes-{file}", "changes", caption, plot_study_changes(result, responses)
            )
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


def _sections(
    result: StudyResult, charts: Sequence[Chart], facts: Sequence[tuple[str, Cell]]
) -> list[Section]:
    def of(section: str) -> list[Chart]:
        return [chart for chart in charts if chart.section == section]

    several = len(result.points) > 1
    first = result.points[0]
    varied = any(one.settings for one in result.planned)
    drivers = [
        table
        for response in result.responses
        for table in (ends_table(result, response), screening_table(result, response))
        if table.rows
    ]
    scenarios = [_without_place(one) for one in first.point.plan.scenarios]
    ranges = ranges_table(ranges_of(result))
    figures = [networks_table(result.first)]
    if len(result.first.names) > 1:
        figures.append(differences_table(result.first))
    return [
        Section("ranges", "Two intervals", charts=of("ranges"),
                tables=[ranges] if ranges.rows else []),
        Section("drivers", "What drives it", charts=of("drivers"), tables=drivers),
        Section("over", "Over each factor", charts=of("over")),
        Section("changes", "What changes", charts=of("changes"),
                tables=[changes_table(result)] if several and _compared(result) else []),
        Section("points", "Every point", charts=of("points"), tables=[points_table(result)]),
        Section("convergence", "Enough replications?", charts=of("convergence")),
        Section("figures", f"All metrics of {first.point.label}",
                tables=[] if result.study.chosen_design == "morris" else figures),
        Section("settings", "What was varied",
                tables=[factors_table(result)]
                if varied and len(result.planned) <= _MOST_SETTINGS else []),
        Section("assumptions", "Inputs",
                tables=[assumptions_table(assumptions(scenarios), first.point.plan.names)]),
        Section("made", "How it was made", tables=[made_table(facts)]),
    ]  # fmt: skip


def _without_place(scenario: Scenario) -> Scenario:
    """Return a scenario that says nothing of where its own network lies on this machine."""
    if not isinstance(scenario.network, OwnNetwork):
        return scenario
    return scenario.replace(network={"path": Path(scenario.network.path).name})


def _compared(result: StudyResult) -> bool:
    return result.study.chosen_design in ("grid", "one at a time")


def _by_metric(result: StudyResult) -> dict[str, list[Response]]:
    groups: dict[str, list[Response]] = {}
    for response in result.responses:
        groups.setdefault(response.name, []).append(response)
    return groups


def _lead(result: StudyResult) -> str:
    runs = sum(one.replications for one in result.points)
    points, study = len(result.points), result.study
    plan = result.points[0].point.plan
    days, orders = plan.scenarios[0].days, plan.scenarios[0].orders
    what = f"{points} points ({study.chosen_design})" if points > 1 else "One point"
    return (
        f"{what}, {runs:,} runs together; {days.days} day{'s' * (days.days > 1)} of orders from"
        f" {days.first_day}, a sample of {orders.orders_per_day:,} orders a day."
    )
