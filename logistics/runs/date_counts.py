"""Parcels of a run by market, order date, time of day and calendar days until delivered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logistics.analysis.quotes import MOST_DAYS, DateCounts
from logistics.runs.run_columns import RunColumns
from logistics.vocabulary import ZONES, Status
from networks.geography import load_markets

_DAY_MINUTES = 24 * 60


def count_dates(run: RunColumns, cutoffs: Sequence[int]) -> DateCounts:
    """Count the measured parcels of a run. What was lost, returned or stolen is never delivered.

    `cutoffs`: minutes after midnight, by the customer's clock, that part the day; an order placed
    exactly then counts as later.
    """
    rows, c, period = np.flatnonzero(run.measured), run.columns, run.period
    market, day = c["market"][rows].astype(np.int64), c["day"][rows].astype(np.int64)
    zone = run.zone_of_market[market]
    ticks_a_minute = 60_000 // run.scenario.days.tick_ms
    minutes = (c["ordered"][rows] - period.midnight(zone, day)) // ticks_a_minute
    time = np.searchsorted(np.asarray(cutoffs), np.clip(minutes, 0, _DAY_MINUTES - 1), "right")
    delivered = c["status"][rows] == Status.DELIVERED
    arrived = period.local_days(zone, np.where(delivered, c["ended"][rows], 0).astype(np.int64))
    days = np.where(delivered, np.clip(arrived - day, 0, MOST_DAYS + 1), MOST_DAYS + 1)
    first, dates = run.scenario.days.warm_up_days, run.scenario.days.days
    shape = (len(load_markets()), dates, len(cutoffs) + 1, MOST_DAYS + 2)
    cells = np.ravel_multi_index((market, day - first, time, days), shape)
    counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    carrier = market * (ZONES[-1] + 1) + c["zone"][rows]
    zones = np.bincount(carrier, minlength=len(load_markets()) * (ZONES[-1] + 1))
    zones = zones.reshape(-1, ZONES[-1] + 1)
    under_way = int(np.count_nonzero(c["status"][rows] == Status.UNDER_WAY))
    return DateCounts(counts.astype(np.int32), zones.astype(np.int32), under_way)
