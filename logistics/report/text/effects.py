"""What a what-if changes, in a line for each network, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from logistics.analysis.comparison import Comparison
from logistics.analysis.effects import USUAL, Effect
from logistics.analysis.measures.registry import in_the_answer
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.text.wording import date_words, estimate_text, is_clear

_NOTICEABLE = 0.05  # days of orders: a smaller backlog is not worth a word


def effect_lines(result: Comparison) -> list[str]:
    """Return for each network what the what-if changes; empty without a base to compare with.

    Metrics of the answer whose change is clear; if the what-if names dates, the largest backlog and
    from which order date service is back to normal.
    """
    return [
        f"{result.label(name)}: {'; '.join(_parts(one))}." for name, one in result.effects.items()
    ]


def recovery_words(one: Effect) -> str:
    """Say when a dated what-if is over."""
    if one.outlasts:
        last = date_words(date.fromisoformat(one.ends))
        return f"not over within the measured days: it lasts until {last} (--days)"
    if not one.by_date.unusual():
        return f"no day is off by more than {USUAL:.0%}"
    if one.recovered is None:
        return f"not back to normal within the {len(one.by_date.days)} measured days (--days)"
    return f"back to normal for orders from {date_words(one.recovered)}"


def _parts(one: Effect) -> Iterator[str]:
    clear = [
        f"{metric.short} {estimate_text(one.changes[name], metric.of_a_change())}"
        for name, metric in in_the_answer().items()
        if name in one.changes and _is_clear(one.changes[name])
    ]
    yield ", ".join(clear) or "no clear change"
    if not one.is_dated:
        return
    by, at = one.by_date, one.by_date.worst()
    if by.backlog[at] - by.base_backlog[at] >= _NOTICEABLE:
        yield (
            f"backlog {by.backlog[at]:.1f} days of orders in process on {date_words(by.day(at))}"
            f" (normally {by.base_backlog[at]:.1f})"
        )
    yield recovery_words(one)


def _is_clear(change: Estimate) -> bool:
    """Tell whether there is a change, and it is clear."""
    return bool(change.estimate) and change.estimate == change.estimate and is_clear(change)
