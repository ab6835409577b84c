"""A sketched world in a few lines, for a reader: what is plain is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.vocabulary import UNLIMITED

if TYPE_CHECKING:
    from random_worlds import Sketch

_GOES_WITHOUT_SAYING = {"loss_threshold": 10**9, "damage_threshold": 10**9, "stolen": False}
_GOES_WITHOUT_SAYING["length"] = 1.0


def lines_about(sketch: Sketch) -> Iterator[str]:
    """Yield the horizon, then a line for each facility, lane, gate, source and parcel."""
    yield f"until tick {sketch.horizon}" + (", long ticks" if sketch.ticks is np.int64 else "")
    if sketch.cuts:
        first, end = sketch.followed
        cuts = ", ".join(map(str, sketch.cuts))
        yield f"ends when orders of ticks {first} to {end - 1} have ended, at one of {cuts}"
    yield from _risks(sketch)
    of_facility = ("dwell", "loss", "damage", "law", "length")
    for row in sketch.facilities:
        yield f"{row['id']}: {_workers(row['shifts'])}{_rest(row, *of_facility)}"
    for row in sketch.lanes:
        yield _lane(sketch, row)
    for row in sketch.gates:
        days = ", ".join(f"opens {opens} cutoff {cutoff}" for opens, cutoff in row["days"])
        yield f"gate {row['id']}: {days or 'no working day'}"
    for row in sketch.sources:
        names = ("facility", "pickup", "gate", "daily_capacity", "law", "length")
        weekdays = f", weekdays {row['pickup_weekdays']:07b}" if row["pickup"] else ""
        yield f"source {row['id']}{_rest(row, *names)}{weekdays}"
    for row in sketch.parcels:
        yield f"order {row['order']}: {_parcel(row)}"


def _risks(sketch: Sketch) -> Iterator[str]:
    told = {"seller_loss": sketch.seller_loss, "seller_damage": sketch.seller_damage}
    if sketch.most_work != UNLIMITED:
        told["most_work"] = sketch.most_work
    told["door_damage"] = sketch.door_damage
    line = _rest(told, *told)
    if line:
        yield f"everywhere{line}"


def _workers(shifts: list[tuple[int, int]]) -> str:
    told = [
        ("any number" if workers == UNLIMITED else str(workers)) + (f" from {tick}" if tick else "")
        for tick, workers in shifts
    ]
    return f"workers {', '.join(told)}"


def _lane(sketch: Sketch, row: dict[str, Any]) -> str:
    kind = "lane" if row["origin"] and row["destination"] else "pickup"
    ends = f" from {row['origin']}" if row["origin"] else ""
    ends += f" to {row['destination']}" if row["destination"] else ""
    if not row["destination"]:
        kind = "round"
    towards = sorted(end for (_, end), lane in sketch.routes.items() if lane == row["id"])
    routes = f" for {', '.join(towards)}" if kind == "lane" else ""
    trips = [_trip(trip) for trip in sketch.departures if trip["lane"] == row["id"]]
    more = _rest(row, "doors_close", "round_ticks", "loss", "damage")
    return f"{kind} {row['id']}{ends}{routes}{more}: {' '.join(trips) or 'never leaves'}"


def _trip(trip: dict[str, Any]) -> str:
    """Return '5-8x2' for a departure at 5 that arrives at 8 and takes two; 'd3' is its weekday.

    'full3': only vehicles leave that three fill.
    """
    takes = "" if trip["capacity"] == UNLIMITED else f"x{trip['capacity']}"
    fills = f"full{trip['least']}" if trip["least"] else ""
    weekday = f"d{trip['weekday']}" if trip["weekday"] else ""
    return f"{trip['tick']}-{trip['arrives']}{takes}{fills}{weekday}"


def _parcel(row: dict[str, Any]) -> str:
    names = ("failures", "stop", "risk", "loss_threshold", "damage_threshold", "stolen")
    work = " ".join(map(str, row["work"]))
    start = f"ordered {row['ordered']}, {row['source']} to {row['station']}, work {work}"
    return f"{start}{_rest(row, *names)}"


def _rest(row: dict[str, Any], *names: str) -> str:
    """Return ', name value' for what is not plain."""
    told = [name for name in names if _is_told(row[name], _GOES_WITHOUT_SAYING.get(name, 0))]
    return "".join(f", {name} {row[name]}" for name in told)


def _is_told(value: Any, plain: Any) -> bool:
    return bool(np.any(value)) if isinstance(value, list | tuple) else value not in (plain, "")
