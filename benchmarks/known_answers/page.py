"""The page `docs/validation.md`, and the table that the command prints."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.known_answers.answers import ADDED, AS_IT_IS, SKIPPED, Answer, answers

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"

HEAD = """# Known answers

Does it compute the right result? Below are cases whose answer is known: from queueing theory, from
textbooks, from the rules that marketplaces and carriers publish, from the examples of other
simulators, and relations that hold in any network. `python -m benchmarks known_answers` sends each
through `logistics.simulate`, or through the function that a planner would use, and writes this page
and `benchmarks/results/known_answers.json`.

{counts}

A row shows one metric of a case, the one closest to its limit; *metrics* says how many of the
case's metrics agree, and the JSON file has them all. An answer agrees

- **over runs**: if at least 20 independent runs give a 99.9% interval that holds the answer, and a
  95% interval that reaches at most 1% to 5% of the answer to either side (half a percentage point
  for a share). A share of which fewer than 50 parcels are expected is only asked not to be seen far
  too often;
- **of many parcels** (damage): if the share is within 3.29 standard deviations;
- **of intervals** (coverage): if they hold the truth as often as they should, within 3.3;
- **without chance**: to nine or ten digits, or to the error that the source allows; dates, instants
  and relations exactly.

Of the metrics of a correct simulator, one in a thousand is expected to fail. A metric that fails is
tried once more with a different seed; failing twice is failing. {again}

A textbook's hour is mostly a minute here, so that queues can be watched for years in seconds; one
of the relations below says that a unit of time changes nothing.
"""


def page(trials: list[Mapping[str, Any]]) -> str:
    """Return the page of some trials, as the results keep them."""
    known = answers()
    rows = [(known[one["id"]], one) for one in trials]
    lines = [HEAD.format(counts=counts(trials), again=_again(trials))]
    run = [(answer, one) for answer, one in rows if answer.way != SKIPPED]
    for group, members in groupby(run, key=lambda row: row[0].group):
        lines += [f"## {group[0].upper()}{group[1:]}\n"]
        lines += ["| case | expected | simulated | interval | verdict | source |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_row(answer, one) for answer, one in members]
        lines += [""]
    lines += ["## Skipped\n", "| case | why | source |", "|---|---|---|"]
    lines += [
        f"| `{a.id}`: {_cell(a.title)} | {a.remark} | {_cell(a.source)} |"
        for a, _ in rows
        if a.way == SKIPPED
    ]
    return "\n".join(lines) + "\n"


def counts(trials: list[Mapping[str, Any]]) -> str:
    """Return how many cases there are, agree, were made possible, or are skipped."""
    known = answers()
    ways = Counter(known[one["id"]].way for one in trials)
    verdicts = Counter(one["verdict"] for one in trials)
    figures = sum(len(one["figures"]) for one in trials)
    return (
        f"**{len(trials)} cases: {ways[AS_IT_IS]} run as it is, {ways[ADDED]} with something that"
        f" was added because a planner would want it, {ways[SKIPPED]} skipped. Of the"
        f" {len(trials) - ways[SKIPPED]} that run, {verdicts['agrees']} agree and"
        f" {verdicts['disagrees']} disagree; {figures:,} metrics were judged.**"
    )


def table(trials: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines that the command prints, one a case."""
    for one in trials:
        closest = _closest(one)
        shown = f"{closest['figure']}: {_number(closest['simulated'])}" if closest else ""
        verdict = f"{one['verdict']:9s} {_agreeing(one):>8s}"
        yield f"{one['id']:44s} {verdict} {one['seconds']:6.1f} s  {shown}"


def _again(trials: list[Mapping[str, Any]]) -> str:
    tried = [one for one in trials if one["again"]]
    failed = sum(not f["agrees"] for one in tried for f in one["figures"])
    if not tried:
        return "This time, none failed."
    return f"This time, {failed} metrics of {len(tried)} cases failed the first time."


def _row(answer: Answer, one: Mapping[str, Any]) -> str:
    figure = _closest(one)
    assert figure is not None
    remark = f" {answer.remark}" if answer.remark else ""
    verdict = f"{one['verdict']}; metrics {_agreeing(one)}"
    if one["again"]:
        verdict += " (second seed)"
    name = f"`{figure['figure']}` "
    cells = [
        f"`{answer.id}`: {_cell(answer.title)}.{remark}",
        name + _number(figure["expected"]),
        _number(figure["simulated"]),
        _interval(figure),
        verdict,
        _cell(answer.source),
    ]
    return f"| {' | '.join(cells)} |"


def _agreeing(one: Mapping[str, Any]) -> str:
    """Return how many figures agreed, the first time or the second."""
    second = {f["figure"] for f in one["again"] if f["agrees"]}
    good = sum(f["agrees"] or f["figure"] in second for f in one["figures"])
    return f"{good} of {len(one['figures'])}"


def _closest(one: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the figure that came closest to failing, or failed worst, last time."""
    return max(one["again"] or one["figures"], key=_strain, default=None)


def _strain(figure: Mapping[str, Any]) -> float:
    """Return 0 for a perfect figure, 1 at the limit."""
    if not figure["agrees"]:
        return math.inf
    if figure["low"] is None or figure["remark"]:
        return 0.0
    half = (figure["high"] - figure["low"]) / 2
    return abs(figure["simulated"] - figure["expected"]) / half if half else 0.0


def _interval(figure: Mapping[str, Any]) -> str:
    if figure["low"] is None:
        return "exact"
    return f"{_number(figure['low'])} to {_number(figure['high'])}"


def _number(value: Any) -> str:
    if isinstance(value, bool | str):
        return _cell(str(value))
    if isinstance(value, list):
        return _cell(", ".join(map(str, value)))
    return f"{value:.6g}"


def _cell(text: str) -> str:
    """Return a text that breaks neither the table nor the page."""
    return re.sub(r"([|*_<>\[\]])", r"\\\1", text)
