"""The answer in three sentences: what is faster, what damages more, what is late and why.

Every sentence has its interval; what an interval leaves open is not claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite, isnan

from logistics.analysis.comparison import Comparison, pair_name, pairs_of
from logistics.analysis.measures.attribution import Waterfall
from logistics.analysis.measures.metrics import DAYS_GRID
from logistics.analysis.measures.registry import CAUSE_METRICS, NETWORK_METRICS, Definition
from logistics.analysis.statistics.intervals import Estimate, percent
from logistics.report.text.wording import (
    damage_verdict,
    delivers,
    estimate_parts,
    estimate_text,
    is_clear,
    time_verdict,
)
from logistics.vocabulary import CAUSES

_LATE = Definition("share", "late", "", 0.0, 1.0)
_HOURS = Definition("hours", "", "", float("-inf"))
_MOST_PAIRS = 3  # of networks whose every pair is shown; of more, the first against each other


def answer(result: Comparison) -> list[str]:
    """Return what to tell first: of one network, or of the two that lie farthest apart.

    Of two networks: time, damage, lateness and its cause.
    """
    if len(result.names) == 1:
        return _of_one(result, result.names[0])
    first, second = farthest_pair(result)
    if not (delivers(result.metrics[first]) or delivers(result.metrics[second])):
        none = f"Neither {result.label(first)} nor {result.label(second)} delivers any parcel"
        ends = " ".join(_what_became(result, name) for name in (first, second))
        return [f"{none}: there is no delivery time and no damage to compare.", ends]
    damage = damage_verdict(result, first, second).removesuffix(".")
    return [
        time_verdict(result, first, second),
        f"{damage} ({_damages(result, second)}, {_damages(result, first)}).",
        _late_and_why(result, first, second),
    ]


def farthest_pair(result: Comparison) -> tuple[str, str]:
    """Return the two networks whose delivery times differ most for the same orders."""

    def distance(pair: tuple[str, str]) -> float:
        estimate = result.paired[pair_name(*pair)]["difference_days.mean"].estimate
        return -1.0 if isnan(estimate) else abs(estimate)

    return max(pairs_of(result.names), key=distance)


def by_speed(result: Comparison) -> list[str]:
    """Return the networks, the fastest first; those that deliver nothing come last."""
    days = {name: result.metrics[name]["delivery_days.mean"].estimate for name in result.names}
    return sorted(days, key=lambda name: inf if isnan(days[name]) else days[name])


def slowest(result: Comparison, names: Sequence[str] = ()) -> str:
    """Return the slowest of some networks (none: all) that deliver anything; else the first."""
    asked = names or result.names
    ranked = [name for name in by_speed(result) if name in asked]
    return next((name for name in ranked[::-1] if delivers(result.metrics[name])), asked[0])


def shown_pairs(result: Comparison) -> list[tuple[str, str]]:
    """Return the pairs that get pictures: all of three networks, else each against the first."""
    few = len(result.names) <= _MOST_PAIRS
    return [pair for pair in pairs_of(result.names) if few or pair[0] == result.names[0]]


def gains(result: Comparison) -> list[str]:
    """Say of each pair shown what giving both networks the same orders gained, where runs tell."""
    sentences = []
    for first, second in shown_pairs(result):
        estimates = result.paired[pair_name(first, second)]
        correlation, ratio = estimates["run_correlation"], estimates["interval_width_ratio"]
        if not isnan(correlation.estimate):
            sentences.append(
                f"{result.label(first)} and {result.label(second)} had the same orders: the"
                f" confidence interval of their difference in days is {ratio.estimate:.2f} times as"
                " wide as with independent orders (correlation over the runs"
                f" {correlation.estimate:.2f})."
            )
    return sentences


def late_share(estimates: Mapping[str, Estimate]) -> Estimate:
    """Return the share of all parcels that are late or never come."""
    on_time = estimates["on_time_rate"]
    return Estimate(1 - on_time.estimate, 1 - on_time.high, 1 - on_time.low)


def main_cause(fall: Waterfall) -> tuple[str, Estimate] | None:
    """Return the cause with the greatest part of a difference in hours; None if nothing differs."""
    gap = fall.second_hours.estimate - fall.first_hours.estimate
    steps = {cause: step for cause, step in fall.steps.items() if isfinite(step.estimate)}
    if not steps or not isfinite(gap) or gap == 0:
        return None
    cause = max(steps, key=lambda one: steps[one].estimate * (1 if gap > 0 else -1))
    return cause, steps[cause]


def _of_one(result: Comparison, name: str) -> list[str]:
    estimates = result.metrics[name]
    if not delivers(estimates):
        none = f"{result.label(name)} delivers no parcel"
        none += ": there is no delivery time and no damage to report."
        return [none, _what_became(result, name)]
    damaged = estimate_text(estimates["damage_rate"], NETWORK_METRICS["damage_rate"])
    return [
        _how_long(estimates),
        f"Of the delivered parcels {damaged} are damaged.",
        f"{_is_late(result, name)}{_largest_cause(result, name)}.",
    ]


def _how_long(estimates: Mapping[str, Estimate]) -> str:
    """Say the median and the P95 delivery time, as far as so many parcels are delivered."""
    half, most = (estimates[f"delivery_days.p{p}"] for p in (50, 95))
    days = NETWORK_METRICS["delivery_days.p50"]
    part = estimate_text(estimates["delivered_rate"], NETWORK_METRICS["delivered_rate"])
    longest = f"{DAYS_GRID.last} days"
    if not isfinite(half.estimate):
        return f"Fewer than half of all parcels are delivered within {longest}; {part} ever are."
    if not isfinite(most.estimate):
        return (
            f"Median delivery time {estimate_text(half, days)}, but fewer than 95% of parcels are"
            f" delivered within {longest}; {part} ever are."
        )
    return f"Median delivery time {estimate_text(half, days)}, P95 {estimate_text(most, days)}."


def _what_became(result: Comparison, name: str) -> str:
    """Say how the parcels of a network ended that delivers none."""
    estimates = result.metrics[name]
    ends = {
        "loss_rate": "are lost or stolen",
        "returned_rate": "are sent back",
        "under_way_rate": "are still in transit when the run ended",
    }
    parts = [
        f"{estimate_text(estimates[key], NETWORK_METRICS[key])} {words}"
        for key, words in ends.items()
        if estimates[key].estimate > 0
    ]
    label = result.label(name)
    return f"Of the parcels of {label} {', '.join(parts)}." if parts else f"{label} has no parcels."


def _largest_cause(result: Comparison, name: str) -> str:
    if name not in result.group_totals:
        return ""
    hours = result.group_totals[name]["all"].mean_hours()[:, 0].tolist()
    if not isfinite(hours[0]):
        return ""
    row = max(range(len(CAUSES)), key=hours.__getitem__)
    label = CAUSE_METRICS[CAUSES[row]].label
    return f"; of {sum(hours):.0f} click-to-door hours, the most go to '{label}': {hours[row]:.0f}"


def _damages(result: Comparison, name: str) -> str:
    rate = result.metrics[name]["damage_rate"].estimate
    damaged = percent(rate, 2) if isfinite(rate) else "delivers no parcel"
    return f"{result.label(name)} {damaged}"


def _late_and_why(result: Comparison, first: str, second: str) -> str:
    short = delivers(result.metrics[second])
    late = f"{_is_late(result, second)}, {_is_late(result, first, short)}"
    fall = result.waterfalls.get(pair_name(first, second))
    found = main_cause(fall) if fall is not None else None
    if fall is None or found is None:
        return f"{late}."
    cause, step = found
    gap = Estimate(fall.second_hours.estimate - fall.first_hours.estimate)
    part = estimate_text(step, _HOURS)
    of = estimate_parts(gap, _HOURS)[0]
    sure = "" if is_clear(step) else ", which is not significant"
    return (
        f"{late}; the largest cause of the difference is '{CAUSE_METRICS[cause].label}':"
        f" {part} of {of}{sure}."
    )


def _is_late(result: Comparison, name: str, short: bool = False) -> str:
    label = result.label(name)
    if not delivers(result.metrics[name]):
        return f"{label}: delivers none"
    late = estimate_text(late_share(result.metrics[name]), _LATE)
    return f"{label} {late}" if short else f"{label}: {late} late or never delivered"
