"""Compiling the engine ahead of time, so that several processes need not each do it."""

from __future__ import annotations

from typing import Any

import numpy as np

from logistics.simulation.batch.engine import run
from logistics.simulation.problem import (
    Departures,
    Facilities,
    Gates,
    Hazards,
    Lanes,
    Limits,
    Parcels,
    Problem,
    Sources,
    Staffing,
    Work,
)
from logistics.vocabulary import UNLIMITED


def compile_engine(ticks: type[np.integer[Any]] = np.int32) -> None:
    """Compile what the batch engine needs, into Numba's cache; half a second if it is there.

    `ticks`: what counts the ticks, `Period.dtype`.
    """
    run(_one_parcel(ticks))


def _one_parcel(ticks: type[np.integer[Any]]) -> Problem:
    """Return one parcel's route from a seller by a station to a door, in the columns of `draw`.

    Columns of other types would compile a second time.
    """

    def column(dtype: Any, *values: int) -> Any:
        return np.array(values, dtype)

    return Problem(
        tick_ms=10,
        horizon=100,
        facilities=Facilities(("station",), column(np.int64, 1)),
        staffing=Staffing(column(np.int64, 0), column(np.int32, 0), column(np.int64, UNLIMITED)),
        lanes=Lanes(
            ("pickup", "round"),
            origin=column(np.int32, -1, 0),
            destination=column(np.int32, 0, -1),
            doors_close=column(np.int64, 0, 0),
            round_ticks=column(np.int64, 0, 10),
        ),
        next_lane=np.ones((1, 1), np.int32),
        departures=Departures(
            tick=column(ticks, 30, 50),
            lane=column(np.int32, 0, 1),
            arrives=column(ticks, 40, 60),
            capacity=column(np.int32, UNLIMITED, 1),
            least=column(np.int32, 0, 0),
            weekday=column(np.int8, 0, 0),
        ),
        gates=Gates(column(np.int64, 0, 1), column(np.int64, 5), column(np.int64, 20)),
        sources=Sources(
            facility=column(np.int32, -1),
            pickup_lane=column(np.int32, 0),
            pickup_weekdays=column(np.uint8, 127),
            gate=column(np.int64, 0),
            daily_capacity=column(np.int32, 0),
        ),
        work=Work(
            law=np.zeros(2, np.int16),
            length=np.ones(2),
            factors=np.ones((1, 1 << 16)),
            most=100,
        ),
        parcels=Parcels(
            order=column(np.int32, 0),
            ordered=column(ticks, 1),
            source=column(np.int32, 0),
            station=column(np.int32, 0),
            work=np.ones((1, 2), np.uint16),
            failures=column(np.uint8, 0),
            stop=column(np.int32, 0),
            risk=column(np.int16, 0),
            loss=Limits(column(np.int64, 0), column(np.int64, 1)),
            damage=Limits(column(np.int64, 0), column(np.int64, 1)),
            stolen=column(np.bool_, 0),
        ),
        hazards=Hazards(
            visit_loss=np.zeros(2, np.int64),
            visit_damage=np.zeros((2, 3, 1), np.int64),
            lane_loss=np.zeros(2, np.int64),
            lane_damage=np.zeros((2, 1), np.int64),
            door_damage=np.zeros(1, np.int64),
        ),
    )
