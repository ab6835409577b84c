"""The two intervals of a metric in words: the wide one first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.registry import Definition, Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.text.answer import farthest_pair
from logistics.report.text.wording import estimate_parts

_OF_ONE = ("delivery_days.mean", "delivery_days.p95", "damage_rate")
_OF_A_PAIR = ("difference_days.mean", "damage_difference")
_MOST_NAMED = 3

Ranges = Mapping[Response, TwoIntervals]


def headlines(result: Comparison) -> list[str]:
    """Return the wide intervals to tell before all else: of the farthest pair, or of one network.

    Empty where no assumptions were varied.
    """
    if not result.ranges:
        return []
    if len(result.names) > 1:
        pair = pair_name(*farthest_pair(result))
        asked = [Response(pair, name) for name in _OF_A_PAIR]
    else:
        asked = [Response(result.names[0], name) for name in _OF_ONE]
    known = [one for one in asked if one in result.ranges]
    return [range_sentence(one, result.ranges[one], label=result.label(one.who)) for one in known]


def range_sentence(
    response: Response, found: TwoIntervals, what: str = "assumptions", label: str = ""
) -> str:
    """Return the two intervals of a metric and what drives the wide one.

    `what`: was varied. `label`: what the network or pair is called, if not by name.
    """
    spread, definition = found.range, response.definition
    range_text = _range(spread.low, spread.high, definition)
    text = (
        f"{label or response.who}, {response.title}: {range_text} in {spread.part:.0%} of"
        f" {spread.draws} draws of the {what}"
    )
    narrow = found.narrow
    if narrow.has_interval:
        text += f"; {_range(narrow.low, narrow.high, definition)} from random variation alone"
    return f"{text}. {_drivers_sentence(found)}"


def _drivers_sentence(found: TwoIntervals) -> str:
    """Return which assumptions drive a wide range, and how much of it."""
    named = [
        f"{one.name} ({max(one.share, 0.0):.0%})"
        for one in found.drivers.factors[:_MOST_NAMED]
        if one.share > 0
    ]
    if not named:
        return "No single one of them is sure to drive it."
    more = len(found.drivers.factors) - len(named)
    others = f", and {more} more" if more > 0 else ""
    rest = max(0.0, 1.0 - found.drivers.explained)
    return f"Driven by {listed(named)}{others}; {rest:.0%} by the rest and random variation."


def heading(response: Response) -> str:
    """Return what a column or row about a metric is called."""
    return f"{capital(response.title)}, {response.who}"


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str]) -> str:
    """Return a list in words."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _range(low: float, high: float, definition: Definition) -> str:
    """Return the ends of an interval, the unit once; one number where both are the same."""
    if low == high:
        return estimate_parts(Estimate(low), definition)[0]
    text = estimate_parts(Estimate((low + high) / 2, low, high), definition)[1].strip("()")
    unit = estimate_parts(Estimate(low), definition)[0].lstrip("<>+-0123456789.,")
    if high == float("inf"):
        return f"{text.removesuffix(' or more')}{unit} or more"
    return text if text.endswith(unit) or not text else f"{text}{unit}"
