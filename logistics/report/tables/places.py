"""Tables of where parcels wait for capacity, what more of it would do, and where they break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.place_totals import Bottleneck
from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.tables.table import Cell, Column, Metric, Number, Row, Table, columns

_DAYS = Definition("days", "", "")
_SAVED_HOURS, _SAVED_MINUTES = (Definition(unit, "", "").of_a_change()
                                for unit in ("hours", "minutes"))  # fmt: skip


def bottlenecks_table(result: Comparison, most: int = 10) -> Table:
    """Return the places of each network with the longest waits for workers or space aboard.

    `most`: places of a network.
    """
    rows = []
    for name in result.names:
        found = result.places[name].bottlenecks(most) if name in result.places else None
        rows += [] if found is None else _rows(name, [(one, _waits(one)) for one in found])
    shown = columns(
        ("waiting for", "minutes per order", "hours per parcel there", "parcels a day",
         "busy or full")
    )  # fmt: skip
    note = (
        "Minutes per order: over all orders of the network, so that networks compare. Busy: share"
        " of the workers' time in work; full: share of departures that rolled volume."
        " Waiting for the next scheduled departure is not counted here."
    )
    caption = "Where parcels wait for capacity"
    return Table("bottlenecks", caption, shown, tuple(rows), note, "place")


def added_capacity_table(found: Mapping[str, Sequence[AddedCapacity]]) -> Table:
    """Return what more capacity at single bottlenecks did to the same orders, by network."""
    rows = []
    for name, tried in found.items():
        rows += _rows(name, [(one.bottleneck, _gains(one)) for one in tried])
    shown = (
        Column("more capacity"),
        Column("how many, real"),
        Column("how many, sample"),
        Column("parcels a day there"),
        _with_ends("saved for each of them", "hours saved for each parcel there"),
        _with_ends("saved per parcel of the network", "minutes saved per parcel of the network"),
        _with_ends("", "mean days before", on_page=False),
        _with_ends("", "mean days after", on_page=False),
        _with_ends("P95 before", "P95 days before"),
        _with_ends("P95 after", "P95 days after"),
    )
    note = "The same orders once more, with more capacity at this one place and nowhere else."
    caption = "What more capacity there would do"
    return Table("relief", caption, shown, tuple(rows), note, "place", texts=True)


def damage_table(result: Comparison) -> Table:
    """Return what damaged parcels where, happened and expected, as shares of those delivered."""
    rates = {name: result.damage[name].rates() for name in result.names}
    places = list(dict.fromkeys(place for one in rates.values() for place in one))
    rows = [
        Row(
            f"{kind}, {place}" if kind != place else kind,
            tuple(
                Number(share, "share", 3) if result.damage[name].delivered else None
                for name in result.names
                for share in rates[name].get((place, kind), (0.0, 0.0))
            ),
        )
        for place, kind in places
    ]
    shown = columns([f"{name}: {what}" for name in result.names for what in ("actual", "expected")])
    note = "Share of delivered parcels damaged, by the kind of handling and where it took place."
    caption = "What damages parcels where"
    return Table("damage", caption, shown, tuple(rows), note, "handling, place")


def _rows(network: str, found: Sequence[tuple[Bottleneck, tuple[Cell, ...]]]) -> list[Row]:
    """Return the heading of a network and a row for each of its places."""
    places = (
        Row(f"{one.place} ({one.kind})", cells, keys=(one.place, one.kind)) for one, cells in found
    )
    return [Row(network), *places]


def _waits(one: Bottleneck) -> tuple[Cell, ...]:
    return (
        one.waits_for,
        Number(one.hours_per_order * 60, "days"),
        Number(one.hours, "days"),
        Number(one.parcels_per_day, "parcels"),
        Number(one.busy, "share"),
    )


def _gains(one: AddedCapacity) -> tuple[Cell, ...]:
    days = one.saved_days
    minutes = Estimate(*(value * 1440 for value in (days.estimate, days.low, days.high)))
    counts = (one.addition.real, one.addition.sample, one.parcels_per_day)
    return (
        one.addition.what,
        *(Number(count, "parcels") for count in counts),
        Metric(one.saved_hours, _SAVED_HOURS),
        Metric(minutes, _SAVED_MINUTES),
        *(Metric(estimate, _DAYS) for estimate in (*one.mean_days, *one.p95_days)),
    )


def _with_ends(heading: str, sheet: str, on_page: bool = True) -> Column:
    """Return the column of an estimate, which has its interval beside it in the workbook."""
    ends = tuple(f"{sheet}{end}" for end in ("", ": low", ": high"))
    return Column(heading, sheet=ends, on_page=on_page)
