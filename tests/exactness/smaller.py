"""A world that fails, made small: what can go without the failure going with it is left out.

Hypothesis shrinks choices, of which a world has hundreds that hang on one another; here whole
departures, parcels and shifts are left out of the sketch, which is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from random_worlds import PLAIN, Row, Sketch

from logistics.vocabulary import UNLIMITED

WORLDS_OWN = {
    "ticks": np.int32,
    "most_work": UNLIMITED,
    "seller_loss": 0,
    "seller_damage": (),
    "door_damage": (),
    "cuts": (),
}


def smallest(sketch: Sketch, fails: Callable[[Sketch], bool]) -> Sketch:
    """Return a sketch that still fails, and would not with any one thing left out."""
    before = None
    while before != sketch:
        before = sketch
        for table in ("parcels", "departures"):
            sketch = _shorter(sketch, table, fails)
        sketch = _unused(sketch, fails)
        for name, plain in WORLDS_OWN.items():
            sketch = _if_still(sketch, replace(sketch, **{name: plain}), fails)
        for table in ("facilities", "lanes", "gates", "sources", "parcels", "departures"):
            for number in range(len(getattr(sketch, table))):
                sketch = _plainer(sketch, table, number, fails)
    return sketch


def _shorter(sketch: Sketch, table: str, fails: Callable[[Sketch], bool]) -> Sketch:
    """Leave out rows of a table: half of them, a quarter, ..., single ones."""
    size = len(getattr(sketch, table))
    while size := size // 2 if size > 1 else 0:
        at = 0
        while at < len(rows := getattr(sketch, table)):
            tried = replace(sketch, **{table: rows[:at] + rows[at + size :]})
            if tried.parcels and _still(tried, fails):
                sketch = tried
            else:
                at += size
    return sketch


def _unused(sketch: Sketch, fails: Callable[[Sketch], bool]) -> Sketch:
    """Leave out what no parcel's way leads to, one thing at a time."""
    for way in list(sketch.routes):
        routes = {key: lane for key, lane in sketch.routes.items() if key != way}
        sketch = _if_still(sketch, replace(sketch, routes=routes), fails)
    for table in ("sources", "gates", "lanes", "facilities"):
        for row in list(getattr(sketch, table)):
            rows = [other for other in getattr(sketch, table) if other is not row]
            tried = replace(sketch, **{table: rows})
            if table == "lanes":
                left = [trip for trip in sketch.departures if trip["lane"] != row["id"]]
                tried = replace(tried, departures=left)
            sketch = _if_still(sketch, tried, fails)
    return sketch


def _plainer(sketch: Sketch, table: str, number: int, fails: Callable[[Sketch], bool]) -> Sketch:
    for name, value in list(getattr(sketch, table)[number].items()):
        for plain in _plainer_values(name, value):
            rows: list[Row] = list(getattr(sketch, table))
            rows[number] = {**rows[number], name: plain}
            tried = replace(sketch, **{table: rows})
            if _still(tried, fails):
                sketch = tried
                break
    return sketch


def _plainer_values(name: str, value: Any) -> Iterator[Any]:
    if name in PLAIN and value != PLAIN[name]:
        yield PLAIN[name]
    if name in ("shifts", "days"):
        for left_out in range(name == "shifts", len(value)):
            yield value[:left_out] + value[left_out + 1 :]


def _if_still(sketch: Sketch, tried: Sketch, fails: Callable[[Sketch], bool]) -> Sketch:
    return tried if _still(tried, fails) else sketch


def _still(tried: Sketch, fails: Callable[[Sketch], bool]) -> bool:
    """Tell whether a sketch is a world at all, and fails."""
    try:
        tried.problem()
        for row in tried.parcels:
            source = next(one for one in tried.sources if one["id"] == row["source"])
            lanes = {lane["id"]: lane["destination"] for lane in tried.lanes}
            tried.path(source["facility"] or lanes[source["pickup"]], row["station"])
            assert tried.routes[row["station"], row["station"]]
    except (KeyError, StopIteration):
        return False
    return fails(tried)
