"""Estimates and verdicts as a planner reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite, isinf, isnan

from logistics.analysis.comparison import Comparison, level_of_each, pair_name
from logistics.analysis.measures.metrics import Quantile
from logistics.analysis.measures.registry import PAIRED_METRICS, Definition
from logistics.analysis.statistics.intervals import Estimate, outward, percent
from logistics.analysis.statistics.stopping import cannot_tell

_SAME = "for the same order"
_ONCE = "one replication only: run several to be sure"
NEARLY_ALL = 0.95
"""Of the orders: with fewer, a verdict or a headline says how many it is about."""


@dataclass(frozen=True)
class _Unit:
    """How a unit is written: times `factor`, with `decimals` to start from, then `suffix`."""

    suffix: str
    decimals: int
    factor: float = 1.0


_UNITS = {
    "days": _Unit(" days", 1),
    "dates": _Unit(" dates", 0),
    "share": _Unit("%", 1, 100.0),
    "points": _Unit(" points", 1, 100.0),
    "hours": _Unit(" hours", 1),
    "minutes": _Unit(" minutes", 1),
    "km": _Unit(" km", 0),
    "touches": _Unit("", 1),
    "parcels": _Unit("", 0),
    "orders": _Unit("", 0),
    "correlation": _Unit("", 2),
    "ratio": _Unit("", 2),
}


def estimate_parts(estimate: Estimate, definition: Definition) -> tuple[str, str]:
    """Return a metric and its interval as text; the second is empty without an interval.

    The ends are rounded outward, so that what is shown holds what was found; an interval of no
    width, as of what is the same in every run, is not shown. The percentile of a fine grid lies
    within a step of it.

    >>> from logistics.analysis.measures.registry import NETWORK_METRICS
    >>> estimate_parts(Estimate(5.31, 5.24, 5.38), NETWORK_METRICS["delivery_days.mean"])
    ('5.3 days', '(5.2 to 5.4)')
    """
    unit = _unit_of(definition)
    if isnan(estimate.estimate):
        return "-", ""
    estimate = _within_its_step(estimate, definition)
    decimals = _decimals(estimate, unit)
    sign = "+" if definition.low < 0 and definition.unit != "correlation" else ""

    def text(value: float) -> str:
        written = f"{value:{sign},.{decimals}f}"
        return written.lstrip("+-") if float(written.replace(",", "")) == 0 else written

    if isinf(estimate.estimate):
        shown = "not reached"
    elif unit.suffix == "%":
        shown = percent(estimate.estimate, decimals)
    else:
        shown = text(estimate.estimate * unit.factor) + unit.suffix
    shown = "1 date" if shown == "1 dates" else shown
    if not estimate.has_interval or isinf(estimate.low) or estimate.low == estimate.high:
        return shown, ""
    low, high = outward(estimate.low * unit.factor, estimate.high * unit.factor, decimals)
    return shown, f"({text(low)} {'or more' if isinf(high) else f'to {text(high)}'})"


def _within_its_step(estimate: Estimate, definition: Definition) -> Estimate:
    """Return a percentile with an interval as wide as a step of its grid, where it has no width."""
    of = definition.estimator
    if not isinstance(of, Quantile) or of.grid.steps_per_unit == 1 or not estimate.has_interval:
        return estimate
    if estimate.low != estimate.high:
        return estimate
    return replace(estimate, low=max(0.0, estimate.low - 1 / of.grid.steps_per_unit))


def estimate_text(estimate: Estimate, definition: Definition) -> str:
    """Return an estimate and its interval in one text."""
    return " ".join(filter(None, estimate_parts(estimate, definition)))


def date_words(day: date) -> str:
    """Return a date as a reader knows it.

    >>> date_words(date(2023, 9, 18))
    'Mon Sep 18'
    """
    return f"{day:%a %b} {day.day}"


def days_words(count: int) -> str:
    """Return a number of days in words."""
    return f"{count} day{'s' * (count != 1)}"


def signed(value: float, decimals: int) -> str:
    """Return a number with its sign; what is rounded to nothing has none.

    >>> signed(1.26, 1), signed(-0.04, 1)
    ('+1.3', '0.0')
    """
    written = f"{value:+,.{decimals}f}"
    return written[1:] if float(written.replace(",", "")) == 0 else written


def verdicts(comparison: Comparison) -> list[str]:
    """Return what the paired differences say, one sentence or two per pair."""
    return [
        f"{time_verdict(comparison, first, second)} {damage_verdict(comparison, first, second)}"
        for first, second, _ in comparison.pairs()
    ]


def held_together(comparison: Comparison) -> str:
    """Say that the verdicts on several pairs hold together; nothing of one pair, or of one run."""
    pairs = len(comparison.paired)
    if pairs < 2 or comparison.replications < 2:
        return ""
    return (
        f"The verdicts on the {pairs} pairs hold jointly at {comparison.level:.0%}: their intervals"
        " are wider than those of the tables, each of which holds on its own."
    )


def times_run(comparison: Comparison) -> str:
    """Say how many replications there are and what the intervals mean."""
    if comparison.replications == 1:
        return (
            "One replication, so no confidence intervals; run several to see how sure a metric is."
        )
    return (
        f"{comparison.replications} replications. In parentheses: {comparison.level:.0%} confidence"
        " interval of the long-run value, random variation only."
    )


def promise_text(estimates: Mapping[str, Estimate]) -> str:
    """Return what a network promises and keeps.

    >>> days = ((10, 5), (50, 6), (90, 8))
    >>> promised = {f"promised_dates.p{p}": Estimate(value) for p, value in days}
    >>> promise_text({**promised, "on_time_rate": Estimate(0.973)})
    'promised 5 to 8 dates: 97% on time'
    """
    first, last = (estimates[f"promised_dates.p{p}"].estimate for p in (10, 90))
    on_time = estimates["on_time_rate"].estimate
    if not (isfinite(first) and isfinite(last)):
        return "nothing delivered"
    dates = f"{first:.0f}" if first == last else f"{first:.0f} to {last:.0f}"
    return f"promised {dates} date{'s' * (dates != '1')}: {percent(on_time, 0)} on time"


def time_verdict(comparison: Comparison, first: str, second: str) -> str:
    """Say which of two networks is slower for the same orders, and by how much, if that is clear.

    Of several pairs, with the interval that holds for all of them together.
    """
    estimate = decisive(comparison, first, second, "difference_days.mean")
    both = comparison.paired[pair_name(first, second)]["both_delivered_rate"].estimate
    one, other = comparison.label(first), comparison.label(second)
    if isnan(estimate.estimate):
        return f"{one} and {other}: no parcel was delivered in both."
    if not is_clear(estimate):
        ends = estimate_parts(estimate, PAIRED_METRICS["difference_days.mean"])[1].strip("()")
        return (
            f"{other}: slower or faster than {one} {_SAME} ({ends}{' days, ' * bool(ends)}"
            f"{comparison.replications} replications)?"
            f" {_not_yet(comparison, first, second, 'difference_days.mean').capitalize()}."
        )
    word = "slower" if estimate.estimate >= 0 else "faster"
    once = "" if estimate.has_interval else f", {_ONCE}"
    of = "" if both >= NEARLY_ALL else f", over the {percent(both, 0)} that both delivered"
    return f"{other}: {_size(estimate, 'days')} days {word} than {one} {_SAME}{of}{once}."


def delivers(estimates: Mapping[str, Estimate]) -> bool:
    """Tell whether a network delivers any parcel."""
    return estimates["delivered_rate"].estimate > 0


def damage_verdict(comparison: Comparison, first: str, second: str) -> str:
    """Say how much higher the damage rate of the second network is (follows `time_verdict`)."""
    estimate = decisive(comparison, first, second, "damage_difference")
    if isnan(estimate.estimate):
        return "Damage cannot be compared."
    if estimate.estimate == 0 and not estimate.has_interval:
        return f"Its damage rate is the same, {_ONCE}."
    if not is_clear(estimate):
        return f"Damage: {_not_yet(comparison, first, second, 'damage_difference')}."
    word = "higher" if estimate.estimate >= 0 else "lower"
    once = "" if estimate.has_interval else f", {_ONCE}"
    return f"Its damage rate is {_size(estimate, 'share')} points {word}{once}."


def decisive(comparison: Comparison, first: str, second: str, name: str) -> Estimate:
    """Return a difference with the interval that verdicts go by (`Comparison.simultaneous`)."""
    pair = pair_name(first, second)
    return comparison.simultaneous.get(pair, comparison.paired[pair])[name]


def is_clear(estimate: Estimate) -> bool:
    """Tell whether a difference lies on one side of 0, with its interval if there is one."""
    return not estimate.has_interval or estimate.low > 0 or estimate.high < 0


def _not_yet(comparison: Comparison, first: str, second: str, name: str) -> str:
    """Say that a difference is not clear, and how many more runs it would take."""
    runs = comparison.values.get(pair_name(first, second))
    if runs is None:
        return "cannot tell yet"
    if not runs[name].any():
        return "no difference in any run"
    shown = decisive(comparison, first, second, name)
    return cannot_tell(runs[name], level_of_each(comparison.level, comparison.names), shown)


def _size(estimate: Estimate, unit: str) -> str:
    """Return how large a difference is, as an interval where there is one."""
    low, high = sorted((abs(estimate.low), abs(estimate.high)))
    text, interval = estimate_parts(
        Estimate(abs(estimate.estimate), low, high), Definition(unit, "", "")
    )
    return interval.strip("()") or text.removesuffix(_UNITS[unit].suffix)


def _unit_of(definition: Definition) -> _Unit:
    signed_share = definition.unit == "share" and definition.low < 0
    unit = "points" if signed_share else definition.unit
    return _UNITS.get(unit) or _Unit(f" {unit}", 1)


def _decimals(estimate: Estimate, unit: _Unit) -> int:
    """Return one decimal more than usual where the ends need it to differ, or not to be 0."""
    if unit.decimals == 0:
        return 0
    largest = unit.factor * max(
        abs(value)
        for value in (estimate.estimate, estimate.low, estimate.high, 0.0)
        if isfinite(value)
    )
    if unit.factor == 100.0 and 0.0 < largest < 1.0:
        return 3 if largest < 0.1 else 2
    low, high = estimate.low * unit.factor, estimate.high * unit.factor
    alike = low != high and round(low, unit.decimals) == round(high, unit.decimals)
    nearest = min(abs(low), abs(high)) * 10**unit.decimals if low * high > 0 else 0.0
    no_zero = 0.1 <= nearest < 1.0  # would be rounded outward to nothing
    return unit.decimals + (isfinite(low) and isfinite(high) and (alike or no_zero))
