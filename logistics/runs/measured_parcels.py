"""From a run to what became of its measured parcels, and why it took so long."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.outcomes import NO_DEADLINE, NOT_DELIVERED, Causes, Names, Outcomes
from logistics.analysis.statistics.intervals import percent
from logistics.model.hazards import damage_factors
from logistics.model.policies.promise import NO_DATE
from logistics.runs.causes import Watch, causes_of
from logistics.runs.run_columns import RunColumns
from logistics.runtime.threads import gathered
from logistics.vocabulary import HOURS, NEVER_HERE, NOT_YET, Array, Status
from networks.geography import load_markets
from networks.schema import PACKAGING_GRADES, Calendar

Columns = Callable[[str], Array]

_DAY_MS = 86_400_000
_DISPATCH_DAYS = 3
_OFFICE_DAYS = Calendar("Mon-Fri", "federal")


def outcomes_of(run: RunColumns) -> Outcomes:
    """Return what became of the measured orders, sorted by order and parcel."""
    rows = run.measured_rows

    def of(name: str) -> Array:
        return gathered(run.columns[name], rows)

    status = of("status")
    hours = 24 / (_DAY_MS / run.scenario.days.tick_ms)
    return Outcomes(
        order_id=of("order_id"),
        parcel_id=of("parcel_id"),
        product=of("product").astype(np.int16),
        market=of("market").astype(np.int16),
        delivered=status == Status.DELIVERED,
        damaged=of("damaged_step") != NEVER_HERE,
        lost=status == Status.LOST,
        stolen=status == Status.STOLEN,
        returned=status == Status.RETURNED,
        under_way=status == Status.UNDER_WAY,
        touches=of("touches").astype(np.int16),
        distance_km=(of("distance_m") / 1000).astype(np.float32),
        zone=of("zone"),
        hours=(np.stack([of(name) for name in HOURS]) * hours).astype(np.float32),
        damaged_kind=of("damaged_kind"),
        names=Names(tuple(p.name for p in run.scenario.orders.products), load_markets().ids),
        daily_days=_daily_days(run),
        daily_backlog=_daily_backlog(run),
        **_times(run, of, gathered(run.first_scan(), rows).astype(np.int64)),
        **_expected_hazard(run, of),
    )


def _times(run: RunColumns, of: Columns, scan: Array) -> dict[str, Array]:
    """Return days, dates and lateness; `scan`: tick of the acceptance scan, or `NOT_YET`."""
    period, day_ticks = run.period, _DAY_MS / run.scenario.days.tick_ms
    ordered, ended, day = (of(name).astype(np.int64) for name in ("ordered", "ended", "day"))
    delivered, under_way = (of("status") == s for s in (Status.DELIVERED, Status.UNDER_WAY))
    scanned, zone = scan != NOT_YET, run.zone_of_market[of("market")]
    dispatch_by = period.after_working_days(_OFFICE_DAYS, _DISPATCH_DAYS, period.all_days)
    arrived = period.local_days(zone, np.where(delivered, ended, 0))
    scan_day = period.local_days(zone, np.where(scanned, scan, 0))
    return {
        "delivery_days": np.where(delivered, (ended - ordered) / day_ticks, np.inf),
        "delivery_dates": np.where(delivered, arrived - day, NOT_DELIVERED).astype(np.int32),
        "dispatch_days": np.where(scanned, (scan - ordered) / day_ticks, np.inf),
        "late_days": np.where(delivered, arrived - of("promised_day"), np.inf),
        "age_days": np.where(under_way, (period.horizon - ordered) / day_ticks, np.nan),
        "dispatched_in_time": scanned & (scan_day <= dispatch_by[day]),
    }


def _expected_hazard(run: RunColumns, of: Columns) -> dict[str, Array]:
    """Return the hazard of each parcel's route in good packaging, and what its packaging adds."""
    factor = damage_factors(run.scenario)
    row, hazard = of("product") * len(PACKAGING_GRADES), of("hazard")
    good = factor[row + PACKAGING_GRADES.index("good")]
    at_good = hazard * (good / factor[row + of("grade")])
    return {
        "hazard_handling": at_good.astype(np.float32),
        "hazard_packaging": (hazard - at_good).astype(np.float32),
    }


def _daily_days(run: RunColumns) -> NDArray[np.float64]:
    """Return the mean delivery days of the delivered by local order date; NaN where none.

    From the first simulated date to the last measured; those after it lack the slow ones.
    """
    c, days = run.columns, run.scenario.days
    dates = days.warm_up_days + days.days
    rows = np.flatnonzero((c["status"] == Status.DELIVERED) & (c["day"] < dates))
    day, ended = c["day"][rows], c["ended"][rows].astype(np.int64)
    ticks = np.bincount(day, ended - c["ordered"][rows], dates)
    with np.errstate(invalid="ignore"):
        means = ticks / np.bincount(day, minlength=dates)
    return np.asarray(means / (_DAY_MS / days.tick_ms))


def _daily_backlog(run: RunColumns) -> NDArray[np.float64]:
    """Return how many parcels, measured or not, were on their way at the end of each date.

    Placed and not ended at midnight by their customer's clock, from the first simulated date to the
    last that ended before the run did.
    """
    c, period = run.columns, run.period
    zone, ended = run.zone_of_market[c["market"]], c["status"] != Status.UNDER_WAY
    zones = np.arange(len(run.time_zones))
    dates = int(period.local_days(zones, np.full(len(zones), period.horizon)).min())
    last = period.local_days(zone[ended], c["ended"][ended].astype(np.int64))
    came, went = (
        np.bincount(np.clip(day, 0, dates), minlength=dates + 1)[:dates] for day in (c["day"], last)
    )
    return np.cumsum(came - went).astype(np.float64)


def headline_of(run: RunColumns) -> dict[str, str]:
    """Return the main results of the measured parcels in words; quantiles count all of them."""
    days, rows = run.scenario.days, np.flatnonzero(run.measured)
    found = {
        "days": f"{days.days} measured, from {days.first_day}",
        "parcels": f"{len(run):,}, of them {len(rows):,} measured",
    }
    if not len(rows):
        return found
    times = _times(run, lambda name: run.columns[name][rows], run.first_scan()[rows])
    taken, late = times["delivery_days"], times["late_days"]
    median, p95 = np.quantile(taken, [0.5, 0.95], method="inverted_cdf").tolist()
    return found | {
        "delivered": percent(float(np.isfinite(taken).mean()), 1),
        "median": _days_in_words(median),
        "P95": _days_in_words(p95),
        "on time": percent(float((late <= 0).mean()), 1),
    }


def _days_in_words(days: float) -> str:
    return f"{days:.1f} days" if math.isfinite(days) else "not delivered"


def causes_of_measured(run: RunColumns, watch: Watch | None = None) -> Causes:
    """Return where the time of the measured parcels went, row by row as `outcomes_of`.

    `watch` is called with every segment of their routes, from several threads.
    """
    c, rows, days = run.columns, run.measured_rows, run.scenario.days
    as_numbered = np.flatnonzero(run.measured)  # neighbors in memory: far quicker
    ticks = causes_of(run, as_numbered, watch)
    place = np.empty(len(run), np.int32)
    place[as_numbered] = np.arange(len(rows))
    place = place[rows]
    promised = c["promised_day"][rows].astype(np.int64)
    zone = run.zone_of_market[c["market"][rows]]
    ends = run.period.midnight(zone, np.where(promised < NO_DATE, promised + 1, 0))
    return Causes(
        ticks=np.stack([gathered(row, place) for row in ticks]),
        allowed=np.where(promised < NO_DATE, ends - c["ordered"][rows], NO_DEADLINE),
        date=(c["day"][rows] - days.warm_up_days).astype(np.int16),
        dates=days.days,
        first_weekday=days.first_day.weekday(),
        ticks_per_hour=3_600_000 / days.tick_ms,
    )
