"""The tables of a run: names, UTC times and hours; what has not happened is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.model.policies.promise import NO_DATE
from logistics.runs.causes import causes_of
from logistics.runs.run_columns import RunColumns
from logistics.runs.segments import arrived, places_of_steps, walk
from logistics.vocabulary import CAUSES, HOURS, NOT_YET, TOUCH_KINDS, UNLIMITED, Array, Status
from networks.geography import load_markets
from networks.schema import PACKAGING_GRADES

_HOUR_MS, _DAY = 3_600_000, 86_400
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def parcel_table(run: RunColumns, measured: bool = True) -> pd.DataFrame:
    """Return one row per parcel, by its number in the run: `stored_parcels`, and in local terms.

    `measured`: only parcels ordered on a measured date. Local times are the customer's, on the
    wall. Of a parcel not delivered, or without a promised date, days and dates are missing.
    `on_time`: delivered on the promised date or before.
    """
    rows = np.flatnonzero(run.measured) if measured else np.arange(len(run))
    some = run.of(rows) if measured else run
    table = stored_parcels(some).set_index(rows)
    return table.assign(**_local_columns(some, table))


def stored_parcels(run: RunColumns) -> pd.DataFrame:
    """Return one row per parcel: its order, clocks (UTC), route, and what happened to it.

    These are the columns that result folders have.
    """
    hours = {f"{n}_hours": run.columns[n] * (run.scenario.days.tick_ms / _HOUR_MS) for n in HOURS}
    return pd.DataFrame(_order_columns(run) | _clock_columns(run) | _route_columns(run) | hours)


def _order_columns(run: RunColumns) -> dict[str, Any]:
    c, facilities = run.columns, run.places["facilities"]
    return {
        "order_id": c["order_id"],
        "parcel_id": c["parcel_id"],
        "product": _category(c["product"], [p.name for p in run.scenario.orders.products]),
        "market": _category(c["market"], load_markets().ids),
        "source": _source_names(run),
        "station": _category(c["station"], facilities),
        "packaging": _category(c["grade"], PACKAGING_GRADES),
        "measured": run.measured,
        "order_date": np.datetime64(run.period.first_date) + c["day"].astype(np.int64),
    }


def _clock_columns(run: RunColumns) -> dict[str, Array]:
    c, first = run.columns, np.datetime64(run.period.first_date)
    promised = c["promised_day"].astype(np.int64)
    delivered = np.where(c["status"] == Status.DELIVERED, c["ended"], NOT_YET)
    return {
        "ordered_utc": _utc(run, c["ordered"]),
        "packed_utc": _utc(run, run.visits["ready"][:, 0]),
        "first_scan_utc": _utc(run, run.first_scan()),
        "out_for_delivery_utc": _utc(run, c["out_for_delivery"]),
        "delivered_utc": _utc(run, delivered),
        "promised_date": np.where(
            promised < NO_DATE, first + np.minimum(promised, NO_DATE), np.datetime64("NaT")
        ),
    }


def _route_columns(run: RunColumns) -> dict[str, Any]:
    c, places = run.columns, run.places
    names = [*places["facilities"], *places["lanes"], "seller", "door step"]
    lost_where = places_of_steps(run, c["lost_step"])
    lost_where[c["status"] == Status.STOLEN] = names.index("door step")
    return {
        "status": _category(c["status"], [s.name.lower().replace("_", " ") for s in Status]),
        "attempts": c["attempts"],
        "touches": c["touches"],
        "distance_km": c["distance_m"] / 1000,
        "zone": c["zone"],
        "damaged_by": _category(c["damaged_kind"], TOUCH_KINDS),
        "damaged_where": _category(places_of_steps(run, c["damaged_step"]), names),
        "lost_where": _category(lost_where, names),
    }


def _local_columns(run: RunColumns, table: pd.DataFrame) -> dict[str, Any]:
    """Return times, dates and lateness as the customer sees them, and the customer's state."""
    delivered = _local(run, table["delivered_utc"])
    taken = table["delivered_utc"] - table["ordered_utc"]
    late = (delivered.dt.normalize() - table["promised_date"]).dt.total_seconds() / _DAY
    weekday = (run.period.first_date.weekday() + run.columns["day"]) % 7
    names, state = np.unique(load_markets().states, return_inverse=True)
    return {
        "ordered_local": _local(run, table["ordered_utc"]),
        "delivered_local": delivered,
        "delivery_date": delivered.dt.normalize().astype(table["order_date"].dtype),
        "delivery_days": taken.dt.total_seconds() / _DAY,
        "on_time": delivered.notna() & ~(late > 0),
        "late_days": late,
        "weekday": pd.Categorical.from_codes(weekday, pd.Index(_WEEKDAYS), ordered=True),
        "state": _category(state[run.columns["market"]], names.tolist()),
    }


def _local(run: RunColumns, utc: pd.Series[Any]) -> pd.Series[Any]:
    """Return UTC times by the clock on the wall where each customer lives."""
    local = utc.copy()
    zone = run.zone_of_market[run.columns["market"]]
    for number, name in enumerate(run.time_zones):
        of_zone = np.flatnonzero(zone == number)
        times = utc.iloc[of_zone].dt.tz_localize("UTC").dt.tz_convert(name)
        local.iloc[of_zone] = times.dt.tz_localize(None)
    return local


def hours_by_cause(run: RunColumns) -> pd.DataFrame:
    """Return one row per parcel, by its number: where its hours went, a column for each cause.

    Those of a delivered parcel add up to the time from order to delivery.
    """
    ticks = causes_of(run, np.arange(len(run)))
    hour = _HOUR_MS / run.scenario.days.tick_ms
    table = {name: run.columns[name] for name in ("order_id", "parcel_id")}
    hours = {f"{cause}_hours": row / hour for cause, row in zip(CAUSES, ticks, strict=True)}
    return pd.DataFrame(table | hours)


def legs(run: RunColumns) -> pd.DataFrame:
    """Return one row per parcel and leg: ready, departed, arrived (UTC), sorted by both."""
    visits = [visit.worked() for visit in walk(run, np.arange(len(run)))]
    parts = [
        (v.row, np.full(len(v.row), v.number), v.ready, v.trip, arrived(run, v)) for v in visits
    ]
    row, leg, ready, trip, came = (np.concatenate(part) for part in zip(*parts, strict=True))
    by_parcel = np.argsort(row, kind="stable")
    row, leg, ready, trip, came = (part[by_parcel] for part in (row, leg, ready, trip, came))
    left, number = trip != NOT_YET, np.where(trip == NOT_YET, 0, trip)
    departs, arrives, lane = (run.trips[name][number] for name in ("tick", "arrives", "lane"))
    return pd.DataFrame(
        {
            "parcel": row.astype(np.int32),
            "parcel_id": run.columns["parcel_id"][row],
            "leg": leg.astype(np.int8),
            "lane": _category(np.where(left, lane, -1), run.places["lanes"]),
            "departure": pd.Series(number, dtype="Int32").where(left),
            "ready_utc": _utc(run, ready),
            "departed_utc": _utc(run, np.where(left, departs, NOT_YET)),
            "arrived_utc": _utc(run, np.where(came, arrives, NOT_YET)),
        }
    )


def departures(run: RunColumns) -> pd.DataFrame:
    """Return one row per departure or wave before the horizon: load, capacity, rolled volume.

    Vehicles that waited to be filled are not among them.
    """
    before = (run.trips["tick"] < run.period.horizon) & run.trip_left
    t = {name: column[before] for name, column in run.trips.items()}
    capacity = pd.Series(t["capacity"], dtype="Int64")
    return pd.DataFrame(
        {
            "departure": np.flatnonzero(before).astype(np.int32),
            "lane": _category(t["lane"], run.places["lanes"]),
            "departs_utc": _utc(run, t["tick"]),
            "arrives_utc": _utc(run, t["arrives"]),
            "load": t["load"],
            "capacity": capacity.where(t["capacity"] != UNLIMITED),
            "left_behind": t["left_behind"],
        }
    )


def _utc(run: RunColumns, tick: Array) -> NDArray[np.datetime64]:
    times = run.period.times(tick)
    times[np.asarray(tick) == NOT_YET] = np.datetime64("NaT")
    return times


def _source_names(run: RunColumns) -> pd.Categorical:
    facilities, centers = run.places["facilities"], run.places["source_facility"]
    names = [f"seller {row:06d}" for row in range(run.places["sellers"])]
    if centers:
        code = np.append(centers, len(facilities) + np.arange(len(names)))
        return _category(code[run.columns["source"]], [*facilities, *names])
    return _category(run.columns["source"], names)


def _category(codes: Array, names: Any) -> pd.Categorical:
    categories = pd.Index(list(names), dtype=object)
    return pd.Categorical.from_codes(np.asarray(codes).astype(np.int64), categories=categories)
