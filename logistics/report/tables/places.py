"""Tables of where parcels wait for capacity, what more of it would do, and where they break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logistics.analysis.comparison import Comparison
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
    rows: list[Row] = []
    for name in result.names:
        if name not in result.places:
            continue
        rows.append(Row(name))
        rows += [
            Row(
                f"{one.place} ({one.kind})",
                (
                    one.waits_for,
                    Number(one.hours_per_order * 60, "days"),
                    Number(one.hours, "days"),
                    Number(one.parcels_per_day, "parcels"),
                    Number(one.busy, "share"),
                ),
                keys=(one.place, one.kind),
            )
            for one in result.places[name].bottlenecks(most)
        ]
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
    rows: list[Row] = []
    for name, tried in found.items():
        rows.append(Row(name))
        rows += [
            Row(
                f"{one.bottleneck.place} ({one.bottleneck.kind})",
                _capacity_cells(one),
                keys=(one.bottleneck.place, one.bottleneck.kind),
            )
            for one in tried
        ]
    shown = (
        Column("more capacity"),
        Column("how many, real"),
        Column("how many, sample"),
        Column("parcels a day there"),
        _with_ends("saved for each of them", "hours saved for each parcel there"),
        _with_ends("saved per parcel of the network", "minutes saved per parcel of the network"),
        _with_ends("", "mean days before", on_page=False),
        _with_ends("", "mean days after", on_page=False),
        _with_ends("P95 before", "95 of 100 within, days, before"),
        _with_ends("P95 after", "95 of 100 within, days, after"),
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


def _capacity_cells(one: AddedCapacity) -> tuple[Cell, ...]:
    days = one.saved_days
    minutes = Estimate(*(value * 1440 for value in (days.estimate, days.low, days.high)))
    return (
        one.addition.what,
        Number(one.addition.real, "parcels"),
        Number(one.addition.sample, "parcels"),
        Number(one.parcels_per_day, "parcels"),
        Metric(one.saved_hours, _SAVED_HOURS),
        Metric(minutes, _SAVED_MINUTES),
        *(Metric(figure, _DAYS) for figure in (*one.mean_days, *one.p95_days)),
    )


def _with_ends(heading: str, sheet: str, on_page: bool = True) -> Column:
    """Return the column of an estimate, which has its interval beside it in the workbook."""
    ends = tuple(f"{sheet}{end}" for end in ("", ": low", ": high"))
    return Column(heading, sheet=ends, on_page=on_page)
