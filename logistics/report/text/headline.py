"""What to tell first: which network, how long, how much damage, how sure, and why.

Every metric of the answer is in it (`in_the_answer`), a registered one too, with the confidence
interval of random variation and with the range in which assumptions leave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.attribution import Waterfall
from logistics.analysis.measures.registry import (
    CAUSE_METRICS,
    NETWORK_METRICS,
    Definition,
    Response,
    in_the_answer,
)
from logistics.analysis.statistics.intervals import Estimate, percent
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.text.answer import shown_pairs
from logistics.report.text.caveats import sample_note, trouble
from logistics.report.text.wording import (
    NEARLY_ALL,
    days_words,
    decisive,
    delivers,
    estimate_parts,
    is_clear,
    signed,
)

NOT_KNOWN = "not known"
"""Stands for the assumption range of a metric that has none; `--assumptions N` finds it."""

_MEAN, _DAMAGE = "delivery_days.mean", "damage_rate"
_DIFFERENCES = {_MEAN: "difference_days.mean", _DAMAGE: "damage_difference"}
MOST_CAVEATS = 2
"""Caveats beside the answer; the others follow further down."""

_MOST_CAUSES = 3
_LEAST_GAP = 0.5  # hours: less is no difference to explain
_LEAST_CAUSE = 0.05  # of the difference: smaller causes are not named
_MANY_RUNS = "--assumptions 40"
_CLEARLY = 2.0  # times as wide: a range that is clearly more than random variation


@dataclass(frozen=True)
class AnswerCell:
    """A metric of one network's answer, in words.

    `heading`: its short name, with the unit where the numbers do not have it. `random`: the 95%
    confidence interval, random variation only; empty where there is none. `assumed`: the assumption
    range, or `NOT_KNOWN`.
    """

    name: str
    heading: str
    value: str
    random: str
    assumed: str


def answer_cells(result: Comparison, network: str) -> list[AnswerCell]:
    """Return the metrics of the answer of a network, in order."""
    return [_cell(result, network, name, metric) for name, metric in in_the_answer().items()]


def headline(result: Comparison) -> str:
    """Say in a line which network is fastest, with the days of all, and which damages least."""
    return " ".join(headline_sentences(result, short=True))


def headline_sentences(result: Comparison, short: bool = False) -> list[str]:
    """Return the headline sentence by sentence: the times first.

    `short`: of the damage, only the least.
    """
    if not any(delivers(result.metrics[name]) for name in result.names):
        return ["No parcel is delivered: there is no delivery time and no damage to report."]
    if len(result.names) == 1:
        (name,) = result.names
        days, damaged = (_value(result, name, one) for one in (_MEAN, _DAMAGE))
        first = f"{result.label(name)}: {days} click to door on average; {damaged} damaged."
        return [first, *_delivered_only(result)]
    damage = _ranked(result, _DAMAGE, ("Least damage", "Equal damage"), "", others=not short)
    times = _ranked(result, _MEAN, ("Fastest", "Equally fast"), " click to door")
    return [f"{times}.", f"{damage}.", *_delivered_only(result)]


def _delivered_only(result: Comparison) -> list[str]:
    """Say whose days are those of few of their parcels: the others are not there yet, or lost."""
    shares = {name: result.metrics[name]["delivered_rate"].estimate for name in result.names}
    few = [
        f"{result.label(name)} {percent(share, 0)}"
        for name, share in shares.items()
        if 0 < share < NEARLY_ALL
    ]
    return [f"Only the delivered parcels have days: {', '.join(few)} of all."] if few else []


def sample_line(result: Comparison) -> str:
    """Say which orders were sent, how many and how often; '' where the facts of a run lack."""
    run = result.run
    if "days" not in run:
        return ""
    runs = f"{result.replications} run{'s' * (result.replications > 1)}"
    same = ", the same in every network" if len(result.names) > 1 else ""
    what_if = f"; what if {run['what_if']}" if run.get("what_if") else ""
    return f"{runs} of {orders_words(run)}{same}{what_if}."


def orders_words(run: Mapping[str, Any]) -> str:
    """Return what orders a run measures.

    >>> orders_words({"first_day": "2023-09-18", "days": 7, "orders_per_day": 60_000})
    '7 days of orders from Mon Sep 18, 2023 (60,000 a day)'
    """
    first = date.fromisoformat(str(run["first_day"]))
    days = f"{days_words(run['days'])} of orders from {first:%a %b} {first.day}, {first.year}"
    if read := run.get("orders_read"):
        file = f" in {Path(run['orders']).name}" if run.get("orders") else ""
        return f"{days} ({read['orders']:,} orders{file})"
    return f"{days} ({run['orders_per_day']:,} a day)"


def why_lines(result: Comparison) -> list[str]:
    """Say of each pair in a line which causes make one network slower than the other.

    The largest first; those below a twentieth of the difference are not named.
    """
    lines = []
    for first, second in shown_pairs(result):
        fall = result.waterfalls.get(pair_name(first, second))
        if fall is None or not isfinite(fall.second_hours.estimate - fall.first_hours.estimate):
            continue
        gap = fall.second_hours.estimate - fall.first_hours.estimate
        if abs(gap) < _LEAST_GAP:
            continue
        slow, fast = (second, first) if gap >= 0 else (first, second)
        causes = ", ".join(_main_causes(fall, gap)) or "no one cause stands out"
        lines.append(
            f"{result.label(slow)}, {abs(gap):.0f} h slower than {result.label(fast)}: {causes}"
        )
    return lines


def main_caveats(result: Comparison) -> list[str]:
    """Return the gravest caveats, in at most two sentences."""
    told = gravest_caveats(result)
    more = len(told) - MOST_CAVEATS
    if more <= 0:
        return told
    *most, last = told[:MOST_CAVEATS]
    return [*most, f"{last} (--full has {more} more.)"]


def gravest_caveats(result: Comparison) -> list[str]:
    """Return the caveats of the answer, the gravest first."""
    found = [
        *trouble(result, _percentiles()),
        sample_note(result.run),
        _of_assumptions(result),
        _coarse(result),
    ]
    return [text for text in found if text]


def _percentiles() -> set[str]:
    """Return what tables call the percentiles of the answer, among other metrics of it."""
    return {one.label for one in in_the_answer().values()}


def _cell(result: Comparison, network: str, name: str, metric: Definition) -> AnswerCell:
    value, ends = estimate_parts(result.metrics[network][name], metric)
    found = result.ranges.get(Response(network, name))
    return AnswerCell(
        name,
        _heading(metric),
        value.removesuffix(f" {metric.unit}"),
        ends.strip("()"),
        _range_text(found, metric) if found else NOT_KNOWN,
    )


def _heading(metric: Definition) -> str:
    """Return the short name of a metric, with the unit that stands behind its numbers, if any."""
    has_unit = estimate_parts(Estimate(2.0), metric)[0].endswith(f" {metric.unit}")
    return f"{metric.short}, {metric.unit}" if has_unit else metric.short


def _range_text(found: TwoIntervals, metric: Definition) -> str:
    """Return the ends of an assumption range; its width says to how many digits."""
    low, high = found.range.low, found.range.high
    if low == high:
        return estimate_parts(Estimate(low), metric)[0].removesuffix(f" {metric.unit}")
    return estimate_parts(Estimate((low + high) / 2, low, high), metric)[1].strip("()")


def _value(result: Comparison, network: str, name: str) -> str:
    """Return an estimate with its unit, to as many digits as a headline has."""
    value = Estimate(result.metrics[network][name].estimate)
    return estimate_parts(value, NETWORK_METRICS[name])[0]


def _ranked(
    result: Comparison, name: str, heads: tuple[str, str], unit: str, others: bool = True
) -> str:
    """Return the network with the least of a metric first, then the others with theirs.

    Where the first two are too close to call, it says so. `heads`: what the first is, and what the
    first two are where no run tells them apart. `others`: whether they are shown.
    """
    values = {one: result.metrics[one][name].estimate for one in result.names}
    ranked = sorted(filter(lambda one: isfinite(values[one]), values), key=values.__getitem__)
    first, *behind = ranked
    text = f"{result.label(first)}, {_value(result, first, name)}{unit}"
    rest = ", ".join(
        f"{result.label(one)} {_value(result, one, name).removesuffix(' days')}"
        for one in behind
        if others
    )
    best, equal = heads
    head = best
    for second in behind[:1]:
        if not _is_less(result, first, second, name):
            head = equal if _is_same(result, first, second, name) else f"{best}, not yet certain"
    return f"{head}: {text}{f' ({rest})' if rest else ''}"


def _is_less(result: Comparison, first: str, second: str, name: str) -> bool:
    """Tell whether the first network has clearly less of a metric than the second."""
    pair = _pair(result, first, second)
    found = decisive(result, *pair, _DIFFERENCES[name])
    ahead = found.estimate > 0 if pair == (first, second) else found.estimate < 0
    return is_clear(found) and ahead


def _is_same(result: Comparison, first: str, second: str, name: str) -> bool:
    """Tell whether two networks have the same of a metric in every run."""
    runs = result.values.get(pair_name(*_pair(result, first, second)))
    return runs is not None and not runs[_DIFFERENCES[name]].any()


def _pair(result: Comparison, first: str, second: str) -> tuple[str, str]:
    """Return two networks in the order in which they are compared."""
    as_given = pair_name(first, second) in result.paired
    return (first, second) if as_given else (second, first)


def _main_causes(fall: Waterfall, gap: float) -> Iterator[str]:
    sign = 1 if gap >= 0 else -1
    steps = {name: sign * one.estimate for name, one in fall.steps.items()}
    ranked = sorted(steps, key=lambda name: -steps[name])
    for name in ranked[:_MOST_CAUSES]:
        if isfinite(steps[name]) and steps[name] >= _LEAST_CAUSE * abs(gap) > 0:
            yield f"{CAUSE_METRICS[name].label} {signed(steps[name], 0)} h"


def _of_assumptions(result: Comparison) -> str:
    """Say which figure the assumptions move most beyond random variation, and through which."""
    found = {
        response: ranges
        for response, ranges in result.ranges.items()
        if response.who in result.metrics and response.name in in_the_answer()
    }
    if not found:
        return (
            "Assumption ranges are known for the built-in networks as they come, over their own"
            f" days: here, add {_MANY_RUNS}."
        )
    response = max(found, key=_widened(found))
    if _widened(found)(response) < _CLEARLY:
        return "Assumptions move these figures no more than random variation."
    driver = next((one for one in found[response].drivers.factors if one.share > 0), None)
    most = "mostly" if driver and driver.share >= 0.5 else "first of all"
    through = f", {most} {_words(driver.name)} ({driver.share:.0%})" if driver else ""
    metric = response.definition
    unit = "%" if metric.unit == "share" else f" {metric.unit}"
    return (
        "Assumptions move these figures more than random variation:"
        f" {result.label(response.who)}, {metric.short},"
        f" {_range_text(found[response], metric)}{unit}{through}. {_typical(result)}".rstrip()
    )


def _words(path: str) -> str:
    """Return a field of a scenario in words.

    >>> _words("risks.failed_attempt")
    'failed attempt'
    """
    return path.rpartition(".")[2].replace("_", " ")


def _typical(result: Comparison) -> str:
    """Return the mean days in the middle of all draws of the assumptions; '' if not known."""
    middles = [
        f"{result.label(name)} {found.range.middle:.1f}"
        for name in result.names
        if (found := result.ranges.get(Response(name, _MEAN))) and isfinite(found.range.middle)
    ]
    return f"Mid-range, mean days are {', '.join(middles)}." if middles else ""


def _widened(found: Mapping[Response, TwoIntervals]) -> Callable[[Response], float]:
    """Return how many times wider a metric's assumption range is than its confidence interval."""

    def times(response: Response) -> float:
        one = found[response]
        wide, narrow = one.range.high - one.range.low, one.narrow.high - one.narrow.low
        if not isfinite(wide):
            return 0.0
        if not one.narrow.has_interval or narrow <= 0:
            narrow = abs(one.narrow.estimate) or 1.0
        return wide / narrow

    return times


def _coarse(result: Comparison) -> str:
    """Say that a sample is too small for questions about capacity."""
    networks = result.run.get("networks", {})
    if not any(networks.get(name, {}).get("not_resolved") for name in result.names):
        return ""
    return (
        f"Queues and full trucks need a larger sample than {result.run['orders_per_day']:,} orders"
        " a day: bottlenecks are rough."
    )
