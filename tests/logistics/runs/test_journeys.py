"""A parcel's journey: in causal order, without a gap, in the local time of each place."""

from collections import defaultdict
from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from small_scenarios import centers, sellers

from logistics import InputError
from logistics.experiments.plan import plan
from logistics.experiments.trace import Wanted, days_for, trace, wanted_order
from logistics.report.text.journeys import duration_words, outcome_words, trace_text
from logistics.running import simulate
from logistics.runs.journeys import Doing, Journey, journey, rows_of_case
from logistics.runs.run import Run
from logistics.scenario.scenario import Scenario
from logistics.vocabulary import HOURS, NEVER_HERE, Status

RISKY = {
    "loss": {"facility": "2%", "road": "2%", "round": "2%", "theft": "5%"},
    "failed_attempt": "40%",
    "touches": {"conveyor": "0.5%", "hub_sorter": "0.5%", "manual_load": "0.5%", "road": "0.5%"},
}


@pytest.fixture(scope="module", params=[centers, sellers])
def run(request: pytest.FixtureRequest) -> Run:
    """A run in which parcels are lost, stolen, damaged and returned, too."""
    scenario: Scenario = request.param(risks=RISKY)
    return simulate(scenario, replication=1)


def some_rows(run: Run) -> list[int]:
    """Forty parcels of each end, and forty damaged ones."""
    c = run.columns
    ends = [np.flatnonzero(c["status"] == status)[:40] for status in Status]
    return sorted(
        set(np.concatenate([*ends, np.flatnonzero(c["damaged_step"] >= 0)[:40]]).tolist())
    )


def test_the_world_has_parcels_of_every_end(run: Run) -> None:
    assert set(np.unique(run.columns["status"])) == set(Status)


def test_steps_follow_each_other_without_a_gap(run: Run) -> None:
    for row in some_rows(run):
        told = journey(run, row)
        at, where = told.ordered, told.steps[0].place
        for step in told.steps:
            assert step.starts.astimezone(UTC) == at.astimezone(UTC)
            assert step.place == where
            assert step.lasts is None or step.lasts >= timedelta(0)
            if step.ends is not None:
                at, where = step.ends, step.toward or step.place
        assert all(step.ends for step in told.steps[:-1])
        if told.ended is not None:
            assert told.ended.astimezone(UTC) == at.astimezone(UTC)
            assert where == told.customer


def test_the_steps_add_up_to_the_delivery_time(run: Run) -> None:
    tick = timedelta(milliseconds=run.period.tick_ms)
    for row in some_rows(run):
        told = journey(run, row)
        if told.lasts is None:
            continue
        spent: dict[str, timedelta] = defaultdict(timedelta)
        for step in told.steps:
            assert step.lasts is not None
            spent[step.doing.hours] += step.lasts
        assert {name: spent[name] // tick for name in HOURS} == {
            name: int(run.columns[name][row]) for name in HOURS
        }
        assert sum(spent.values(), timedelta(0)) == told.lasts
        assert told.lasts == tick * int(run.columns["ended"][row] - run.columns["ordered"][row])


def test_a_journey_says_what_the_table_of_parcels_says(run: Run) -> None:
    table = run.parcel_table(measured=False)
    for row in some_rows(run):
        told, entry = journey(run, row), table.iloc[row]
        assert (told.order_id, told.status) == (entry["order_id"], entry["status"])
        assert told.product == entry["product"]
        assert str(told.promised) == str(entry["promised_date"].date())
        ordered = told.ordered.astimezone(UTC).replace(tzinfo=None)
        assert ordered == entry["ordered_utc"].to_pydatetime()
        damaged = [step for step in told.steps if "damaged here" in step.note]
        assert len(damaged) == (run.columns["damaged_step"][row] != NEVER_HERE)
        if damaged:
            assert f"({entry['damaged_by']})" in damaged[0].note
        lost = [step for step in told.steps if "lost here" in step.note]
        assert len(lost) == (told.status == "lost")
        if lost:
            assert lost == [told.steps[-1]]
            leg = f"{lost[0].place.name} > "
            assert entry["lost_where"] in (lost[0].place.name, "seller") or (
                lost[0].doing in (Doing.ON_THE_WAY, Doing.WITH_COURIER)
                and (entry["lost_where"].startswith(leg) or "sellers > " in entry["lost_where"])
            )


def test_each_place_has_its_own_clock(run: Run) -> None:
    zones = {
        (step.place.name, step.starts.tzinfo.key)  # type: ignore[union-attr]
        for row in some_rows(run)
        for step in journey(run, row).steps
        if step.place.kind != "seller"
    }
    expected = dict(zip(run.places["facilities"], run.places["facility_zones"], strict=True))
    assert len({zone for _, zone in zones}) > 2
    assert all(expected[name] == zone for name, zone in zones)


def test_a_returned_parcel_was_tried_three_times(run: Run) -> None:
    row = int(np.flatnonzero(run.columns["status"] == Status.RETURNED)[0])
    told = journey(run, row)
    assert told.attempts == 3
    assert told.steps[-2].note == "with 2 failed attempts"
    assert outcome_words(told).startswith("returned after the third failed attempt on ")


# --- tracing -------------------------------------------------------------------------------------


def test_a_trace_is_the_journey_of_the_first_run() -> None:
    whole = simulate(sellers())
    row = int(np.flatnonzero(whole.measured & (whole.columns["status"] == Status.DELIVERED))[9])
    order = str(whole.columns["order_id"][row])
    what = days_for(plan([centers(), sellers()]), [Wanted(order)])
    assert what.scenarios[0].days.days < whole.scenario.days.days
    (found,) = trace(what, [Wanted(order)], workers=1)
    assert found.journeys["sellers"] == (journey(whole, row),)
    assert {one[0].ordered for one in found.journeys.values()} == {journey(whole, row).ordered}


def test_a_run_of_fewer_days_begins_like_a_longer_one() -> None:
    short, long = (simulate(centers(), days=days, later_order_days=2) for days in (1, 2))
    both = np.intersect1d(short.columns["order_id"], long.columns["order_id"])
    told = 0
    for order in both[:60].tolist():
        one, other = (
            journey(run, int(np.flatnonzero(run.columns["order_id"] == order)[0]))
            for run in (short, long)
        )
        if one.status != "under way":
            assert one == other
            told += 1
    assert told > 40


def test_the_days_reach_the_order() -> None:
    what = plan([centers(days={"days": 60, "later_order_days": 30})])
    days = [
        days_for(what, [Wanted(f"{epoch_day}000001234")]).scenarios[0].days
        for epoch_day in (19_618, 19_622, 19_990)
    ]
    assert [(one.days, one.follow_days) for one in days] == [(1, 10), (5, 10), (60, 10)]
    assert days_for(what, [Wanted("1")], days=60).scenarios[0].days.days == 60


def test_the_first_order_of_a_product_to_a_market_is_found() -> None:
    what = days_for(plan([centers()]), [Wanted(product="phone accessory", market="Z100")])
    run = simulate(what.scenarios[0])
    rows = rows_of_case(run, "phone accessory", "Z100")
    (found,) = trace(what, [Wanted(product="phone accessory", market="Z100")], workers=1)
    assert found.journeys["centers"] == (journey(run, int(rows[0])),)
    assert found.others == len(rows) - 1
    assert run.columns["ordered"][rows].tolist() == sorted(run.columns["ordered"][rows])


@pytest.mark.parametrize("text", ["23220", "232", "Z232"])
def test_a_market_is_given_as_a_zip_code(text: str) -> None:
    assert wanted_order(centers(), "vinyl album", text).market == "Z232"


def test_an_unknown_product_and_market_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        wanted_order(centers(), "anvil", "999999")
    first, second = str(caught.value).splitlines()
    assert "product = anvil: is not a product of the scenario (allowed: detangling" in first
    assert "market = 999999: is not a market" in second


def test_an_order_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="order 5: not among the orders of the first run"):
        trace(days_for(plan([centers()]), [Wanted("5")]), [Wanted("5")], workers=1)


def test_an_order_in_several_boxes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "order_id,parcel_id,ordered_at,market,product\n"
        "A-1,A-1/2,2023-09-18 10:00,98101,toy\nA-1,A-1/1,2023-09-18 10:00,98101,toy\n"
    )
    what = days_for(plan([centers()], orders=tmp_path / "orders.csv"), [Wanted("A-1")])
    (found,) = trace(what, [Wanted("A-1")], workers=1)
    assert len(found.journeys["centers"]) == 2
    assert "order A-1: toy to Seattle, WA" in printed(found)


# --- words ---------------------------------------------------------------------------------------


def printed(found: object) -> str:
    console = Console(width=140, file=StringIO(), record=True)
    console.print(trace_text(found))  # type: ignore[arg-type]
    return console.export_text()


def test_a_journey_reads_place_by_place() -> None:
    wanted = [Wanted(product="phone accessory", market="Z100")]
    what = days_for(plan([sellers(days={"later_order_days": 14})]), wanted, follow_days=14)
    (found,) = trace(what, wanted, workers=1)
    text = printed(found)
    told: Journey = found.journeys["sellers"][0]
    assert f"phone accessory to New York, NY (Z100): order {told.order_id}, ordered on" in text
    assert "handled and packed by the seller" in text
    assert "in transit to carrier station" in text
    assert "with the courier" in text
    assert told.delivered is not None
    assert f"{told.delivered:%a %b %d %H:%M}" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3600, "1 h"), (7_500, "2 h 5 min"),
        (86_399, "1 day"), (86_400, "1 day"), (200_000, "2 days 8 h"),
    ],
)  # fmt: skip
def test_durations_are_told_in_two_units(seconds: float, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words
