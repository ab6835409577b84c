"""Tables of why parcels take as long as they do: hours by cause, steps between two networks."""

from __future__ import annotations

from collections.abc import Sequence

from logistics.analysis.comparison import Comparison, Pair, pair_name
from logistics.analysis.measures.registry import CAUSE_METRICS, LATE_STEPS, Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.causes import SLOWEST, cause_hours
from logistics.report.tables.metrics import metric_rows, pair_column
from logistics.report.tables.table import Metric, Number, Row, Table, columns


def causes_table(result: Comparison) -> Table:
    """Return the mean hours by cause of all and of the slowest 5%, by network."""
    groups = (("All delivered parcels", "all", 0), ("The slowest 5% of them", "speed", SLOWEST))
    rows: list[Row] = []
    for title, key, group in groups:
        hours = [cause_hours(result, name, key, group) for name in result.names]
        rows.append(Row(title))
        rows += [
            Row(known.label, tuple(Number(one[cause], "hours") for one in hours), known.text)
            for cause, known in CAUSE_METRICS.items()
        ]
        total = tuple(Number(sum(one.values()), "hours") for one in hours)
        rows.append(Row("total", total, on_sheet=False))
    note = "Mean hours over delivered parcels. The causes add up to click-to-door time."
    return Table("causes", "Hours by cause", columns(result.names), tuple(rows), note)


def waterfall_table(result: Comparison, pairs: Sequence[Pair]) -> Table:
    """Return the steps of each pair in hours and in the share late."""
    falls = [result.waterfalls[pair_name(*pair)] for pair in pairs]
    hours, late = [fall.steps for fall in falls], [fall.late_steps for fall in falls]
    changes = {name: known.of_a_change() for name, known in CAUSE_METRICS.items()}
    rows = [
        Row("Click-to-door hours", note="mean over parcels delivered in both"),
        _sums("first network", "hours", [fall.first_hours for fall in falls]),
        *metric_rows(changes, hours),
        _sums("second network", "hours", [fall.second_hours for fall in falls]),
        Row("Share late", note="over all parcels; never delivered is late; steps in points of 100"),
        _sums("first network", "share", [fall.first_late for fall in falls]),
        *metric_rows(LATE_STEPS, late),
        _sums("second network", "share", [fall.second_late for fall in falls]),
    ]
    shown = tuple(pair_column(*pair, (pair_name(*pair),)) for pair in pairs)
    caption = "Step by step from the first network to the second"
    return Table("waterfall", caption, shown, tuple(rows))


def _sums(label: str, unit: str, estimates: Sequence[Estimate]) -> Row:
    """Return the row of what the steps lead from, or to."""
    definition = Definition(unit, label, "")
    return Row(label, tuple(Metric(one, definition) for one in estimates))
