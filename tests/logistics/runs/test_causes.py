"""Hours by cause of whole runs: what must hold, and what an analyst finds in the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from small_scenarios import centers, sellers

from logistics.analysis.measures.outcomes import NO_DEADLINE, Causes
from logistics.running import simulate
from logistics.runs.measured_parcels import causes_of_measured
from logistics.runs.run import Run
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.schedule.calendars import Period
from logistics.vocabulary import CAUSES, HOURS, Status

OVER_THE_CLOCK_CHANGE = {
    "first_day": "2023-11-03",
    "warm_up_days": 1,
    "days": 3,
    "later_order_days": 9,
}
"""Friday to Sunday, when an hour comes twice; what is ordered then waits for a weekend to end."""


@pytest.fixture(
    scope="module",
    params=[centers(days=OVER_THE_CLOCK_CHANGE), sellers(days=OVER_THE_CLOCK_CHANGE)],
    ids=lambda scenario: scenario.name,
)
def run(request: pytest.FixtureRequest) -> Run:
    return simulate(request.param)


def by_name(causes: Causes) -> dict[str, np.ndarray]:
    return dict(zip(CAUSES, causes.ticks.astype(np.int64), strict=True))


def test_they_are_told_for_the_rows_of_outcomes(run: Run) -> None:
    outcomes, causes = run.outcomes(), run.causes()
    rows = run.measured_rows
    assert (run.columns["parcel_id"][rows] == outcomes.parcel_id).all()
    assert causes.ticks.shape == (len(CAUSES), len(outcomes))
    hours = causes.ticks[:, outcomes.delivered].sum(axis=0) / causes.ticks_per_hour
    assert hours == pytest.approx(24 * outcomes.delivery_days[outcomes.delivered])
    assert sorted(set(causes.date.tolist())) == [0, 1, 2]
    assert causes.first_weekday == 4
    assert (run.columns["day"][rows] - causes.date == run.scenario.days.warm_up_days).all()


def test_they_sum_to_the_five_times(run: Run) -> None:
    causes = by_name(run.causes())
    five = {name: run.columns[name][run.measured_rows].astype(np.int64) for name in HOURS}
    assert all((ticks >= 0).all() for ticks in causes.values())
    assert (causes["packing"] + causes["sorting"] == five["work"]).all()
    assert (causes["transit"] == five["transit"]).all()
    waiting = sum(
        causes[name] for name in CAUSES if name not in ("packing", "sorting", "transit", "round")
    )
    assert (
        waiting + causes["round"] == five["wait_work"] + five["wait_departure"] + five["last_mile"]
    ).all()
    ended = run.columns["ended"][run.measured_rows] >= 0
    assert (causes["round"][~ended] == 0).all()
    assert (causes["round"][ended] > 0).all()


def test_a_parcel_is_late_exactly_from_the_midnight_that_ends_its_promised_date(run: Run) -> None:
    outcomes, causes = run.outcomes(), run.causes()
    taken = causes.ticks.sum(axis=0, dtype=np.int64)
    late = (outcomes.late_days > 0) & outcomes.delivered
    assert ((taken >= causes.allowed) & outcomes.delivered == late).all()
    assert 0 < late.sum() < outcomes.delivered.sum()
    assert (causes.allowed < NO_DEADLINE).all()


def test_without_a_promise_there_is_no_deadline() -> None:
    """Promised for a day too far to be quoted."""
    run = simulate(centers())
    run.columns["promised_day"][:] = 1_000_000
    assert (run.causes().allowed == NO_DEADLINE).all()


def test_failed_attempts_take_whole_days(run: Run) -> None:
    rows = run.measured_rows
    ended = run.columns["ended"][rows] >= 0
    again = run.columns["attempts"][rows] > 1
    between = by_name(run.causes())["between_attempts"]
    assert (ended & again).sum() > 50
    assert (between[ended & again] > 0).all()
    assert not between[~again].any()


def test_the_table_has_a_row_a_parcel_and_a_column_a_cause(run: Run) -> None:
    table = run.hours_by_cause
    assert list(table) == ["order_id", "parcel_id", *(f"{cause}_hours" for cause in CAUSES)]
    parcels = run.parcel_table(measured=False)
    assert (table["parcel_id"] == parcels["parcel_id"]).all()
    done = parcels["status"] == "delivered"
    taken = parcels["delivered_utc"] - parcels["ordered_utc"]
    hours = table.filter(like="_hours").sum(axis=1)
    assert hours[done].to_numpy() == pytest.approx(taken[done].dt.total_seconds() / 3600)


def test_a_saved_run_tells_the_same(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Run.load(tmp_path / "run")
    assert again.same_as(run)
    assert (again.causes().ticks == run.causes().ticks).all()


def test_every_segment_is_reported(run: Run) -> None:
    total = np.zeros(len(CAUSES), np.int64)

    def add(segment: object) -> None:
        for cause, ticks in segment.ticks.items():  # type: ignore[attr-defined]
            total[CAUSES.index(cause)] += ticks.sum()

    causes = causes_of_measured(run, add)
    assert (total == causes.ticks.sum(axis=1)).all()


@pytest.mark.parametrize("name", builtin_scenarios())
def test_they_sum_to_the_five_times_in_the_built_in_networks(name: str) -> None:
    """From the Friday before Labor Day on; the smallest sample there is."""
    run = simulate(load_scenario(name), seed=2, orders_per_day=15_000, days=2, warm_up_days=1,
                   later_order_days=3)  # fmt: skip
    test_they_sum_to_the_five_times(run)
    outcomes, causes = run.outcomes(), run.causes()
    done = outcomes.delivered
    rows = run.measured_rows[done]
    taken = run.columns["ended"][rows].astype(np.int64) - run.columns["ordered"][rows]
    assert (causes.ticks[:, done].sum(axis=0, dtype=np.int64) == taken).all()
    assert done.sum() > 4_000


# As an analyst would ------------------------------------------------------------------------------


class Analyst:
    """Finds what parcels waited for in a run's tables, with the dates of the calendar on the wall.

    `closed` on lanes and rounds only: gates are not in the tables.
    """

    def __init__(self, run: Run) -> None:
        self.run, self.parcels = run, run.parcel_table(measured=False)
        departures = run.departures.assign(
            weekday=run.trips["weekday"][run.trips["tick"] < run.period.horizon]
        )
        lanes = {str(lane): rows for lane, rows in departures.groupby("lane", observed=True)}
        self.legs = dict(list(run.legs.groupby("parcel")))
        self.leaves = {lane: rows["departs_utc"].tolist() for lane, rows in lanes.items()}
        self.weekdays = {lane: rows["weekday"].tolist() for lane, rows in lanes.items()}

    def waits(self, row: int) -> dict[str, float]:
        """Hours of a delivered parcel by cause."""
        found = dict.fromkeys(("closed", "next_departure", "full", "next_round", "between"), 0.0)
        legs = self.legs[row]
        for leg in legs.itertuples():
            last = leg.leg == len(legs) - 1
            waits = "next_round" if last else "next_departure"
            again = last and self.parcels["attempts"][row] > 1
            first = self.first(str(leg.lane), leg.ready_utc, row)
            closed = self.closed(str(leg.lane), leg.ready_utc, first, row)
            found["closed"] += closed
            found[waits] += hours(first - leg.ready_utc) - closed
            found["between" if again else "full"] += hours(leg.departed_utc - first)
        return found

    def times(self, lane: str, row: int) -> list[pd.Timestamp]:
        times, weekdays = self.leaves[lane], self.weekdays[lane]
        if not lane.endswith(" by pickup"):
            return times
        bits = int(self.run.sources["pickup_weekdays"][self.run.columns["source"][row]])
        return [t for t, day in zip(times, weekdays, strict=True) if bits >> day & 1]

    def first(self, lane: str, ready: pd.Timestamp, row: int) -> pd.Timestamp:
        doors = self.run.places["doors_close"][self.run.places["lanes"].index(lane)]
        doors = timedelta(milliseconds=doors * self.run.scenario.days.tick_ms)
        return next(
            t for t in self.times(lane, row) if (ready < t - doors if doors else ready <= t)
        )

    def closed(self, lane: str, ready: pd.Timestamp, first: pd.Timestamp, row: int) -> float:
        places = self.run.places
        number = places["lanes"].index(lane)
        at = places["lane_origin"][number]
        at = places["lane_destination"][number] if at < 0 else at
        zone = ZoneInfo(places["facility_zones"][at])
        dates = {local(t, zone).date() for t in self.times(lane, row)}
        total, day = 0.0, local(ready, zone).date()
        while day <= local(first, zone).date():
            if day not in dates:
                begins, ends = (
                    datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(UTC)
                    for d in (day, day + timedelta(days=1))
                )
                total += hours(min(ends, utc(first)) - max(begins, utc(ready)))
            day += timedelta(days=1)
        return total


def utc(time: pd.Timestamp) -> datetime:
    return time.to_pydatetime().replace(tzinfo=UTC)


def local(time: pd.Timestamp, zone: ZoneInfo) -> datetime:
    return utc(time).astimezone(zone)


def hours(length: timedelta) -> float:
    return length.total_seconds() / 3600


def test_an_analyst_finds_the_same_in_the_tables(run: Run) -> None:
    analyst, table = Analyst(run), run.hours_by_cause
    delivered = np.flatnonzero(run.columns["status"] == Status.DELIVERED)
    some = delivered[:: len(delivered) // 150]
    shut = 0
    for row in some.tolist():
        found, told = analyst.waits(row), table.iloc[row]
        for cause in ("next_departure", "full", "next_round"):
            assert told[f"{cause}_hours"] == pytest.approx(found[cause], abs=1e-6), (row, cause)
        assert told["between_attempts_hours"] == pytest.approx(found["between"], abs=1e-6)
        gate = told["closed_hours"] - found["closed"]
        assert gate == pytest.approx(opening(run, row), abs=1e-6), row
        shut += found["closed"] > 0
    assert shut > (20 if run.scenario.name == "sellers" else -1)


def opening(run: Run, row: int) -> float:
    """Hours from an order to the opening of the first working day whose cutoff is after it."""
    gate = run.sources["gate"][run.columns["source"][row]]
    if gate < 0:
        return 0.0
    ordered = int(run.columns["ordered"][row])
    rows = zip(*(run.gates[name] for name in ("gate", "opens", "cutoff")), strict=True)
    days = [opens for number, opens, cutoff in rows if number == gate and cutoff > ordered]
    return max(0, int(days[0]) - ordered) * run.scenario.days.tick_ms / 3_600_000


def test_the_period_has_the_hour_that_comes_twice(run: Run) -> None:
    period: Period = run.period
    zone = np.array([period.zone_number("America/New_York")])
    length = period.midnight(zone, np.array([4])) - period.midnight(zone, np.array([3]))
    assert length[0] * period.tick_ms == 25 * 3_600_000
