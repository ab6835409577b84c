"""Makes the page on which assumptions matter, from the folders of finished studies.

    logistics study run docs/examples/range-of-assumptions.yaml -o FOLDER/range-of-assumptions
    logistics study run docs/examples/screening-NETWORK.yaml -o FOLDER/screening-NETWORK
    logistics study run docs/examples/ends-NETWORK.yaml -o FOLDER/ends-NETWORK
    python -m docs.make_what_matters FOLDER

Writes docs/background/what-matters.md and its pictures. The seven studies take about an hour on
two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.drawing import svg_of
from logistics.report.pictures.studies import (
    plot_study_screening,
    plot_study_tornado,
    plot_two_intervals,
)
from logistics.report.tables.metrics import ranges_table
from logistics.report.tables.table import cell_parts
from logistics.report.text.ranges import heading
from logistics.report.text.wording import estimate_parts
from logistics.scenario.load import builtin_scenarios
from logistics.studies.effects import ranges_of, screened
from logistics.studies.results import StudyResult, study_result
from logistics.studies.store.store import Store
from logistics.studies.study import Study

DOCS = Path(__file__).parent
PAGE = DOCS / "background" / "what-matters.md"
PICTURES = DOCS / "pictures"
SHOWN = 10
"""Assumptions in a table of a screening."""
SCREENED = ("delivery_days.p95", "delivery_days.mean", "damage_rate")

HEAD = """# Which assumptions matter

Where no public source gives a value, the built-in scenarios assume one and state a plausible range.
This page shows how far the results move while all assumptions lie anywhere in their ranges, and
which of them move the results most. [Every assumption, one by
one](assumptions.md) has the rest.

Made by `python -m docs.make_what_matters` from the studies `range-of-assumptions.yaml`,
`screening-*.yaml` and `ends-*.yaml` in `docs/examples`; 15,000 orders a day, 7 measured days, one
run per point (two for the bars). How to make such studies of your own:
[Studies](../guides/studies.md).
"""
RANGES = """## Two intervals

{draws} samples: in each, every assumption is drawn from its range, half of the samples below the
assumed value and half above (a Latin hypercube). The wide interval contains 90% of the samples:
what we do not know about the world. The narrow one is random variation between runs, which more
runs narrow; a single run has none, and four runs of the default size give a few hundredths of a
day. The drivers were found by rank regression with forward selection; a share is that of the wide
range.
"""
SCREENING = """## {network}: screened

Morris' screening: {trajectories} trajectories through the ranges of {factors} assumptions, one
changed at a time, from different starting points. "Mean size" is how far the result moves on
average when the assumption goes from its low to its high end (mu*), with its standard error;
"differs" is how differently it moves depending on where the others are (sigma). The {shown}
largest:
"""
ENDS = """The largest of them one at a time, all else as assumed: the bars reach from the low to the
high end.
"""


def main(arguments: Sequence[str]) -> None:
    """Write the page and its pictures."""
    (folder,) = arguments
    PAGE.write_text("\n".join(_page(Path(folder))), encoding="utf-8")


def _page(folder: Path) -> Iterator[str]:
    yield HEAD
    yield from _ranges(_read(folder / "range-of-assumptions"))
    for network in builtin_scenarios():
        yield from _screening(network, _read(folder / f"screening-{network}"))
        yield from _ends(network, _read(folder / f"ends-{network}"))


def _read(folder: Path) -> StudyResult:
    store = Store.open(folder)
    return study_result(Study.model_validate(dict(store.study)), store)


def _ranges(result: StudyResult) -> Iterator[str]:
    found = ranges_of(result)
    yield RANGES.format(draws=result.study.draws)
    table = ranges_table(found)
    yield "| | wide | driven by |\n|---|---:|---|"
    for row in table.rows:
        wide, _, drivers = (" ".join(cell_parts(cell)) for cell in row.cells)
        yield f"| {row.label} | {wide} | {drivers} |"
    yield ""
    for name in ("delivery_days.mean", "damage_rate"):
        same = {one: two for one, two in found.items() if one.name == name}
        yield _picture(f"range-{name.replace('.', '-')}", svg_of(plot_two_intervals(same)))


def _screening(network: str, result: StudyResult) -> Iterator[str]:
    factors = len(result.points[0].point.places)
    yield SCREENING.format(
        network=network, trajectories=result.study.trajectories, factors=factors, shown=SHOWN
    )
    for name in SCREENED:
        response = Response(network, name)
        size, move = response.definition, response.definition.of_a_change()
        yield f"{heading(response)}:\n"
        yield "| assumption | mean size | its error | mean, with its sign | differs |"
        yield "|---|---:|---:|---:|---:|"
        for one in screened(result, response)[:SHOWN]:
            cells = (
                estimate_parts(Estimate(one.mu_star), size)[0],
                estimate_parts(Estimate(one.error), size)[0],
                estimate_parts(Estimate(one.mu), move)[0],
                estimate_parts(Estimate(one.sigma), size)[0],
            )
            yield f"| `{one.name}` | {' | '.join(cells)} |"
        yield ""
    picture = plot_study_screening(result, Response(network, SCREENED[0]))
    yield _picture(f"screening-{network}", svg_of(picture))


def _ends(network: str, result: StudyResult) -> Iterator[str]:
    yield ENDS
    picture = plot_study_tornado(result, Response(network, SCREENED[0]))
    yield _picture(f"tornado-{network}", svg_of(picture))


def _picture(name: str, svg: str) -> str:
    """Write a picture; return how the page shows it."""
    (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    return f"![{name.replace('-', ' ')}](../pictures/{name}.svg)\n"


if __name__ == "__main__":
    main(sys.argv[1:])
