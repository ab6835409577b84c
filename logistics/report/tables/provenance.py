"""Where results come from, beside the metrics: the assumptions, and how the runs were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.analysis.comparison import Comparison
from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.tables.table import Cell, Row, Table, columns
from logistics.report.text.assumptions import Assumption
from logistics.report.text.caveats import built, warm_ups
from networks.schema import Facility

CHECKED = (
    "Every run was checked as it ended, and a violation would have stopped this report: each parcel"
    " is accounted for, no departure is over its capacity, first come is first served, no parcel"
    " waits while a worker is free, and all the hours that parcels spent add up."
)

_TITLES = {
    "seed": "Random seed",
    "replications": "Replications",
    "engine": "Engine",
    "first_day": "First measured day",
    "days": "Measured days",
    "warm_up_days": "Warm-up days",
    "later_order_days": "Later days with orders",
    "follow_days": "Days followed, at most",
    "orders_per_day": "Orders a day (sample)",
    "orders": "Order file",
    "orders_read": "Orders read",
    "notes": "Notes",
    "parcels": "Parcels simulated",
    "events": "Events on the clock",
    "products": "Products",
}
_APART = ("networks", "versions", "seconds")  # have sentences of their own


@dataclass(frozen=True)
class Background:
    """What the page says beside the metrics.

    `assumptions`: of the scenarios. `command`: repeats the runs. `added_capacities`: what one more
    worker or departure would do, by network, where it was tried. `facilities`: of each network.
    """

    assumptions: Sequence[Assumption] = ()
    command: str = ""
    added_capacities: Mapping[str, Sequence[AddedCapacity]] = field(default_factory=dict)
    facilities: Mapping[str, Mapping[str, Facility]] = field(default_factory=dict)


def assumptions_table(found: Iterable[Assumption], names: Sequence[str]) -> Table:
    """Return every value of the scenarios with its source or its range."""
    rows = (
        Row(one.path, (*(one.values.get(name, "") for name in names), one.meaning, one.origin))
        for one in found
    )
    shown = columns([*names, "meaning", "where it comes from"])
    return Table("assumptions", "Every input value", shown, tuple(rows), "", "figure", True)


def made_table(facts: Iterable[tuple[str, Cell]]) -> Table:
    """Return facts of the runs, one a row; what is empty only workbooks have."""
    rows = tuple(Row(title, (value,), on_page=value != "") for title, value in facts)
    return Table("made", "How this page was made", columns([""]), rows, texts=True)


def comparison_facts(result: Comparison, command: str) -> list[tuple[str, Cell]]:
    """Return what the runs of a comparison were made with. `command`: repeats them; '' for none.

    The seconds they took are left out: all else is the same whenever they are repeated.
    """
    facts = run_facts(result.run, [key for key in result.run if key not in _APART])
    if "networks" in result.run:
        facts += [(f"Built for {name}", "; ".join(lines)) for name, lines in built(result).items()]
        facts += [
            (f"Not resolved at this sample: {name}", "; ".join(one["not_resolved"]) or "nothing")
            for name, one in result.run["networks"].items()
        ]
    facts += [(f"Warm-up of {name}", text) for name, text in warm_ups(result).items()]
    facts += version_facts(result.run)
    return [*facts, ("Checks passed", CHECKED), ("To repeat it, in this folder", command)]


def run_facts(run: Mapping[str, Any], keys: Iterable[str]) -> list[tuple[str, Cell]]:
    """Return the facts of a run."""
    return [(_TITLES.get(key, key), _plain(run.get(key))) for key in keys]


def version_facts(run: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    """Return the versions of what made the runs."""
    return [(f"Version of {name}", text) for name, text in run.get("versions", {}).items()]


def _plain(value: Any) -> Cell:
    if isinstance(value, Sequence) and not isinstance(value, str):
        texts = [str(one) for one in value]
        return (" " if texts and texts[0].endswith(".") else ", ").join(texts)
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key.replace('_', ' ')} {_plain(one) or 'none'}" for key, one in value.items()
        )
    return value if isinstance(value, str | int | float) else str(value or "")
