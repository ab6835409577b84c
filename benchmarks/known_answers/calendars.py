"""Dates: by when sellers must ship and carriers deliver, as marketplaces and carriers count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.queues import together
from benchmarks.known_answers.small_world import (
    HOUR,
    NO_RISKS,
    PER_DAY,
    RUNS,
    World,
    chance,
    lane,
    network,
    place,
    station,
)
from logistics import Run
from logistics.analysis.statistics.intervals import proportion_interval
from logistics.schedule.calendars import add_working_days, holiday_dates
from logistics.vocabulary import Status
from networks.geography import load_markets
from networks.origins import Sellers
from networks.schema import SELLERS, Calendar
from networks.timetables import weekday_bits

_FRIDAY = 4
_MARKETS = {
    "America/Los_Angeles": "Z900",
    "America/New_York": "Z100",
    "America/Chicago": "Z606",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def dates_of_a_rule(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Send an order through the rule at every instant that is asked for.

    A rule that counts business days from the order's date is a promise; one with a cutoff is a
    gate, and a pickup a minute before midnight on its working days.
    """
    p = answer.parameters
    found = []
    for ordered_at in p["orders"]:
        ship, deadline = (
            _by_gate(p, ordered_at, seed) if p["roll"] else _by_promise(p, ordered_at, seed)
        )
        row = {"order": ordered_at, "ship_by": str(ship), "ship_by_deadline": deadline}
        if "transit" in p:
            carrier = Calendar(_weekdays(p["tbiz"]), p["thol"])
            row["deliver_by"] = str(add_working_days(carrier, ship, p["transit"]))
        found.append(row)
    return {"cases": [_line(row) for row in found]}


def _line(row: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in row.items())


def _weekdays(numbers: list[int]) -> str:
    return " ".join(_DAYS[number] for number in numbers)


def _world(p: Mapping[str, Any], ordered_at: str, **facility: Any) -> World:
    zone = p["tz"]
    local = datetime.fromisoformat(ordered_at).astimezone(ZoneInfo(zone))
    calendar = Calendar(_weekdays(p["biz"]), p["holidays"])
    center = place(_MARKETS[zone], zone, **facility)
    pickup = lane("23:59", calendar="rule" if p["roll"] else "every day")
    net = network({"A": center, "S": station()}, {("A", "S"): pickup}, calendars={"rule": calendar})
    promise = {"rule": "business days", "days": p["handling"], "weekdays": calendar.weekdays,
               "holidays": calendar.holidays}  # fmt: skip
    first = str(local.date() - timedelta(days=2))
    return World(net, 3, first, later_order_days=8, tick_ms=100, promise=promise)


def _run(p: Mapping[str, Any], world: World, ordered_at: str, seed: int) -> Run:
    import pandas as pd  # noqa: PLC0415

    market = _MARKETS[p["tz"]][1:]
    order = {"order_id": ["1"], "ordered_at": [ordered_at], "market": [market], "product": ["box"]}
    return world.run(pd.DataFrame(order), seed)


def _by_promise(p: Mapping[str, Any], ordered_at: str, seed: int) -> tuple[date, str]:
    world = _world(p, ordered_at)
    run = _run(p, world, ordered_at, seed)
    promised = run.period.date_of(int(run.columns["promised_day"][0]))
    return promised, _deadline(run, p["tz"], promised)


def _by_gate(p: Mapping[str, Any], ordered_at: str, seed: int) -> tuple[date, str]:
    gate = {"gate_calendar": "rule", "gate_cutoff": p["cutoff"] or "24:00"}
    world = _world(p, ordered_at, **gate)
    run = _run(p, world, ordered_at, seed)
    zone = np.array([run.period.zone_number(p["tz"])])
    picked_up = run.period.date_of(int(run.period.local_days(zone, run.first_scan())[0]))
    calendar = Calendar(_weekdays(p["biz"]), p["holidays"])
    ship = add_working_days(calendar, picked_up, p["handling"])
    return ship, _deadline(run, p["tz"], ship)


def _deadline(run: Run, zone: str, day: date) -> str:
    """Return 23:59 of a local date in UTC."""
    number = np.array([(day - run.period.first_date).days])
    local = run.period.ticks_of_minutes(23 * 60 + 59)
    tick = run.period.to_ticks(run.period.zone_number(zone), number, local)
    return f"{np.datetime_as_string(run.period.times(tick)[0], 's')}Z"


def holidays_of_a_year(answer: Answer, seed: int) -> Mapping[str, Any]:
    """List the days off of the two calendars."""
    year = answer.parameters["year"]
    return {
        "us_federal_observed": [
            str(day) for day in sorted(holiday_dates("federal", year)) if day.weekday() <= _FRIDAY
        ],
        "ups_no_pickup_or_delivery": sorted(map(str, holiday_dates("ups", year))),
    }


def late_share(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute a late dispatch rate from counts."""
    p = answer.parameters
    late = proportion_interval(p["non_fbt_dispatched_late"], p["orders_dispatched_in_period"])
    return {"late_dispatch_rate": late.estimate}


_ZONE = "America/Los_Angeles"
_PARCELS_A_DAY = 1_000


def seller_with_a_carrier(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a seller who packs without a queue, daily pickups, and three business days of way.

    The way is two lanes and a round that each leave once on a carrier's working day.
    """
    p = answer.parameters
    world = _seller_world(p)
    first = date.fromisoformat(p["first_order_date"])
    dates = [first + timedelta(days=row) for row in range(p["order_days"])]
    federal = Calendar("Mon-Fri", "federal")
    dispatch_by = [add_working_days(federal, day, p["dispatch_sla_bd"]) for day in dates]
    period = world.period()
    zone, home = period.zone_number(_ZONE), load_markets().index(_MARKETS[_ZONE])
    runs = []
    for r in range(RUNS):
        rng = chance(seed, r, answer.id)
        day = np.repeat(np.arange(len(dates)) + (first - period.first_date).days, _PARCELS_A_DAY)
        local = rng.integers(0, 24 * 60 * HOUR, len(day))
        tick = np.sort(period.to_ticks(zone, day, local))
        run = world.run(world.orders(tick, home), seed, r)
        runs.append(_kept(run, dates, dispatch_by))
    by_date = {
        str(day): {
            "dispatch_by": str(by),
            "deliver_by": str(period.date_of(int(_promised(run, period, day)))),
        }
        for day, by in zip(dates, dispatch_by, strict=True)
    }
    return {**together(runs), "by_order_date": by_date}


def _seller_world(p: Mapping[str, Any]) -> World:
    seller = Sellers(
        market=np.array([load_markets().index(_MARKETS[_ZONE])], np.int32),
        pickup=np.zeros(1, np.int32), stations=("A",), volume=np.array([float(PER_DAY)]),
        daily_capacity=np.zeros(1, np.int32),
        working_days=np.array([weekday_bits("daily")], np.uint8),
        pickup_days=np.array([weekday_bits("Mon-Fri")], np.uint8),
        opens_hour=np.zeros(1, np.uint8), cutoff_hour=np.array([24], np.uint8),
        handling_hours=np.array([p["pack_median_h"]], np.float32),
        handling_log_sd=p["pack_sigma_log"], packaging=np.zeros(1, np.uint8),
        burst_share=0.0, burst_orders=0, burst_days=1,
    )  # fmt: skip
    here = {"market": _MARKETS[_ZONE], "time_zone": _ZONE}
    places = {
        "A": place(**here), "B": place(**here),
        "S": station("08:00", round_calendar="carrier", **here),
    }  # fmt: skip
    lanes = {
        (SELLERS, "A"): lane(f"{round(p['pickup_hour']):02d}:00", calendar="carrier"),
        ("A", "B"): lane("12:00", calendar="carrier"),
        ("B", "S"): lane("12:00", calendar="carrier"),
    }
    carrier = {"carrier": Calendar("Mon-Fri", p["pickup_holidays"])}
    net = network(places, lanes, sellers=seller, calendars=carrier)
    promise = {"rule": "business days", "days": p["deliver_sla_bd"], "holidays": p["sla_holidays"]}
    first = str(date.fromisoformat(p["first_order_date"]) - timedelta(days=1))
    return World(net, p["order_days"], first, later_order_days=45, risks=NO_RISKS, promise=promise)


def _kept(run: Run, dates: list[date], dispatch_by: list[date]) -> dict[str, float]:
    """Return how the carrier's scans and deliveries keep to the marketplace's dates."""
    outcomes = run.outcomes()
    number = run.columns["day"] - (dates[0] - run.period.first_date).days
    zone = np.full(len(run), run.period.zone_number(_ZONE))
    scan = run.period.local_days(zone, run.first_scan())
    limit = np.array([(day - run.period.first_date).days for day in dispatch_by])
    late = scan > limit[number]
    assert (run.columns["status"] == Status.DELIVERED).all()
    one = {
        "late_dispatch_rate": float(late.mean()),
        "on_time_delivery_rate": float(np.mean(outcomes.late_days <= 0)),
        "mean_calendar_days_order_to_delivery": float(outcomes.delivery_dates.mean()),
    }
    for row, day in enumerate(dates):
        here = number == row
        one[f"by_order_date.{day}.P_late"] = float(late[here].mean())
        one[f"by_order_date.{day}.P_on_time"] = float(np.mean(outcomes.late_days[here] <= 0))
        one[f"by_order_date.{day}.mean_days"] = float(outcomes.delivery_dates[here].mean())
    return one


def _promised(run: Run, period: Any, day: date) -> int:
    """Return the promised day of the orders of a date."""
    here = run.columns["day"] == (day - period.first_date).days
    (promised,) = np.unique(run.columns["promised_day"][here])
    return int(promised)
