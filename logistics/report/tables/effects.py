"""Tables of a what-if beside the same networks without it."""

from __future__ import annotations

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import NETWORK_METRICS
from logistics.report.tables.table import Column, Metric, Number, Row, Table
from logistics.report.text.effects import recovery_words
from logistics.report.text.wording import date_words

_NOTE = (
    "The same orders and random draws with the what-if and without it. Change: with it less without"
    " it; of a percentile the interval is as wide as both together."
)
_BY_DATE_NOTE = (
    "Mean delivery days by order date; backlog: parcels on their way at the end of the date, in"
    " days of orders."
)


def effects_table(result: Comparison) -> Table:
    """Return each metric without the what-if and the change, and when service is normal again."""
    effects = result.effects
    names = [
        name for name in NETWORK_METRICS if all(name in one.changes for one in effects.values())
    ]
    rows = [
        Row(
            NETWORK_METRICS[name].title or NETWORK_METRICS[name].label,
            tuple(
                cell
                for one in effects.values()
                for cell in (
                    Metric(one.base[name], NETWORK_METRICS[name]),
                    Metric(one.changes[name], NETWORK_METRICS[name].of_a_change()),
                )
            ),
            NETWORK_METRICS[name].text,
            (NETWORK_METRICS[name].label, name),
        )
        for name in names
    ]
    if any(one.is_dated for one in effects.values()):
        cells = [cell for one in effects.values() for cell in ("", recovery_words(one))]
        rows.append(Row("recovery", tuple(cells), on_sheet=False))
    shown = tuple(
        Column(f"{result.label(name)}: {what}", (name, what), _ends(name, what))
        for name in effects
        for what in ("without", "change")
    )
    return Table("effects", "What the what-if changes", shown, tuple(rows), _NOTE)


def effects_by_date_table(result: Comparison) -> Table:
    """Return mean delivery days and backlog by date, with the what-if and without it."""
    series = {
        f"{result.label(name)}: {what}": values
        for name, one in result.effects.items()
        for what, values in (
            ("mean days", one.by_date.days),
            ("mean days without", one.by_date.base_days),
            ("backlog", one.by_date.backlog),
            ("backlog without", one.by_date.base_backlog),
        )
    }
    by_date = next(iter(result.effects.values())).by_date
    rows = tuple(
        Row(
            date_words(by_date.day(at)),
            tuple(Number(float(values[at]), "days") for values in series.values()),
            keys=(by_date.day(at),),
        )
        for at in range(len(by_date.days))
    )
    shown = tuple(Column(heading) for heading in series)
    return Table("effects by date", "Day by day", shown, rows, _BY_DATE_NOTE, "ordered on")


def _ends(name: str, what: str) -> tuple[str, ...]:
    return tuple(f"{name}: {what}{end}" for end in ("", ": low", ": high"))
