"""The table of parcels in the customer's local time, and a run and a comparison in a few lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from small_scenarios import centers
from whole_comparisons import three_networks

from logistics.analysis.measures.network import measure
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.runs.tables import stored_parcels
from logistics.vocabulary import Status
from networks.geography import load_markets

LOCAL = [
    "ordered_local", "delivered_local", "delivery_date", "delivery_days", "on_time", "late_days",
    "weekday", "state",
]  # fmt: skip
OVER_THE_CLOCK_CHANGE = {"first_day": "2023-11-04", "warm_up_days": 1, "days": 2}
"""Saturday, and Sunday when an hour comes twice."""


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(centers(days=OVER_THE_CLOCK_CHANGE))


@pytest.fixture(scope="module")
def pacific(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One order of Los Angeles, on a Monday at 23:30: on the next day in UTC."""
    file: Path = tmp_path_factory.mktemp("orders") / "orders.csv"
    file.write_text("order_id,ordered_at,market,product\n1,2023-09-19T06:30:00Z,900,toy\n")
    return simulate(centers(), orders=file)


def delivered_at(run: Run, utc: str, promised: date) -> Run:
    """The run with its only parcel delivered at another time, and promised for another date."""
    ms = int(pd.Timestamp(utc, tz="UTC").timestamp() * 1000)
    period = run.period
    ended = np.array([(ms - period.zero_ms) // period.tick_ms], run.columns["ended"].dtype)
    day = np.array([(promised - period.first_date).days], np.int32)
    status = np.array([Status.DELIVERED], run.columns["status"].dtype)
    changed = {"ended": ended, "promised_day": day, "status": status}
    return replace(run, columns={**run.columns, **changed})


def test_an_order_before_midnight_on_the_pacific_coast_is_of_that_day(pacific: Run) -> None:
    (row,) = pacific.parcels.itertuples()
    assert row.ordered_utc == pd.Timestamp("2023-09-19 06:30")
    assert row.ordered_local == pd.Timestamp("2023-09-18 23:30")
    assert row.order_date == pd.Timestamp("2023-09-18")
    assert (row.weekday, row.state, row.market) == ("Monday", "CA", "Z900")


@pytest.mark.parametrize(
    ("utc", "local", "late_days"),
    [
        ("2023-09-20 06:30", "2023-09-19 23:30", 0),
        ("2023-09-20 06:59:59.990", "2023-09-19 23:59:59.990", 0),
        ("2023-09-20 07:00", "2023-09-20 00:00", 1),
        ("2023-09-20 07:30", "2023-09-20 00:30", 1),
        ("2023-09-19 06:59", "2023-09-18 23:59", -1),
    ],
)
def test_a_parcel_is_late_from_midnight_on_at_the_customers(
    pacific: Run, utc: str, local: str, late_days: int
) -> None:
    (row,) = delivered_at(pacific, utc, date(2023, 9, 19)).parcels.itertuples()
    assert row.delivered_local == pd.Timestamp(local)
    assert row.delivery_date == pd.Timestamp(local).normalize()
    assert (row.late_days, row.on_time) == (late_days, late_days <= 0)
    elapsed = pd.Timestamp(utc) - pd.Timestamp("2023-09-19 06:30")
    assert row.delivery_days == pytest.approx(elapsed / pd.Timedelta(days=1), rel=1e-12)


def test_local_times_are_those_of_the_zone_over_the_clock_change(run: Run) -> None:
    markets, table = load_markets(), run.parcel_table(measured=False)
    zone = {
        market: ZoneInfo(name) for market, name in zip(markets.ids, markets.time_zones, strict=True)
    }
    seen = set()
    for clock in ("ordered", "delivered"):
        some = table[table[f"{clock}_utc"].notna()].iloc[::37]
        columns = ["market", f"{clock}_utc", f"{clock}_local"]
        for market, utc, local in some[columns].itertuples(index=False):
            expected = utc.to_pydatetime().replace(tzinfo=UTC).astimezone(zone[market])
            assert local == expected.replace(tzinfo=None), (market, utc)
            seen.add(expected.utcoffset())
    assert len(seen) >= 5
    assert (table["ordered_local"].dt.normalize() == table["order_date"]).all()
    assert (table["weekday"].astype(str) == table["order_date"].dt.day_name()).all()
    states = dict(zip(markets.ids, markets.states, strict=True))
    assert (table["state"].astype(str) == table["market"].astype(str).map(states)).all()


def test_the_table_has_the_measured_parcels_unless_all_are_asked_for(run: Run) -> None:
    table, everything = run.parcels, run.parcel_table(measured=False)
    assert 0 < len(table) < len(everything) == len(run)
    assert table["measured"].all()
    assert (run.columns["parcel_id"][table.index] == table["parcel_id"]).all()
    pd.testing.assert_frame_equal(table, everything[everything["measured"]])
    assert set(run.legs["parcel"]) <= set(everything.index)
    assert list(table)[-len(LOCAL) :] == LOCAL


def test_files_keep_the_columns_of_all_parcels_without_the_local_ones(run: Run) -> None:
    everything = run.parcel_table(measured=False)
    pd.testing.assert_frame_equal(stored_parcels(run), everything.drop(columns=LOCAL))


def test_the_local_columns_are_those_of_the_measures(run: Run) -> None:
    outcomes = run.outcomes()
    table = run.parcels.sort_values(["order_id", "parcel_id"])
    days, late = table["delivery_days"].to_numpy(), table["late_days"].to_numpy()
    done = outcomes.delivered
    assert 0 < done.sum() < len(done)
    assert days[done] == pytest.approx(outcomes.delivery_days[done])
    assert (late[done] == outcomes.late_days[done]).all()
    assert np.isnan(days[~done]).all()
    assert np.isnan(late[~done]).all()
    assert table["delivery_date"].isna().to_numpy().tolist() == (~done).tolist()
    assert not table["on_time"][~done].any()
    assert table["on_time"].mean() == measure(outcomes).values["on_time_rate"]


def test_without_a_promise_nothing_is_late(pacific: Run) -> None:
    columns = {**pacific.columns, "promised_day": np.array([1_000_000], np.int32)}
    (row,) = replace(pacific, columns=columns).parcels.itertuples()
    assert pd.isna(row.promised_date)
    assert np.isnan(row.late_days)
    assert row.on_time


# In a few lines ----------------------------------------------------------------------------------


def test_a_run_is_shown_in_a_few_lines(run: Run) -> None:
    title, *lines = repr(run).splitlines()
    assert len(lines) < 9
    assert title == "Run of centers, seed 7, replication 0"
    told = {line[:10].strip(): line[10:].strip() for line in lines}
    outcomes = run.outcomes()
    days = np.sort(outcomes.delivery_days)
    assert told["days"] == "2 measured, from 2023-11-04"
    assert told["parcels"] == f"{len(run):,}, of them {len(outcomes):,} measured"
    assert told["delivered"] == f"{outcomes.delivered.mean():.1%}"
    assert told["median"] == f"{days[-(-len(days) // 2) - 1]:.1f} days"
    assert told["P95"] == f"{days[-(-len(days) * 95 // 100) - 1]:.1f} days"
    assert told["on time"] == f"{run.parcels['on_time'].mean():.1%}"
    assert all(f"<td>{value}</td>" in run._repr_html_() for value in told.values())


def test_a_run_without_measured_parcels_is_shown_too(run: Run) -> None:
    nothing = run.of(~run.measured)
    assert repr(nothing).splitlines()[-1] == f"parcels    {len(nothing):,}, of them 0 measured"
    assert len(nothing.parcels) == 0


def test_what_most_parcels_do_not_reach_is_no_number(pacific: Run) -> None:
    status = np.array([Status.UNDER_WAY], pacific.columns["status"].dtype)
    told = repr(replace(pacific, columns={**pacific.columns, "status": status}))
    assert "median     not delivered" in told


def test_a_comparison_is_shown_in_a_few_lines() -> None:
    result = three_networks()
    title, *lines = repr(result).splitlines()
    assert len(lines) < 9
    assert title == f"Comparison of {' and '.join(result.names)}, {result.replications} runs"
    shown = [f"{result.metrics[name]['delivery_days.p95'].estimate:.3g}" for name in result.names]
    assert any(line.endswith(": " + ", ".join(shown)) for line in lines)
