"""What a planner should know beside the metrics: what was built, and the caveats."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.network import Limits
from logistics.analysis.measures.registry import NETWORK_METRICS
from logistics.analysis.statistics.intervals import Estimate, percent
from logistics.analysis.statistics.warm_up import CommonWarmUp
from logistics.report.text.ranges import listed
from logistics.report.text.wording import days_words, estimate_parts
from networks.inputs.faults import printable

_RANDOM_ONLY = (
    "95% confidence intervals, random variation only: how far metrics move if the same scenarios"
    " are run again. For how far they move with the assumptions anywhere in their ranges, pass"
    " --assumptions 40."
)
_TIMES = {1: "once", 2: "twice"}


def built(comparison: Comparison) -> dict[str, list[str]]:
    """Return what was built for each network, line by line."""
    networks = comparison.run["networks"]
    return {name: networks[name]["built"] for name in comparison.names}


def caveats_of(comparison: Comparison) -> list[str]:
    """Return what was understood of the input, and what may be wrong.

    Assumptions, coarse limits, days not settled, unfinished orders.
    """
    networks, orders = comparison.run["networks"], comparison.run["orders_per_day"]
    coarse = [
        f"{comparison.label(name)}: a sample of {orders:,} orders a day does not resolve"
        f" capacities below 30 parcels or workers: {'; '.join(networks[name]['not_resolved'])}."
        for name in comparison.names
        if networks[name]["not_resolved"]
    ]
    varied = comparison.ranges or comparison.replications == 1
    random_only = [] if varied else [_RANDOM_ONLY]
    return [*input_notes(comparison), *random_only, *coarse, *trouble(comparison)]


def input_notes(comparison: Comparison) -> list[str]:
    """Return what was understood of the input, and what of it does nothing."""
    networks = comparison.run.get("networks", {})
    notes = map(printable, comparison.run.get("notes", []))
    idle = (
        f"{comparison.label(name)}: {line}."
        for name in comparison.names
        for line in networks.get(name, {}).get("idle", ())
    )
    return [*notes, *idle]


def trouble(comparison: Comparison, percentiles: Container[str] | None = None) -> list[str]:
    """Return why the results may be wrong: days not settled, parcels still in transit.

    `percentiles`: that matter, such as 'P95'; None for all.
    """
    return [*_not_settled(comparison), *_under_way(comparison, percentiles)]


def sample_note(run: Mapping[str, Any]) -> str:
    """Name the weekdays that are overrepresented if the days are not whole weeks; else ''.

    `run`: its facts, of which `first_day` and `days` are read.

    >>> sample_note({"first_day": "2023-09-18", "days": 2})
    '2 measured days, Monday and Tuesday: not whole weeks, so weekday effects do not average out.'
    """
    weeks, rest = divmod(run.get("days", 0), 7)
    if not rest:
        return ""
    first = date.fromisoformat(str(run["first_day"]))
    named = listed([f"{first + timedelta(days=at):%A}" for at in range(rest)])
    if weeks:
        often, once = (_TIMES.get(count, f"{count} times") for count in (weeks + 1, weeks))
        named += f" {often}, the other weekdays {once}"
    days = days_words(run["days"]).replace(" ", " measured ")
    return f"{days}, {named}: not whole weeks, so weekday effects do not average out."


def warm_ups(comparison: Comparison) -> dict[str, str]:
    """Return by network when its days settle, and what was simulated before those measured."""
    return {name: _settles(one) for name, one in comparison.warm_up.items()}


def _settles(one: CommonWarmUp) -> str:
    before = f"{days_words(one.simulated_days)} simulated before those measured"
    if not one.settled:
        return f"too few days to say, or the days differ through half of the run; {before}"
    if one.cut_days == 0:
        return f"no day differs from later ones of its weekday beyond random variation; {before}"
    verb = f"differ{'s' * (one.cut_days == 1)}"
    return f"the first {days_words(one.cut_days)} {verb} from later ones of the weekday; {before}"


def _not_settled(comparison: Comparison) -> list[str]:
    """Warn where the first measured days are not like the later ones."""
    return [
        f"{comparison.label(name)}: the first {days_words(one.cut_days - one.simulated_days)}"
        " measured differ from later ones of the same weekday, as if the network were still"
        f" filling; that moves the mean by {one.shift:+.1%}. Unless a holiday explains it, add"
        f" warm-up days (--warm-up-days {one.cut_days}, now {one.simulated_days})."
        for name, one in comparison.warm_up.items()
        if one.enough is False
    ]


def _under_way(comparison: Comparison, percentiles: Container[str] | None) -> list[str]:
    """Say by how much parcels that had not arrived could still move a quantile."""
    warnings = []
    for name, limits in comparison.unfinished.items():
        asked = [one for one in limits if percentiles is None or one.label in percentiles]
        moved = [_open(one) for one in asked if one.under_way and one.open]
        if moved:
            still = comparison.metrics[name]["under_way_rate"].estimate
            warnings.append(
                f"{comparison.label(name)}: {percent(still, 2)} of the parcels were still in"
                f" transit when the run ended, which leaves open {'; '.join(moved)}; the mean"
                " leaves them out. Follow them longer (--follow-days, now"
                f" {comparison.run['follow_days']})."
            )
    return warnings


def _open(limits: Limits) -> str:
    """Return between what a quantile is still open.

    >>> _open(Limits("P95", Estimate(9.14), Estimate(float("inf")), 12))
    'P95 9.1 days to not reached'
    """
    low, high = (
        estimate_parts(Estimate(end.estimate), NETWORK_METRICS["delivery_days.mean"])[0]
        for end in (limits.low, limits.high)
    )
    if low == high:
        low, high = (f"{end.estimate:.2f} days" for end in (limits.low, limits.high))
    low = low.removesuffix(" days") if high.endswith(" days") else low
    return f"{limits.label} {low} to {high}"
