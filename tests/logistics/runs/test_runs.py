"""Whole runs of the built-in networks at the smallest sample: what must hold whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_scenarios import centers, sellers

from logistics.model.draws import draw
from logistics.model.network import build_network
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.running import run_once, simulate
from logistics.runs.run import Run
from logistics.scenario.days import Runs
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import PathTimetable, Scenario
from logistics.schedule.calendars import holiday_dates
from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns
from logistics.streams import Streams
from logistics.vocabulary import ENDS, HOURS, NEVER_HERE, NOT_YET, UNLIMITED, Status
from networks.inputs.faults import InputError

NAMES = builtin_scenarios()
AMAZON, PLATFORM, SELLER = NAMES
SMALLEST = {AMAZON: 13_200, PLATFORM: 15_000, SELLER: 15_000}
LABOR_DAY_WEEKEND = {"first_day": "2023-09-02", "warm_up_days": 1, "days": 2}
"""Friday is warm-up, Saturday and Sunday are measured, Labor Day and the next days cool down."""

COOL_DOWN_DAYS = {AMAZON: 3, PLATFORM: 3, SELLER: 5}


def scenario_of(name: str, **parts: Any) -> Scenario:
    """A built-in scenario at its smallest sample, over the weekend of Labor Day."""
    later = {"later_order_days": COOL_DOWN_DAYS[name]}
    days = LABOR_DAY_WEEKEND | later | parts.pop("days", {})
    orders = {"orders_per_day": SMALLEST[name]} | parts.pop("orders", {})
    return load_scenario(name).replace(days=days, orders=orders, **parts)


def ran(name: str, engine: str = "batch", **parts: Any) -> Run:
    return simulate(scenario_of(name, **parts), seed=1, engine=engine)


@pytest.fixture(scope="session")
def runs() -> dict[str, Run]:
    return {name: ran(name) for name in NAMES}


@pytest.fixture(params=NAMES)
def run(request: pytest.FixtureRequest, runs: dict[str, Run]) -> Run:
    return runs[request.param]


# Parcels -----------------------------------------------------------------------------------------


def test_no_parcel_appears_or_vanishes(run: Run) -> None:
    days = run.scenario.days
    demand = run.scenario.orders
    dates = [days.first_day + timedelta(days=n) for n in range(-1, days.all_days - 1)]
    mean = sum(demand.weekday) / 7
    placed = [round(demand.orders_per_day * demand.weekday[d.weekday()] / mean) for d in dates]
    assert np.bincount(run.columns["day"]).tolist() == placed
    assert len(np.unique(run.columns["parcel_id"])) == len(run) == sum(placed)
    by_status = np.bincount(run.columns["status"], minlength=len(Status))
    assert by_status.sum() == len(run)
    assert by_status[Status.DELIVERED] > 3000
    assert by_status[Status.UNDER_WAY] > 0
    ended = run.columns["ended"] != NOT_YET
    at_the_door = (Status.DELIVERED, Status.STOLEN, Status.RETURNED)
    assert (ended == np.isin(run.columns["status"], at_the_door)).all()
    lost = run.columns["lost_step"] != NEVER_HERE
    assert (lost == (run.columns["status"] == Status.LOST)).all()


def test_the_measured_orders_are_told_by_exactly_one_end(run: Run) -> None:
    outcomes = run.outcomes()
    ends = sum(getattr(outcomes, end).astype(int) for end in ENDS)
    assert (ends == 1).all()
    measured = run.columns["day"][run.measured]
    assert len(outcomes.order_id) == len(measured)
    assert set(measured.tolist()) == {1, 2}
    hours = outcomes.hours[:, outcomes.delivered].sum(axis=0)
    assert hours == pytest.approx(24 * outcomes.delivery_days[outcomes.delivered], abs=1e-3)


def test_the_age_of_what_is_under_way_is_from_order_to_horizon(run: Run) -> None:
    outcomes, table = run.outcomes(), run.parcels
    table = table.sort_values(["order_id", "parcel_id"])
    under_way = (table["status"] == "under way").to_numpy()
    assert np.array_equal(under_way, ~np.isnan(outcomes.age_days))
    horizon = run.period.times(np.array([run.period.horizon]))[0]
    ages = (horizon - table["ordered_utc"][under_way]) / pd.Timedelta(days=1)
    assert np.allclose(outcomes.age_days[under_way], ages, atol=1e-6)


def test_the_days_of_each_order_date_are_those_of_its_delivered_parcels(run: Run) -> None:
    daily = run.outcomes().daily_days
    days = run.scenario.days
    assert len(daily) == days.warm_up_days + days.days
    table = run.parcel_table(measured=False)
    table = table[table["status"] == "delivered"]
    taken = (table["delivered_utc"] - table["ordered_utc"]) / pd.Timedelta(days=1)
    by_date = taken.groupby(table["order_date"]).mean()
    assert np.allclose(daily, by_date.iloc[: len(daily)], atol=1e-6)


def test_clocks_are_in_causal_order(run: Run) -> None:
    clocks = run.parcel_table(measured=False)[
        ["ordered_utc", "packed_utc", "first_scan_utc", "out_for_delivery_utc", "delivered_utc"]
    ]
    for before, after in zip(clocks.columns, clocks.columns[1:], strict=False):
        both = clocks[clocks[after].notna()]
        if run.scenario.name == AMAZON or after != "first_scan_utc":
            assert both[before].notna().all(), f"{after} without {before}"
        assert (both[before] <= both[after]).all(), f"{before} after {after}"
    assert (clocks["delivered_utc"] > clocks["ordered_utc"]).sum() == (
        run.columns["status"] == Status.DELIVERED
    ).sum()


def test_along_its_way_a_parcel_is_ready_then_leaves_then_is_ready_again(run: Run) -> None:
    ready, departure = run.visits["ready"], run.visits["departure"]
    for visit in range(ready.shape[1]):
        left = departure[:, visit] != NOT_YET
        trip = departure[left, visit]
        assert (ready[left, visit] != NOT_YET).all(), "nobody leaves unready"
        attempts = run.columns["attempts"][left]
        at_last = run.columns["last_visit"][left] == visit
        departs = run.trips["tick"][trip]
        assert (departs >= ready[left, visit])[~at_last | (attempts <= 1)].all()
        if visit + 1 < ready.shape[1]:
            onward = ready[left, visit + 1]
            there = onward != NOT_YET
            assert (onward[there] >= run.trips["arrives"][trip][there]).all()
    assert (ready[ready != NOT_YET] < run.period.horizon).all()


def test_doors_close_before_the_departure(run: Run) -> None:
    model = prepare(run.scenario)
    departure = run.visits["departure"]
    for visit in range(departure.shape[1]):
        left = departure[:, visit] != NOT_YET
        trip = departure[left, visit]
        closes = model.lanes.doors_close[run.trips["lane"][trip]]
        spare = run.trips["tick"][trip] - run.visits["ready"][left, visit]
        assert (spare[closes > 0] > closes[closes > 0]).all()
    if run.scenario.name == AMAZON:
        assert model.lanes.doors_close.max() == 15 * 60 * 100, "a quarter of an hour"


def test_the_five_hours_add_up_in_ticks(run: Run) -> None:
    c = run.columns
    total = sum(c[name].astype(np.int64) for name in HOURS)
    ended = c["ended"] != NOT_YET
    assert ended.sum() > 3000
    assert (total[ended] == c["ended"][ended].astype(np.int64) - c["ordered"][ended]).all()
    until_now = run.period.horizon - c["ordered"].astype(np.int64)
    assert (total[~ended] <= until_now[~ended]).all()
    for name in HOURS:
        assert c[name].min() >= 0


def test_no_order_is_worked_before_its_gate(run: Run) -> None:
    """No work on a day off, nor before opening, nor on the day of an order that came too late."""
    model = prepare(run.scenario)
    worked = run.visits["ready"][:, 0] != NOT_YET
    gate = model.sources.gate[run.columns["source"]]
    if run.scenario.name == AMAZON:
        assert (gate == -1).all()
        return
    start = run.visits["ready"][:, 0] - run.visits["work"][:, 0]
    if run.scenario.name == PLATFORM:
        start = start - np.asarray(run.places["dwell"])[model.sources.facility[
            run.columns["source"]]]  # fmt: skip
    gates = model.timetable.gates
    for number in np.unique(gate):
        rows = np.flatnonzero(worked & (gate == number))
        opens, cutoff = (
            column[gates.first[number] : gates.first[number + 1]]
            for column in (gates.opens, gates.cutoff)
        )
        day = np.searchsorted(cutoff, run.columns["ordered"][rows], "right")
        assert (start[rows] >= opens[day]).all()
    assert worked.sum() > 10_000


def test_holidays_and_weekends_are_kept(run: Run) -> None:
    """Nobody of a carrier is at a door on Labor Day, and no seller hands over on a weekend."""
    parcels = run.parcel_table(measured=False)
    doors = parcels["delivered_utc"].dropna() - pd.Timedelta(hours=6)
    dates = {stamp.date() for stamp in doors.dt.normalize().unique()}
    labor_day, sunday = date(2023, 9, 4), date(2023, 9, 3)
    assert labor_day in holiday_dates("ups", 2023)
    assert ({labor_day, sunday} <= dates) == (run.scenario.name == AMAZON)
    assert run.scenario.name == AMAZON or not {labor_day, sunday} & dates
    if run.scenario.name == SELLER:
        scans = parcels["first_scan_utc"].dropna() - pd.Timedelta(hours=8)
        assert {stamp.weekday() for stamp in scans.dt.normalize().unique()} == {1, 2, 3, 4}


def test_business_days_are_promised_as_numpy_counts_them(run: Run) -> None:
    parcels, rule = run.parcel_table(measured=False), run.scenario.promise
    assert parcels["promised_date"].notna().all()
    ordered = parcels["order_date"].to_numpy().astype("datetime64[D]")
    promised = parcels["promised_date"].to_numpy().astype("datetime64[D]")
    if isinstance(rule, PathTimetable):
        days = (promised - ordered).astype(int)
        assert days.min() >= 0
        assert np.median(days) in (1, 2)
        return
    assert rule.cutoff == "24:00"
    working = {
        "weekmask": "1111100" if rule.weekdays == "Mon-Fri" else "1111110",
        "holidays": np.array([np.datetime64("2023-09-04")]),
    }
    start = np.busday_offset(ordered, 0, roll="backward", **working)
    assert (promised == np.busday_offset(start, rule.days, **working)).all()


# Departures and facilities -----------------------------------------------------------------------


def test_loads_respect_capacities_and_are_the_parcels_legs(run: Run) -> None:
    trips = run.trips
    assert (trips["load"] <= trips["capacity"]).all()
    assert (trips["load"] >= 0).all()
    assert (trips["left_behind"] >= 0).all()
    full = trips["load"] == trips["capacity"]
    assert not trips["left_behind"][~full].any(), "nobody stays behind where there is room"
    assert not trips["load"][trips["tick"] >= run.period.horizon].any()
    legs = run.visits["departure"]
    counted = np.bincount(legs[legs != NOT_YET], minlength=len(trips["load"]))
    rounds = np.asarray(run.places["lane_destination"])[trips["lane"]] < 0
    assert (counted == trips["load"])[~rounds].all()
    assert (counted <= trips["load"])[rounds].all(), "second attempts go out again"
    attempted = trips["load"][rounds & (trips["tick"] < run.period.horizon)].sum()
    assert attempted >= run.columns["attempts"].sum()


def place_of_visit(run: Run, visit: int) -> np.ndarray:
    """The facility that each parcel's visit is at or would be; -1 for a seller or no visit."""
    if visit == 0:
        own = np.asarray(run.places["source_facility"])
        return own[run.columns["source"]] if len(own) else np.full(len(run), -1)
    trip = run.visits["departure"][:, visit - 1]
    lane = run.trips["lane"][np.maximum(trip, 0)]
    return np.where(trip == NOT_YET, -1, np.asarray(run.places["lane_destination"])[lane])


def test_facility_hours_are_consistent(run: Run) -> None:
    table = run.facilities
    hour = 3_600_000 // run.scenario.days.tick_ms
    assert len(table) == len(run.places["facilities"]) * -(-run.period.horizon // hour)
    assert (table["queue"] >= 0).all()
    assert (table["arrivals"] >= 0).all()
    assert table["utilisation"].max() <= 1.05, "work begun before a shift's end is finished after"
    assert not np.isinf(table["utilisation"]).any()
    assert (table["utilisation"].dropna() >= 0).all()

    came = np.zeros(len(run.places["facilities"]), np.int64)
    lost = run.columns["lost_step"]
    for visit in range(run.visits["ready"].shape[1]):
        place = place_of_visit(run, visit)
        there = place >= 0
        if visit:
            trip = run.visits["departure"][:, visit - 1]
            arrives = run.trips["arrives"][np.maximum(trip, 0)]
            there &= (trip != NOT_YET) & (arrives < run.period.horizon)
            there &= (lost == NEVER_HERE) | (lost >= 2 * visit)
            there &= visit <= run.columns["last_visit"]
        came += np.bincount(place[there], minlength=len(came))
    assert table.groupby("facility", observed=True)["arrivals"].sum().tolist() == came.tolist()


def test_queues_empty_but_for_those_who_wait_or_are_in_work(run: Run) -> None:
    """At the end, a queue is what came and was never ready, less what was lost in the place."""
    last = run.facilities.groupby("facility", observed=True)["queue"].last()
    waiting = np.zeros(len(last), np.int64)
    for visit in range(run.visits["ready"].shape[1]):
        place = place_of_visit(run, visit)
        there = (place >= 0) & (visit <= run.columns["last_visit"])
        if visit:
            trip = run.visits["departure"][:, visit - 1]
            arrives = run.trips["arrives"][np.maximum(trip, 0)]
            there &= (trip != NOT_YET) & (arrives < run.period.horizon)
        never = run.visits["ready"][:, visit] == NOT_YET
        lost = run.columns["lost_step"]
        gone = (lost != NEVER_HERE) & (lost <= 2 * visit)
        waiting += np.bincount(place[there & never & ~gone], minlength=len(waiting))
    assert last.tolist() == waiting.tolist()


# Tables ------------------------------------------------------------------------------------------


def test_what_has_not_happened_is_missing_in_the_tables(run: Run) -> None:
    start = pd.Timestamp(str(run.period.times(np.zeros(1))[0]))
    end = pd.Timestamp(str(run.period.times(np.array([run.period.horizon]))[0]))
    parcels = run.parcel_table(measured=False)
    for table in (parcels, run.legs, run.departures):
        for name, column in table.items():
            if str(name).endswith("_utc"):
                assert (column.dropna() >= start).all(), name
                if name != "arrives_utc":  # of a departure, as planned
                    assert (column.dropna() < end).all(), name
            elif pd.api.types.is_numeric_dtype(column) and name != "late_days":
                assert (column.dropna() >= 0).all(), name
    delivered = parcels["status"] == "delivered"
    assert (parcels["delivered_utc"].notna() == delivered).all()
    lost = parcels["status"].isin(["lost", "stolen"])
    assert (parcels["lost_where"].notna() == lost).all()
    assert (parcels["damaged_where"].notna() == parcels["damaged_by"].notna()).all()
    assert 0 < parcels["damaged_by"].notna().sum() < len(run) / 20
    assert {"delivered", "under way", "lost"} <= set(parcels["status"].unique())
    assert (
        run.departures["capacity"].isna().sum()
        == ((run.trips["capacity"] == UNLIMITED) & (run.trips["tick"] < run.period.horizon)).sum()
    )


def test_legs_tell_each_stretch_of_a_parcels_way(run: Run) -> None:
    legs = run.legs
    arrived = legs["arrived_utc"].notna()
    assert (legs["departed_utc"].notna() == legs["departure"].notna()).all()
    assert (legs["departed_utc"].notna() == legs["lane"].notna()).all()
    assert legs["departed_utc"][arrived].notna().all()
    assert (legs["arrived_utc"] > legs["departed_utc"])[arrived].all()
    assert not legs["lane"][arrived].astype(str).str.endswith("> doors").any()
    # Where a parcel arrived, it is worked on or waits; it has not been lost on the way.
    rows, leg = legs["parcel"][arrived].to_numpy(), legs["leg"][arrived].to_numpy().astype(int)
    lost = run.columns["lost_step"][rows]
    assert ((lost == NEVER_HERE) | (lost > 2 * leg + 1)).all()


def test_a_run_reads_back_equal(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Run.load(tmp_path / "run")
    assert again.same_as(run)
    assert again.scenario == run.scenario
    assert again.facts == run.facts
    for name, column in run.columns.items():
        assert again.columns[name].dtype == column.dtype, name
    with pytest.raises(FileExistsError):
        run.save(tmp_path / "run")
    for group in ("columns", "visits", "trips"):
        changed = {name: column.copy() for name, column in getattr(run, group).items()}
        next(iter(changed.values())).flat[-1] += 1
        assert not replace(again, **{group: changed}).same_as(run)


def test_the_tables_of_a_run_that_was_read_back(tmp_path: Path) -> None:
    run = simulate(sellers())
    run.save(tmp_path / "run")
    again = Run.load(tmp_path / "run")
    pd.testing.assert_frame_equal(
        again.parcel_table(measured=False), run.parcel_table(measured=False)
    )
    for table in ("parcels", "legs", "departures", "facilities"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(run, table))


def test_a_folder_of_another_format_is_refused(runs: dict[str, Run], tmp_path: Path) -> None:
    runs[AMAZON].save(tmp_path / "run")
    about = tmp_path / "run" / "about.json"
    about.write_text(about.read_text().replace('"format": ', '"format": 9'))
    with pytest.raises(ValueError, match=r"has format 9\d; this version reads"):
        Run.load(tmp_path / "run")
    with pytest.raises(FileNotFoundError):
        Run.load(tmp_path / "none")


# The same orders everywhere ----------------------------------------------------------------------


def test_all_networks_have_the_same_orders(runs: dict[str, Run]) -> None:
    """Those of a smaller sample and fewer days are among those of a larger one and more."""
    placed = {
        name: set(zip(*(run.columns[c].tolist() for c in ("order_id", "market", "product", "day")),
                      strict=True))
        for name, run in runs.items()
    }  # fmt: skip
    assert placed[AMAZON] < placed[PLATFORM] < placed[SELLER]


def test_longer_warm_up_and_later_days_leave_an_orders_luck_alone(runs: dict[str, Run]) -> None:
    run = runs[PLATFORM]
    longer = ran(PLATFORM, days={"warm_up_days": 3, "later_order_days": 5})
    place = {one: n for n, one in enumerate(longer.columns["parcel_id"].tolist())}
    rows = np.array([place[one] for one in run.columns["parcel_id"].tolist()])
    for name in ("source", "station", "market", "product", "grade", "zone"):
        assert (longer.columns[name][rows] == run.columns[name]).all(), name
    once, again = run.visits["work"], longer.visits["work"][rows]
    worked = (run.visits["ready"] >= 0) & (longer.visits["ready"][rows] >= 0)
    assert worked.mean() > 0.5
    assert (again == once)[worked].all()
    shift = longer.period.zero_ms - run.period.zero_ms
    ordered = longer.columns["ordered"][rows] * 10 + shift
    assert (ordered == run.columns["ordered"] * 10).all()


def test_another_replication_or_seed_has_other_luck(runs: dict[str, Run]) -> None:
    model = prepare(scenario_of(AMAZON))
    for streams in (Streams(1, 1), Streams(2, 0)):
        orders = generate_orders(model.scenario.orders, model.period, streams)
        other = run_once(model, orders, streams)
        assert not other.same_as(runs[AMAZON])
        assert len(other) == len(runs[AMAZON])


# Both engines ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("_no_garbage_collector")
@pytest.mark.parametrize("name", NAMES)
def test_both_engines_give_the_same_run_over_a_weekend_and_a_holiday(
    runs: dict[str, Run], name: str
) -> None:
    """The columns of all three: by default in `tests/exactness/test_built_in_networks.py`."""
    textbook = ran(name, engine="textbook")
    assert differences(textbook, runs[name]) == []
    assert textbook.same_as(runs[name])
    assert textbook.engine == "textbook"


@pytest.mark.slow
@pytest.mark.usefixtures("_no_garbage_collector")
@pytest.mark.parametrize("name", NAMES)
def test_both_engines_give_the_same_run_over_a_clock_change(name: str) -> None:
    days = {"first_day": "2023-11-04", "warm_up_days": 2, "days": 3, "later_order_days": 6}
    closures = [
        {"place": place, "start": "2023-11-03T10:00", "end": "2023-11-05T01:30"}
        for place in ("HUB01", "HUB02")
    ]
    scenario = load_scenario(name).replace(days=days, orders={"orders_per_day": SMALLEST[name]})
    data = scenario.model_dump(mode="json") | {"closures": closures}
    scenario = Scenario.model_validate(data)
    batch, textbook = (simulate(scenario, seed=3, engine=e) for e in ("batch", "textbook"))
    assert differences(textbook, batch) == []
    assert textbook.same_as(batch)
    assert (batch.columns["status"] == Status.DELIVERED).sum() > 10_000


@pytest.mark.usefixtures("_no_garbage_collector")
@pytest.mark.parametrize(("world", "tick"), [(sellers, "1 ms"), (centers, "1 s")])
def test_both_engines_give_the_same_run_with_the_finest_and_with_coarse_ticks(
    world: Any, tick: str
) -> None:
    """A month in milliseconds does not fit into 32 bits; with seconds, much happens at once."""
    days = {"tick": tick, "warm_up_days": 3, "days": 7, "later_order_days": 16}
    network = {"sort_work": "10 s"} if world is centers else {}
    scenario = world(days=days, orders={"orders_per_day": 300}, network=network)
    runs = [simulate(scenario, engine=engine) for engine in ("batch", "textbook")]
    assert runs[0].period.dtype is (np.int64 if tick == "1 ms" else np.int32)
    assert differences(*runs) == []
    assert runs[0].visits["work"].min() >= 0
    assert (runs[0].columns["status"] == Status.DELIVERED).mean() > 0.5


def differences(one: Run, other: Run) -> list[str]:
    """The columns in which two runs differ."""
    return [
        f"{group}.{name}"
        for group in ("columns", "visits", "trips", "staff")
        for name, column in getattr(one, group).items()
        if not np.array_equal(column, getattr(other, group)[name])
    ]


def test_there_is_no_third_engine() -> None:
    with pytest.raises(ValueError, match="there is no engine 'magic'; choose 'batch' or"):
        simulate(scenario_of(AMAZON), engine="magic")


# What more of something does ---------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_without_limits_nothing_waits_and_the_same_orders_take_less_in_total(name: str) -> None:
    model, streams = prepare(scenario_of(name)), Streams(1)
    orders = generate_orders(model.scenario.orders, model.period, streams)
    limited = draw(model, orders, streams).problem
    departures, staffing = limited.departures, limited.staffing
    unlimited = replace(
        limited,
        departures=replace(departures, capacity=np.full_like(departures.capacity, UNLIMITED)),
        staffing=replace(staffing, workers=np.full_like(staffing.workers, UNLIMITED)),
    )
    before, after = batch.run(limited), batch.run(unlimited)
    assert before.left_behind.sum() > 1000
    assert not after.left_behind.any()
    at_a_facility = limited.sources.facility[limited.parcels.source] >= 0
    if name == AMAZON:
        assert not after.wait_work[at_a_facility].any()

    def total(columns: Columns) -> int:
        end = np.where(columns.ended != NOT_YET, columns.ended, limited.horizon)
        return int((end.astype(np.int64) - limited.parcels.ordered).sum())

    assert total(after) < total(before)
    assert (after.status == Status.UNDER_WAY).sum() < (before.status == Status.UNDER_WAY).sum()


def test_without_hazard_nothing_breaks_or_is_lost() -> None:
    touches = dict.fromkeys(
        ("conveyor", "hub_sorter", "manual_load", "door_step", "round", "road"), 0.0
    )
    loss = dict.fromkeys(("facility", "road", "round", "theft"), 0.0)
    run = simulate(centers(risks={"touches": touches, "loss": loss, "failed_attempt": 0.0}))
    assert (run.columns["damaged_step"] == NEVER_HERE).all()
    assert (run.columns["lost_step"] == NEVER_HERE).all()
    assert set(np.unique(run.columns["status"])) == {Status.UNDER_WAY, Status.DELIVERED}
    assert run.columns["attempts"].max() == 1
    assert not run.columns["hazard"].any()


def test_likelier_damage_breaks_the_same_parcels_and_more() -> None:
    usual = simulate(centers())
    touches = usual.scenario.risks.touches.model_dump(mode="json")
    doubled = {kind: 2 * chance for kind, chance in touches.items()}
    run = simulate(centers(risks={"touches": doubled}))
    assert (run.columns["parcel_id"] == usual.columns["parcel_id"]).all()
    before = usual.columns["damaged_step"] != NEVER_HERE
    after = run.columns["damaged_step"] != NEVER_HERE
    assert after[before].all()
    assert before.sum() > 20
    assert 1.5 * before.sum() < after.sum() < 2.5 * before.sum()
    assert (run.columns["ended"] == usual.columns["ended"]).all(), "damage delays nobody"


def test_orders_of_ones_own_are_taken_as_they_are() -> None:
    scenario = centers(days={"first_day": "2023-09-02"})
    table = pd.DataFrame(
        {
            "order_id": ["album", "brush", "brush"],
            "parcel_id": ["1", "2", "3"],
            "ordered_at": ["2023-09-02 10:00", "2023-09-02 10:00", "2023-09-02 10:00"],
            "market": ["23220", "98101", "98101"],
            "product": ["vinyl album", "detangling hairbrush", "detangling hairbrush"],
        }
    )
    run = simulate(scenario, seed=1, orders=table)
    assert len(run) == 3
    parcels = run.parcel_table(measured=False)
    two = parcels[parcels["market"] == "Z981"]
    assert two["source"].nunique() == two["station"].nunique() == 1, "one order, one center"
    assert two["order_id"].nunique() == 1
    assert run.measured.all()
    with pytest.raises(InputError, match="is outside the days of the run"):
        simulate(scenario, orders=table.assign(ordered_at="2024-09-02 10:00"))


def test_a_network_of_your_own_replaces_the_scenarios_and_is_scaled_to_its_orders() -> None:
    scenario = centers(runs={"replications": 2})
    own = build_network(scenario)
    run = simulate(scenario, 1, network=own)
    assert run.same_as(simulate(scenario, 1))
    assert run.scenario.runs == Runs(), "one run depends neither on their number nor on their seed"

    for name, facility in own.facilities().items():
        own.graph.nodes[name]["dwell_minutes"] = facility.dwell_minutes + 60
    slow = simulate(scenario, 1, network=own)
    assert slow.columns["work"].mean() > simulate(scenario, 1).columns["work"].mean()


def test_a_network_of_your_own_with_a_fault_is_refused() -> None:
    scenario = centers()
    own = build_network(scenario)
    own.graph.nodes["FC001"]["dwell_minutes"] = -1.0
    with pytest.raises(InputError, match="FC001: dwell_minutes"):
        simulate(scenario, 1, network=own)
